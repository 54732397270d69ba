import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedOf, ranking, shares } from '../core/choice.ts';
import type { Plain } from '../core/plain.ts';
import type { Forecasts, Policy, PolicyTraining } from '../core/policy.ts';
import { columnMeans } from '../core/table.ts';
import { at, fromRows, type Matrix, matrix, row } from '../math/matrix.ts';

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

/** What every policy keeps. One that learns is fitted first, on the forecasts that it then chooses from. */
export function policyContract(policy: Policy): void {
  const params = policy.params.parse({});
  const learn = (train: PolicyTraining): Plain | undefined => policy.fit?.(train, params);
  const state = learn(trainingOf(forecasts));

  test(`${policy.name}: every model has a utility on every query`, () => {
    const utility = policy.utility(forecasts, params, state);
    assert.deepEqual([utility.rows, utility.cols], [3, 2]);
    assert.ok(utility.data.every((value) => !Number.isNaN(value)));
  });

  test(`${policy.name}: the same utilities where it is given room for them, whatever was there`, () => {
    const room = matrix(3, 2);
    room.data.fill(Number.NaN);
    for (const point of [params, ...policy.sweep(forecasts, params)])
      assert.deepEqual(
        policy.utility(forecasts, point, state, room),
        policy.utility(forecasts, point, state),
      );
  });

  test(`${policy.name}: shares sum to one, the order names each model once`, () => {
    const utility = policy.utility(forecasts, params, state);
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
      return expectedOf(shares(policy.utility(forecasts, checked, state)), forecasts.cost!).reduce(
        (sum, x) => sum + x,
        0,
      );
    });
    for (let i = 1; i < costs.length; i++) assert.ok(costs[i]! <= costs[i - 1]! + 1e-12);
  });

  test(`${policy.name}: no queries`, () => {
    const empty = { ...forecasts, quality: fromRows([]), cost: fromRows([]) };
    assert.equal(policy.utility({ ...empty, quality: { ...empty.quality, cols: 2 } }, params, state).rows, 0);
  });

  for (const [name, train] of Object.entries(hardships())) {
    if (needsPair.has(policy.name) && train.forecasts.models.length === 1) continue;
    test(`${policy.name}: ${name}`, () => {
      const { quality } = train.forecasts;
      const learned = learn(train);
      for (const point of [params, ...policy.sweep(train.forecasts, params)]) {
        const utility = policy.utility(train.forecasts, point, learned);
        assert.deepEqual([utility.rows, utility.cols], [quality.rows, quality.cols]);
        assert.ok(utility.data.every((value) => !Number.isNaN(value)));
        choosesNoneMasked(shares(utility), quality);
      }
    });
  }

  if (policy.fit !== undefined) {
    test(`${policy.name}: what it learned survives being saved and loaded`, () => {
      const utility = policy.utility(forecasts, params, state);
      assert.deepEqual(policy.utility(forecasts, params, structuredClone(state)), utility);
    });

    test(`${policy.name}: without what it learns it says so`, () => {
      assert.throws(() => policy.utility(forecasts, params), /learns from training rows/);
    });
  }
}

/** They choose between a weak and a strong model and say so where there are none. */
const needsPair = new Set(['threshold', 'conformal']);

/** Shares sum to one, and a model that is masked has none while another is there. */
function choosesNoneMasked(share: Matrix, quality: Matrix): void {
  for (let i = 0; i < quality.rows; i++) {
    const cells = Array.from(row(quality, i));
    assert.ok(Math.abs(Array.from(row(share, i)).reduce((sum, x) => sum + x, 0) - 1) < 1e-12);
    if (cells.every((value) => value === -1)) continue;
    for (const [m, value] of cells.entries())
      if (value === -1) assert.equal(at(share, i, m), 0, `row ${i} chooses the masked model ${m}`);
  }
}

/** Outcomes to learn from: in each row a model of its own is right, in the last none. */
export function trainingOf(from: Forecasts): PolicyTraining {
  const { rows, cols } = from.quality;
  const quality = matrix(rows, cols);
  for (let i = 0; i < rows - 1; i++) quality.data[i * cols + (i % cols)] = 1;
  return { forecasts: from, quality, means: columnMeans(quality) };
}

function hardships(): Record<string, PolicyTraining> {
  const { cost: _, ...free } = forecasts;
  const of = (rows: number[][]): PolicyTraining => trainingOf({ ...free, quality: fromRows(rows) });
  const plain = trainingOf(free);
  const quality = (fill: number): Pick<PolicyTraining, 'quality' | 'means'> => ({
    quality: matrix(3, 2, fill),
    means: new Float64Array(2).fill(fill),
  });
  return {
    'one model': trainingOf({ models: ['only'], quality: fromRows([[0.2], [0.9], [0.4]]) }),
    'a model never right': {
      ...plain,
      quality: fromRows([
        [1, 0],
        [0, 0],
        [1, 0],
      ]),
    },
    'no model ever right': { ...plain, ...quality(0) },
    'nothing observed': { ...plain, ...quality(Number.NaN) },
    'no row to learn from': {
      ...plain,
      forecasts: { ...free, quality: matrix(0, 2) },
      quality: matrix(0, 2),
    },
    'none above the threshold': of([
      [0.1, 0.2],
      [0.3, 0.1],
      [0.2, 0.2],
    ]),
    'none that the router holds capable': {
      ...plain,
      forecasts: { ...free, capable: matrix(3, 2) },
    },
    'a masked model': of([
      [-1, 0.2],
      [0.9, -1],
      [-1, 0.6],
      [0.1, -1],
    ]),
    'a masked model that is called capable': {
      ...plain,
      forecasts: { ...free, quality: fromRows([[-1, 0.2]]), capable: matrix(1, 2, 1) },
      quality: fromRows([[1, 0]]),
    },
    'a masked model that is cheap': {
      ...plain,
      forecasts: {
        ...forecasts,
        quality: fromRows([
          [-1, 0.8],
          [-1, 0.1],
          [0.3, 0.4],
        ]),
      },
    },
    'every model masked': of([
      [-1, -1],
      [-1, -1],
    ]),
    'constant forecasts': of(Array.from({ length: 5 }, () => [0.6, 0.4])),
  };
}
