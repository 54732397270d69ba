import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { assignFolds } from '../core/folds.ts';
import type { Plain } from '../core/plain.ts';
import { type Example, userMessage } from '../core/query.ts';
import type { Encoded, Prediction, Router, Training } from '../core/router.ts';
import { takeRows } from '../core/table.ts';
import { at, column, type Matrix, matrix, matrix32, row, selectRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';

/** What every router must withstand; each member of the register runs it, and each variant of it. */
export function routerContract(router: Router, variant?: string): void {
  const name = variant === undefined ? router.name : `${router.name}:${variant}`;
  const params = router.params.parse(variant === undefined ? {} : router.variants?.[variant]);
  const fit = async (train: Training, context = quietContext(0)): Promise<Plain> =>
    router.fit(train, params, context);
  const predict = async (input: Encoded, state: Plain): Promise<Prediction> =>
    router.predict(input, state, params, quietContext(0));
  const through = async (train: Training, input: Encoded): Promise<Matrix> =>
    (await predict(input, await fit(train))).quality;

  test(`${name}: a prediction has a row per query and a column per model`, async () => {
    const train = world({ rows: 60, models: 3 });
    const quality = await through(train, train);
    assert.deepEqual([quality.rows, quality.cols], [60, 3]);
    if (!masks.has(name)) assert.ok(quality.data.every(Number.isFinite));
  });

  test(`${name}: fitted twice it is the same, and the seed decides`, async () => {
    const train = world({ rows: 60, models: 3 });
    assert.deepEqual(await fit(train), await fit(train));
  });

  test(`${name}: the state survives being saved and loaded, bit by bit`, async () => {
    const train = world({ rows: 60, models: 3 });
    const state = await fit(train);
    assert.deepEqual(
      (await predict(train, structuredClone(state))).quality.data,
      (await predict(train, state)).quality.data,
    );
  });

  test(`${name}: a query is predicted alike alone and among others`, async () => {
    const train = world({ rows: 60, models: 3 });
    const state = await fit(train);
    const all = await predict(train, state);
    const alone = await predict(some(train, [17]), state);
    for (let m = 0; m < 3; m++)
      assert.ok(!(Math.abs(at(alone.quality, 0, m) - at(all.quality, 17, m)) > 1e-9));
  });

  test(`${name}: the order of training rows changes nothing but rounding`, async () => {
    const train = world({ rows: 60, models: 3 });
    const back = Array.from({ length: 60 }, (_, i) => 59 - i);
    const turned = {
      ...some(train, back),
      table: takeRows(train.table, back),
      folds: Int32Array.from(back, (i) => train.folds[i]!),
    };
    const [a, b] = [await through(train, train), await through(turned, train)];
    const far = a.data.filter((value, i) => Math.abs(value - b.data[i]!) > 1e-3).length;
    // What is drawn by row (k-means' first centres, batches of rows) may fall otherwise; most must not.
    if (!drawsRows.has(name)) assert.equal(far, 0);
  });

  test(`${name}: never sees what is known only afterwards`, async () => {
    const train = world({ rows: 40, models: 3 });
    const state = await fit(train);
    const spied = train.queries.map(
      (query) => new Proxy(query, { get: (target, key) => spy(target, key, router.needs.group) }),
    );
    await predict({ ...train, queries: spied }, state);
  });

  for (const [hardship, train] of Object.entries(hardships())) {
    test(`${name}: ${hardship}`, async () => {
      const prediction = await predict(train, await fit(train));
      const { rows } = train.table.quality;
      assert.deepEqual([prediction.quality.rows, prediction.quality.cols], [rows, train.table.models.length]);
      hasOpinions(prediction.quality, train.table.quality, masks.has(name));
      knowsWhoIsCapable(prediction, masks.has(name));
    });
  }

  test(`${name}: a group unseen in training, and none`, async () => {
    const train = world({ rows: 60, models: 3 });
    const state = await fit(train);
    const strange = {
      ...some(train, [0, 1]),
      queries: [
        { ...train.queries[0]!, group: 'unseen' },
        { id: 'x', messages: [] },
      ],
    };
    const { quality } = await predict(strange, state);
    hasOpinions(quality, train.table.quality, masks.has(name));
  });

  test(`${name}: no queries, no rows`, async () => {
    const train = world({ rows: 60, models: 3 });
    const quality = (await predict(some(train, []), await fit(train))).quality;
    assert.deepEqual([quality.rows, quality.cols], [0, 3]);
  });
}

const drawsRows = new Set(['clusters', 'mlp', 'multi-label:mlp', 'cluster-sets']);
/** Routers that leave models out of a query's choice; each has an opinion of one model at least. */
const masks = new Set(['cluster-sets']);

/** A model never observed may have no opinion; every other has one, unless it is masked. */
function hasOpinions(quality: Matrix, observed: Matrix, masked: boolean): void {
  const seen = (m: number): boolean => column(observed, m).some((y) => !Number.isNaN(y));
  for (let i = 0; i < quality.rows; i++) {
    const opinions = Array.from(row(quality, i), Number.isFinite);
    if (masked) assert.ok(opinions.includes(true), `row ${i} has no opinion`);
    else for (const [m, one] of opinions.entries()) assert.ok(one || !seen(m), `row ${i}, model ${m}`);
  }
}

/** Where a router has thresholds they say yes or no of every model; one that masks says no of those it masks alone. */
function knowsWhoIsCapable({ quality, capable }: Prediction, masked: boolean): void {
  if (capable === undefined) {
    assert.ok(!masked);
    return;
  }
  assert.deepEqual([capable.rows, capable.cols], [quality.rows, quality.cols]);
  capable.data.forEach((value, cell) => {
    assert.ok(value === 0 || value === 1 || Number.isNaN(value), `${value}`);
    if (masked) assert.equal(value === 1, !Number.isNaN(quality.data[cell]!));
  });
}

function spy(target: object, key: string | symbol, group: boolean): unknown {
  const open = ['id', 'messages', ...(group ? ['group'] : [])];
  if (typeof key === 'string' && !open.includes(key)) throw new Error(`the router read "${key}" of a query`);
  return Reflect.get(target, key);
}

function hardships(): Record<string, Training> {
  const plain = world({ rows: 60, models: 3 });
  const holes = world({ rows: 60, models: 3 });
  holes.table.quality.data.forEach((_, i, data) => {
    if ((i * 7) % 5 === 0) data[i] = Number.NaN;
  });
  const never = world({ rows: 60, models: 3 });
  for (let i = 0; i < 60; i++) never.table.quality.data[i * 3 + 1] = Number.NaN;
  const filled = (value: number): Training => {
    const made = world({ rows: 60, models: 3 });
    made.table.quality.data.fill(value);
    return made;
  };
  const neverRight = world({ rows: 60, models: 3 });
  for (let i = 0; i < 60; i++) neverRight.table.quality.data[i * 3 + 1] = 0;
  const seldom = world({ rows: 60, models: 3 });
  seldom.table.quality.data.forEach((_, i, data) => {
    data[i] = i % 10 === 0 ? 1 : 0;
  });
  const flat = { ...plain, features: { rows: 60, cols: 2, data: new Float32Array(120).fill(0.5) } };
  return {
    'missing cells': holes,
    'a model never observed': never,
    'a model never right': neverRight,
    'constant labels': filled(1),
    'no model ever right': filled(0),
    'a fraction that is never one half': filled(0.3),
    'no model above one half': seldom,
    'one model': world({ rows: 40, models: 1 }),
    'one feature': world({ rows: 40, models: 3, width: 1 }),
    'constant features': flat,
    'two rows': world({ rows: 2, models: 3 }),
    'more features than rows': world({ rows: 12, models: 2, width: 40 }),
    'one group': world({ rows: 40, models: 3, groups: 1 }),
  };
}

/** Rows in two groups, each with a model of its own that does better; the group shows in the features. */
export function world(args: {
  readonly rows: number;
  readonly models: number;
  readonly width?: number;
  readonly groups?: number;
}): Training {
  const { rows, models, width = 6, groups = 2 } = args;
  const random = rng('routers');
  const features = matrix32(rows, width);
  const quality = matrix(rows, models);
  const examples = Array.from({ length: rows }, (_, i): Example => {
    const group = i % groups;
    for (let j = 0; j < width; j++)
      features.data[i * width + j] = random.normal() * 0.3 + (j % groups === group ? 1 : 0);
    for (let m = 0; m < models; m++)
      quality.data[i * models + m] = random.next() < (m % groups === group ? 0.9 : 0.4) ? 1 : 0;
    return {
      id: `q${i}`,
      messages: userMessage(`query ${i} of group ${group}`),
      group: `g${group}`,
      reference: 'hidden',
    };
  });
  const cost = matrix(rows, models);
  for (let i = 0; i < cost.data.length; i++) cost.data[i] = 0.001 * (1 + (i % models));
  const table: Dataset = {
    name: 'world',
    format: 'made',
    examples,
    models: Array.from({ length: models }, (_, m) => ({ id: `model-${m}`, price: 'unknown' })),
    quality,
    cost,
    k: matrix(rows, models, 1),
    primary: 'quality',
    rowsDropped: {},
    notes: [],
    digests: {},
  };
  return {
    table,
    queries: examples.map(({ id, messages, group }) => ({ id, messages, ...(group && { group }) })),
    features,
    folds: assignFolds(examples, 5, 'inner'),
  };
}

function some(input: Encoded, rows: readonly number[]): Encoded & { folds: Int32Array } {
  return {
    queries: rows.map((i) => input.queries[i]!),
    features: selectRows(input.features, rows),
    folds: Int32Array.from(rows),
  };
}

export function quietContext(seed: number): Context {
  return {
    seed,
    rng: rng(seed),
    progress: () => {},
    warn: () => {},
    once: (_kind, _keys, compute) => compute(),
  };
}
