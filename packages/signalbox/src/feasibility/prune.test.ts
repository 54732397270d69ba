import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { prune } from './prune.ts';

const rows = 400;
const groups = 4;

/** A table of 0 and 1 by the chance of each model in each group; `drawn` may say otherwise. */
function made(
  chances: Readonly<Record<string, readonly number[]>>,
  drawn: (model: string, row: number) => number | undefined = () => undefined,
): Dataset {
  const ids = Object.keys(chances);
  const quality = matrix(rows, ids.length);
  const random = rng('prune');
  for (let i = 0; i < rows; i++)
    ids.forEach((id, m) => {
      const right = random.next() < chances[id]![i % groups]! ? 1 : 0;
      quality.data[i * ids.length + m] = drawn(id, i) ?? right;
    });
  return {
    name: 'made',
    format: 'made',
    examples: Array.from({ length: rows }, (_, i) => ({
      id: `q${i}`,
      messages: [],
      group: `g${i % groups}`,
    })),
    models: ids.map((id) => ({ id, price: 'unknown' })),
    quality,
    k: matrix(rows, ids.length, 1),
    primary: 'quality',
    rowsDropped: {},
    notes: [],
    digests: {},
  };
}

const clusters = Int32Array.from({ length: rows }, (_, i) => i);
const names = (table: Dataset, columns: Int32Array): string[] =>
  Array.from(columns, (m) => table.models[m]!.id);
const flat = (p: number): number[] => [p, p, p, p];

test('a model that another beats in every group goes, but not a cheaper one', () => {
  const table = made({ good: flat(0.8), poor: flat(0.3), special: [0.95, 0.3, 0.3, 0.3] });
  const plain = prune({ table, clusters, size: 2 });
  assert.deepEqual(names(table, plain.kept), ['good', 'special']);
  assert.deepEqual(names(table, plain.dominated), ['poor']);
  const cost = matrix(rows, 3, 0.01);
  for (let i = 0; i < rows; i++) cost.data[i * 3 + 1] = 0.001;
  assert.deepEqual(prune({ table: { ...table, cost }, clusters, size: 2 }).dominated, new Int32Array(0));
  assert.deepEqual(prune({ table: { ...table, weak: 'poor' }, clusters, size: 2 }).dominated.length, 0);
});

test('of equal models one stays, and where there are no groups none is dominated', () => {
  const table = made({ first: flat(0.6), second: flat(0.6) }, (_, i) => (i % 10 < 6 ? 1 : 0));
  assert.deepEqual(names(table, prune({ table, clusters, size: 1 }).kept), ['first']);
  const two = made({ good: flat(0.8), poor: flat(0.3) });
  const bare = { ...two, examples: two.examples.map(({ id, messages }) => ({ id, messages })) };
  assert.equal(prune({ table: bare, clusters, size: 100 }).kept.length, 2);
});

test('of near-copies the cheapest stays, of equally dear ones the best', () => {
  const random = rng('copies');
  const source = Array.from({ length: rows }, () => (random.next() < 0.6 ? 1 : 0));
  // Better in one group and worse in another, so that neither is dominated.
  const flips = source.map(
    (y, i) => i < 60 && ((i % groups === 0 && y === 1) || (i % groups === 1 && y === 0)),
  );
  const table = made(
    {
      original: flat(0),
      other: [0.9, 0.2, 0.9, 0.2],
      copy: flat(0),
      third: [0.2, 0.9, 0.2, 0.9],
      best: [0.95, 0.95, 0.95, 0.05],
    },
    (id, i) =>
      id === 'original' ? source[i] : id === 'copy' ? (flips[i] ? 1 - source[i]! : source[i]) : undefined,
  );
  const { copies, kept, dominated } = prune({ table, clusters, size: 100 });
  assert.equal(kept.length + copies.length + dominated.length, 5);
  const gone = names(table, copies);
  assert.equal(gone.length, 1);
  assert.ok(gone[0] === 'copy' || gone[0] === 'original');
  const cost = matrix(rows, 5, 0.01);
  const dear = gone[0] === 'copy' ? 0 : 2;
  for (let i = 0; i < rows; i++) cost.data[i * 5 + dear] = 0.02;
  const cheaper = prune({ table: { ...table, cost }, clusters, size: 100 });
  assert.deepEqual(names(table, cheaper.copies), [dear === 0 ? 'original' : 'copy']);
});

