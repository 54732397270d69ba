import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../../core/dataset.ts';
import { matrix } from '../../math/matrix.ts';
import { trustWorld, trustWorlds } from '../config.ts';
import { designOf } from '../design.ts';
import { plan } from '../protocol.ts';
import { paraphrases } from './paraphrases.ts';
import { regretOf } from './regret.ts';

const { table } = trustWorld({ ...trustWorlds.group, queries: 300, models: 3 }).draw(2);
const planned = plan(table, { seed: 0 });
const design = designOf(planned, { draws: 200, seed: 0 });

/** All of the choice on one model of each row. */
const choose = (model: (row: number) => number) => {
  const out = matrix(planned.compared.length, table.models.length);
  for (let i = 0; i < out.rows; i++) out.data[i * out.cols + model(i)] = 1;
  return out;
};

test('regret is what the best answer of a row had more, and what is saved is their difference', () => {
  const rows = regretOf({ chosen: choose(() => 0), incumbent: choose(() => 1) }, { plan: planned, design });
  const { data, cols } = table.quality;
  const best = Array.from({ length: table.quality.rows }, (_, i) =>
    Math.max(...data.subarray(i * cols, (i + 1) * cols)),
  );
  const lost = (m: number): number =>
    best.reduce((sum, y, i) => sum + y - data[i * cols + m]!, 0) / best.length;
  assert.ok(Math.abs(rows[0]!.system.value - lost(0)) < 1e-9);
  assert.ok(Math.abs(rows[0]!.incumbent.value - lost(1)) < 1e-9);
  assert.deepEqual(
    rows.map(({ group }) => group),
    [null, ...design.groupNames],
  );
  for (const { system, incumbent, saved } of rows) {
    assert.ok(Math.abs(saved.value - (incumbent.value - system.value)) < 1e-9);
    assert.ok(saved.low <= saved.value && saved.value <= saved.high);
  }
});

test('the best answer itself has no regret', () => {
  const { data, cols } = table.quality;
  const first = (i: number): number => {
    const own = [...data.subarray(planned.compared[i]! * cols, (planned.compared[i]! + 1) * cols)];
    return own.indexOf(Math.max(...own));
  };
  const [all] = regretOf({ chosen: choose(first), incumbent: choose(() => 0) }, { plan: planned, design });
  assert.equal(all!.system.value, 0);
});

test('a flip is another model for other words of one cluster; the same words are no paraphrase', () => {
  const worded = (text: (row: number) => string): Dataset => ({
    ...table,
    examples: table.examples.map((example, i) => ({
      ...example,
      messages: [{ role: 'user', content: text(i) }],
      cluster: `c${Math.floor(i / 2)}`,
    })),
  });
  const of = (data: Dataset, model: (row: number) => number) => {
    const own = plan(data, { seed: 0 });
    const placed = own.compared.map((row) => model(row));
    return paraphrases(
      { chosen: choose((i) => placed[i]!), system: 'knn' },
      { plan: own, design: designOf(own, { draws: 200, seed: 0 }) },
    );
  };
  const apart = worded((i) => `words ${i}`);
  assert.equal(of(apart, () => 1)!.flipRate.value, 0);
  assert.equal(of(apart, (row) => row % 2)!.flipRate.value, 1);
  // Every second pair differs.
  const half = of(apart, (row) => (row % 4 === 1 ? 1 : 0))!;
  assert.equal(half.flipRate.value, 0.5);
  assert.ok(half.flipRate.low < 0.5 && half.flipRate.high > 0.5);
  assert.equal(half.clusters, 150);
  assert.equal(
    of(
      worded((i) => `words ${Math.floor(i / 2)}`),
      (row) => row % 2,
    ),
    null,
  );
  assert.equal(paraphrases({ chosen: choose(() => 0), system: 'knn' }, { plan: planned, design }), null);
});
