import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultSet, Results, System, Versus } from '../packages/signalbox/src/core/results.ts';
import { shelf } from '../packages/signalbox/src/pipeline/shelf.ts';
import { commentIn, headComment } from '../scripts/head-comment.ts';
import { routersPage } from '../scripts/routers.ts';
import { ranked, realDifferences, sideOf, standings, startWith } from '../scripts/standing.ts';

const estimate = (value: number) => ({ value, low: value - 0.01, high: value + 0.01, n: 100 });
const lift = (value: number, reach: number, p = 0.001): Versus => ({
  value,
  low: value - reach,
  high: value + reach,
  p,
  adjusted: p,
});

function router(name: string, table: Versus | null, single: Versus): System {
  return {
    name,
    kind: 'router',
    encoder: 'surface',
    router: name,
    policy: 'argmax',
    strategy: 'single',
    quality: estimate(0.6),
    macro: estimate(0.6),
    groups: {},
    cost: null,
    choices: null,
    versus: { bestSingle: single, taskTable: table },
    fitSeconds: 1,
    predictSecondsPer1000: 0.01,
  };
}

function set(dataset: string, systems: System[]): ResultSet {
  return {
    dataset,
    rows: 100,
    rowsDropped: {},
    models: ['a', 'b'],
    groups: ['g'],
    protocol: {
      kind: 'cv',
      folds: 5,
      trainRows: 80,
      testRows: 20,
      calibrationRows: 0,
      leaks: 0,
      duplicates: 0,
    },
    primary: 'quality',
    costUnit: null,
    systems,
  };
}

const sets = [
  set('one', [
    router('knn', lift(-0.02, 0.01), lift(0.02, 0.01)),
    router('residual', lift(0.001, 0.01, 0.8), lift(0.03, 0.01)),
  ]),
  set('two', [router('knn', null, lift(0.05, 0.01)), router('residual', null, lift(0.04, 0.01))]),
];

test('a difference is real where its interval leaves out 0 and the corrected p is small', () => {
  assert.equal(sideOf(lift(0.02, 0.01)), 'above');
  assert.equal(sideOf(lift(-0.02, 0.01)), 'below');
  assert.equal(sideOf(lift(0.02, 0.03)), 'alike');
  assert.equal(sideOf({ ...lift(0.02, 0.01), adjusted: 0.2 }), 'alike');
});

test('the two sentences come from the results', () => {
  const said = realDifferences(standings(sets));
  assert.match(said, /Of 4 comparisons of 2 routers .* on 2 tables/);
  assert.match(said, /2 are above it beyond noise \(on two knn, residual\)/);
  assert.match(said, /1 is below it beyond noise \(on one knn\), and 1 cannot be told/);
  assert.equal(ranked(sets)[0]!.name, 'residual');
  assert.match(startWith(sets), /Start with `residual`: over 2 tables it is on none of them below/);
  const [one] = sets;
  const other = startWith([
    { ...one!, systems: one!.systems.map((each) => ({ ...each, name: `x-${each.name}` })) },
  ]);
  assert.match(other, /Start with `x-residual`/);
});

test('the page names every router of the shelf, its place and what was measured', () => {
  const given: Results = {
    schema: 'signalbox/results@1',
    command: 'reproduce routerdc --data /somewhere/else --json',
    version: '0',
    seed: 0,
    startedAt: '',
    sets,
  };
  const speed = {
    router: 'knn',
    rows: 15000,
    models: 7,
    fitSeconds: 1.5,
    predictSecondsPer1000: 0.4,
    decisionMs: 1,
  };
  const page = routersPage([given], [speed]);
  for (const { name } of shelf()) assert.ok(page.includes(`<a id="${name}"></a>`), name);
  assert.match(page, /\| `knn` \| 60\.00 \[59\.00, 61\.00\] \| −2\.00 \[-3\.00, -1\.00\] \| below \|/);
  assert.match(page, /1\.50 \| 400\.0 \|/);
  assert.ok(!page.includes('/somewhere'));
});

test('the head comment of every router that follows a paper says its departures', () => {
  for (const { name, paper } of shelf()) {
    const text = headComment(name).join(' ');
    assert.ok(text.length > 40, name);
    if (paper !== null) assert.match(text, /departure|\bpaper\b|\d{4}\.\d{5}/i, name);
  }
  assert.deepEqual(
    commentIn(
      '/** One. */\nconst a = 1;\n/**\n * Two,\n * in lines.\n *\n * Departures. None.\n */\nexport const r: Router = {};',
    ),
    ['Two, in lines.', 'Departures. None.'],
  );
});
