import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { type Example, userMessage } from '../core/query.ts';
import { fromRows, matrix } from '../math/matrix.ts';
import { clusterNumbers, plan } from './protocol.ts';

const rowsOf = (count: number, of: (i: number) => Partial<Example> = () => ({})): Example[] =>
  Array.from({ length: count }, (_, i) => ({ id: `q${i}`, messages: userMessage(`text ${i}`), ...of(i) }));

function tableOf(examples: readonly Example[], quality: readonly (readonly number[])[]): Dataset {
  return {
    name: 'made',
    format: 'made',
    examples,
    models: (quality[0] ?? []).map((_, m) => ({ id: `m${m}`, price: 'unknown' })),
    quality: fromRows(quality),
    k: matrix(quality.length, quality[0]?.length ?? 0, 1),
    primary: 'quality',
    rowsDropped: {},
    notes: [],
    digests: {},
  };
}

const ones = (n: number): number[][] => Array.from({ length: n }, () => [1, 0]);

test('a given split: leaks and duplicates are counted, and the test rows stay', () => {
  const examples = rowsOf(12, (i) => ({
    split: i < 8 ? 'train' : 'test',
    ...(i === 9 && { messages: userMessage('text 3') }),
  }));
  const { protocol, parts, compared } = plan(tableOf(examples, ones(12)), { seed: 0 });
  assert.deepEqual(protocol, {
    kind: 'split',
    trainRows: 8,
    testRows: 4,
    calibrationRows: 0,
    leaks: 1,
    duplicates: 1,
  });
  assert.equal(parts.length, 1);
  assert.deepEqual([...compared], [8, 9, 10, 11]);
});

test('one part alone is cross-validated; every row is tested once, by a fit without it', () => {
  const { parts, protocol, folds } = plan(
    tableOf(
      rowsOf(23, () => ({ split: 'train' })),
      ones(23),
    ),
    { seed: 0 },
  );
  assert.deepEqual([protocol.kind, protocol.folds], ['cv', 5]);
  assert.deepEqual(
    parts.flatMap(({ test }) => [...test]).sort((a, b) => a - b),
    [...Array(23).keys()],
  );
  for (const { train, test } of parts) assert.equal(new Set([...train, ...test]).size, 23);
  assert.equal(folds?.length, 23);
});

test('rows that lack a score are trained on but not compared, and counted', () => {
  const quality = ones(20);
  quality[4] = [Number.NaN, 1];
  const { compared, rowsDropped, parts } = plan(tableOf(rowsOf(20), quality), { seed: 0 });
  assert.equal(compared.length, 19);
  assert.deepEqual(rowsDropped, { 'not observed for every model': 1 });
  assert.equal(parts.filter(({ train }) => train.includes(4)).length, 4);
});

test('a model observed on less than half of the rows is left out with a flag', () => {
  const quality = Array.from({ length: 20 }, (_, i) => [1, 0, i < 5 ? 1 : Number.NaN]);
  const { table, flags, compared } = plan(tableOf(rowsOf(20), quality), { seed: 0 });
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['m0', 'm1'],
  );
  assert.deepEqual(
    flags.map(({ code, models }) => [code, models]),
    [['unobserved', ['m2']]],
  );
  assert.equal(compared.length, 20);
});

test('a log with one model per row says why it cannot be compared and what would help', () => {
  const quality = Array.from({ length: 20 }, (_, i) => [i % 2 ? 1 : Number.NaN, i % 2 ? Number.NaN : 1]);
  assert.throws(
    () => plan(tableOf(rowsOf(20), quality), { seed: 0 }),
    (error) =>
      error instanceof SignalboxError && error.code === 'table' && /same queries/.test(error.message),
  );
});

test('too few rows, and none', () => {
  assert.throws(() => plan(tableOf([], []), { seed: 0 }), /no rows/);
  assert.throws(() => plan(tableOf(rowsOf(1), ones(1)), { seed: 0 }), /too few/);
});

test('folds that name no fold for a query are refused', () => {
  assert.throws(
    () => plan(tableOf(rowsOf(10), ones(10)), { seed: 0, foldOf: new Map([['q0', 0]]) }),
    /no fold for the query "q1"/,
  );
});

test('clusters join rows of one text and rows of one cluster', () => {
  const examples = rowsOf(6, (i) => ({
    ...(i === 1 && { messages: userMessage('text 0') }),
    ...((i === 1 || i === 4) && { cluster: 'c' }),
  }));
  const clusters = clusterNumbers(tableOf(examples, ones(6)), Int32Array.of(0, 1, 2, 3, 4, 5));
  assert.equal(clusters[0], clusters[1]);
  assert.equal(clusters[1], clusters[4]);
  assert.equal(new Set(clusters).size, 4);
});