test('beyond the size those stay that together have most right, the best single one first', () => {
  // Each is right on rows of its own kind; the broad one on most, its shadows on parts of what it has right.
  const kinds: Record<string, (i: number) => boolean> = {
    shadow: (i) => i % 10 < 5,
    broad: (i) => i % 10 < 7,
    seventh: (i) => i % 10 === 7 || i % 40 === 0,
    rest: (i) => i % 10 >= 8 || i % 40 === 1,
    half: (i) => i % 10 < 4 || i % 40 === 7,
  };
  const table = made(Object.fromEntries(Object.keys(kinds).map((id) => [id, flat(0)])), (id, i) =>
    kinds[id]!(i) ? 1 : 0,
  );
  const bare = { ...table, examples: table.examples.map(({ id, messages }) => ({ id, messages })) };
  const three = prune({ table: bare, clusters, size: 3 });
  assert.deepEqual(names(bare, three.kept), ['broad', 'seventh', 'rest']);
  assert.deepEqual(names(bare, three.spare), ['shadow', 'half']);
  // All rows are covered: a second cover begins, with the best that is left.
  assert.deepEqual(names(bare, prune({ table: bare, clusters, size: 4 }).spare), ['half']);
});

test('a pool that is smaller than asked for is filled up, for the oracle and from the groups in turn', () => {
  // One leads everywhere; the others have right what it has wrong, or come next in a group.
  const kinds: Record<string, (i: number) => boolean> = {
    leads: (i) => i % 20 < 16,
    // Adds a tenth of the rows, is poor in each group.
    adds: (i) => i % 20 >= 18 || i % 20 < 4,
    // The best of those left in the first group; has right only what the leading one has.
    next: (i) => (i % groups === 0 ? i % 20 < 12 : i % 20 < 2),
    idle: (i) => i % 20 < 3,
  };
  const table = made(Object.fromEntries(Object.keys(kinds).map((id) => [id, flat(0)])), (id, i) =>
    kinds[id]!(i) ? 1 : 0,
  );
  const two = prune({ table, clusters, size: 2 });
  assert.deepEqual(names(table, two.kept), ['leads', 'adds']);
  assert.deepEqual(names(table, two.fillers), ['adds']);
  assert.deepEqual(names(table, two.dominated), ['next', 'idle']);
  const three = prune({ table, clusters, size: 3 });
  assert.deepEqual(names(table, three.runnersUp), ['next']);
  assert.deepEqual(names(table, three.kept), ['leads', 'adds', 'next']);
  assert.equal(prune({ table, clusters, size: 100 }).kept.length, 4);
});

test('the pool is not filled up with near-copies of those kept, nor of each other', () => {
  const random = rng('fill');
  const source = Array.from({ length: rows }, () => (random.next() < 0.6 ? 1 : 0));
  // Wrong on three rows more, so that the source dominates.
  const right = source.flatMap((y, i) => (y === 1 ? [i] : []));
  const worse = (some: readonly number[]): number[] => source.map((y, i) => (some.includes(i) ? 0 : y));
  const drawn: Record<string, number[]> = {
    source,
    copy: worse(right.slice(0, 3)),
    again: worse(right.slice(3, 6)),
  };
  const table = made(
    {
      source: flat(0),
      copy: flat(0),
      again: flat(0),
      weak1: flat(0.2),
      weak2: flat(0.25),
      weak3: flat(0.15),
    },
    (id, i) => drawn[id]?.[i],
  );
  const { kept, copies, dominated } = prune({ table, clusters, size: 3 });
  assert.ok(names(table, kept).includes('source'));
  assert.equal(kept.length, 3);
  for (const id of ['copy', 'again']) assert.ok(!names(table, kept).includes(id), id);
  assert.equal(kept.length + copies.length + dominated.length, 6);
  assert.deepEqual(names(table, prune({ table, clusters, size: 100 }).copies), ['copy', 'again']);
});
