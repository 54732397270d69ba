import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import type { ResultSet, Results } from '../../../core/results.ts';
import { fakeResults, fakeSet } from '../../words/contract.ts';
import { evidenceShapes, fakeEvidence, fakeScenario, hostile } from '../../words/evidence.fixture.ts';
import { count } from '../../words/numbers.ts';
import { renderComparePage } from '../compare.ts';
import { renderPage } from '../page.ts';

type Document = ReturnType<typeof parseHTML>['document'];

const shapes = evidenceShapes();
const results = (...sets: ResultSet[]): Results => ({ ...fakeResults(), sets });
const page = async (of: Results): Promise<Document> => parseHTML(await renderPage(of)).document;
const full = fakeEvidence();
const document = await page(results(full));
const text = (of: Document): string => of.body.textContent!.replaceAll('\u00a0', ' ');

/** Values in the cells of a table whose rows are named in their first cell. */
function cells(of: Document, table: string): Map<string, (number | null)[]> {
  const rows = [...of.querySelectorAll(`table.${table} tbody tr`)];
  assert.ok(rows.length > 0, `no table ${table}`);
  return new Map(
    rows.map((row) => [
      row.querySelector('th')!.getAttribute('data-value')!,
      [...row.querySelectorAll('td')].map((cell) =>
        cell.hasAttribute('data-value') ? Number(cell.getAttribute('data-value')) : null,
      ),
    ]),
  );
}

test('noise: each model with its flip rate, reliability and chance to be the best', () => {
  const shown = cells(document, 'noise');
  for (const model of full.models) {
    const { flipRate, reliability, bestProbability } = full.noise!;
    assert.deepEqual(shown.get(model)!.slice(0, 3), [
      flipRate[model],
      reliability[model],
      bestProbability[model],
    ]);
  }
  assert.match(text(document), /5 to 10 samples stand behind an answer/);
  assert.match(text(document), /honest incumbent/);
});

test('with one sample a cell no flip rate is shown, and it is said why', async () => {
  const once = await page(shapes['one sample a cell']!);
  assert.match(text(once), /One sample stands behind every answer/);
  assert.ok(!once.querySelector('table.noise thead')!.textContent!.includes('flip rate'));
});

test('learning curves: every point, the limit of the fit and how many more', () => {
  const { curves, more } = full.labelsNeeded!;
  const details = [...document.querySelectorAll('details')].find((one) =>
    one.textContent!.includes('limit of the fit'),
  )!;
  const body = [...details.querySelectorAll('tbody tr')];
  curves.forEach((curve, c) => {
    curve.points.forEach((point, i) => {
      const cell = body[i]!.querySelectorAll('td')[c]!;
      assert.equal(Number(cell.getAttribute('data-value')), point.value.value);
      assert.equal(Number(cell.getAttribute('data-high')), point.value.high);
    });
    const last = body.at(-1)!.querySelectorAll('td')[c]!;
    assert.equal(last.getAttribute('data-value'), curve.fit === null ? null : String(curve.fit.limit));
  });
  assert.ok(text(document).includes(`${count(more![0])} to ${count(more![1])} more`));
});

test('robustness: every group left out, later queries and the live mix', () => {
  const shown = cells(document, 'left-out');
  const { groups, lift } = full.shift!.leaveOneGroupOut!;
  for (const [group, at] of Object.entries(groups)) assert.deepEqual(shown.get(group), [at.n, at.value]);
  assert.deepEqual(shown.get('all groups'), [lift.n, lift.value]);
  assert.match(text(document), /lift of \+1\.2 points \[0\.1, 2\.3\] on 1,882 later queries/);
  assert.match(text(document), /AUC 0\.61 \[0\.59, 0\.63\]/);
  assert.match(text(document), /effective sample size 3,120/);
});

test('a live mix that is refused has no value', async () => {
  const live = { ...full.shift!.live!, refused: true, lift: null };
  const refused = await page(results({ ...full, shift: { ...full.shift!, live } }));
  assert.match(text(refused), /No value at the live mix is given/);
  assert.doesNotMatch(text(refused), /At the live mix the lift/);
});

test('the ledger holds every entry as text, whatever it says', () => {
  const { won, lost, wins, losses, ties } = full.ledger!;
  const entries = [...document.querySelectorAll('.entry')];
  assert.deepEqual(
    entries.map((entry) => entry.getAttribute('data-query')),
    [...won, ...lost].map(({ query }) => query),
  );
  entries.forEach((entry, i) => {
    const { text: asked, answer, chosen } = [...won, ...lost][i]!;
    for (const said of [asked!, answer!, chosen]) {
      assert.ok(entry.textContent!.includes(said.replace('\u202e', '\ufffd')), said);
    }
  });
  for (const n of [wins, losses, ties]) assert.ok(text(document).includes(count(n)));
  assert.equal(document.querySelectorAll('img, body script:not(:last-child)').length, 0);
  assert.equal(document.querySelectorAll('script').length, 1);
});

