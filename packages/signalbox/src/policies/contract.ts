import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedOf, ranking, shares } from '../core/choice.ts';
import type { Forecasts, Policy } from '../core/policy.ts';
import { fromRows, row } from '../math/matrix.ts';

/** Three queries, a weak and a strong model: the strong one gains .3, nothing, and loses .1. */
export const forecasts: Forecasts = {
  models: ['weak', 'strong'],
  quality: fromRows([
    [0.5, 0.8],
    [0.6, 0.6],
    [0.7, 0.6],
  ]),
  cost: fromRows([
    [0.001, 0.01],
    [0.001, 0.01],
    [0.001, 0.01],
  ]),
  weak: 0,
  strong: 1,
};

/** What every policy keeps. */
export function policyContract(policy: Policy): void {
  const params = policy.params.parse({});

  test(`${policy.name}: every model has a utility on every query`, () => {
    const utility = policy.utility(forecasts, params);
    assert.deepEqual([utility.rows, utility.cols], [3, 2]);
    assert.ok(utility.data.every((value) => !Number.isNaN(value)));
  });

  test(`${policy.name}: shares sum to one, the order names each model once`, () => {
    const utility = policy.utility(forecasts, params);
    const share = shares(utility);
    for (let i = 0; i < 3; i++) {
      assert.ok(Math.abs(Array.from(row(share, i)).reduce((sum, x) => sum + x, 0) - 1) < 1e-12);
      assert.deepEqual([...ranking(utility, i)].sort(), [0, 1]);
    }
  });

  test(`${policy.name}: the sweep holds parameters that it takes, the cost falling from one to the next`, () => {
    const points = policy.sweep(forecasts, params);
    assert.ok(points.length > 0);
    const costs = points.map((point) => {
      const checked = policy.params.parse(point);
      return expectedOf(shares(policy.utility(forecasts, checked)), forecasts.cost!).reduce(
        (sum, x) => sum + x,
        0,
      );
    });
    for (let i = 1; i < costs.length; i++) assert.ok(costs[i]! <= costs[i - 1]! + 1e-12);
  });

  test(`${policy.name}: no queries`, () => {
    const empty = { ...forecasts, quality: fromRows([]), cost: fromRows([]) };
    assert.equal(policy.utility({ ...empty, quality: { ...empty.quality, cols: 2 } }, params).rows, 0);
  });
}