test('a redacted ledger says so and has no texts', async () => {
  const bare = full.ledger!.won.map(({ text: _t, answer: _a, incumbentAnswer: _i, ...entry }) => entry);
  const ledger = { ...full.ledger!, won: bare, lost: [], redacted: true };
  const redacted = await page(results({ ...full, ledger }));
  assert.match(text(redacted), /left out \(--redact\)/);
  assert.equal(redacted.querySelectorAll('.said').length, 0);
});

test('money: what is paid now, with the policy, and left over', () => {
  const shown = [...cells(document, 'money').values()];
  const { now, with: then, routerCost, labellingCost } = full.money!;
  const left = now!.value - then!.value;
  assert.deepEqual(shown, [[now!.value], [then!.value], [routerCost], [left], [labellingCost]]);
  assert.match(text(document), /after 2\.1 months/);
});

test('what is absent leaves no heading behind', async () => {
  const bare = await page(results(fakeSet()));
  for (const gone of ['Ledger', 'a month', 'P(best)', 'training queries', 'group left out'])
    assert.ok(!bare.querySelector('main')!.textContent!.split('Terms')[0]!.includes(gone), gone);
  for (const one of [bare, await page(shapes['evidence with nulls']!)]) {
    for (const head of one.querySelectorAll('h3')) {
      const next = head.nextElementSibling;
      assert.ok(next !== null && !/^H[123]$/.test(next.tagName), head.textContent!);
    }
    for (const holder of one.querySelectorAll('figure, tbody, ul')) {
      assert.ok(holder.children.length > 0, holder.outerHTML);
    }
  }
});

test('why: shares, agreement, learning curve, contamination and classifiers of a scenario', async () => {
  const set = fakeScenario({ kind: 'split' });
  const shown = await page(results(set));
  const { allRight, exactlyOne, noneRight, learningCurve, contamination } = set.why!;
  assert.deepEqual(
    [...cells(shown, 'shares').values()].map(([value]) => value),
    [allRight, exactlyOne, noneRight].map(({ value }) => value),
  );
  const [first] = [...cells(shown, 'learning').values()];
  const least = Math.min(...learningCurve.map(({ rows }) => rows));
  assert.deepEqual(
    first,
    learningCurve.filter(({ rows }) => rows === least).map(({ value }) => value.value),
  );
  for (const [model, { train, test: other }] of Object.entries(contamination.models)) {
    assert.deepEqual(cells(shown, 'contamination').get(model), [
      train.value,
      other.value,
      train.value - other.value,
    ]);
  }
  const routers = [...shown.querySelectorAll('table.classifier')];
  assert.equal(routers.length, 5);
  const model = set.models[1]!;
  const router = set.systems.find(({ name }) => name === 'multi-label+argmax')!;
  const { weightedF1, auc } = router.classifier![model]!;
  const { brier, ece } = router.calibration![model]!;
  assert.deepEqual(cells(shown, 'classifier[data-router=multi-label]').get(model), [
    weightedF1,
    auc,
    brier,
    ece,
  ]);
});

test('a study of several sets opens with a line for each', async () => {
  const study = shapes['founding study']!;
  const shown = await page(study);
  const rows = [...shown.querySelectorAll('table.scenarios tbody tr')];
  assert.deepEqual(
    rows.map((row) => row.getAttribute('data-set')),
    study.sets.map(({ dataset }) => dataset),
  );
  rows.forEach((row, i) => {
    const routers = study.sets[i]!.systems.filter(({ kind }) => kind === 'router');
    const best = Math.max(...routers.map(({ quality }) => quality!.value));
    assert.equal(Number(row.children[6]!.getAttribute('data-value')), best);
  });
  assert.match(text(shown), /In no scenario does the best router lie above/);
});

test('two runs: values of both, their difference, and what one alone has', async () => {
  const other = {
    ...full,
    models: [...full.models.slice(1), hostile],
    systems: full.systems
      .filter(({ name }) => name !== 'mlp')
      .map((system) =>
        system.name === 'knn'
          ? { ...system, quality: { value: 0.9, low: 0.89, high: 0.91, n: 9408 } }
          : system,
      ),
  };
  const shown = parseHTML(await renderComparePage(results(full), results(other))).document;
  const table = cells(shown, 'compare');
  const knn = full.systems.find(({ name }) => name === 'knn')!.quality!;
  assert.deepEqual(table.get('knn')!.slice(0, 5), [knn.n, knn.value, 9408, 0.9, 0.9 - knn.value]);
  assert.ok(!table.has('mlp'));
  assert.match(text(shown), /Systems in A alone: mlp\./);
  assert.match(text(shown), /1 of \d+ systems differ beyond their intervals/);
  assert.match(text(shown), /The same rows/);
  assert.equal(shown.querySelectorAll('img').length, 0);
  for (const link of shown.querySelectorAll('[href]')) assert.match(link.getAttribute('href')!, /^#/);
});
