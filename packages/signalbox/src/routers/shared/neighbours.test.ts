import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knowHeldOut } from '../../core/held-out-rows.ts';
import { matrix32, selectRows } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { makeContext } from '../../pipeline/context.ts';
import { growingSums, neighbours, outOfFoldNeighbours, sumOver } from './neighbours.ts';

test('rows held out of the training have the neighbours that the search over all of it found for them', () => {
  const random = rng('held out');
  const x = matrix32(400, 6);
  // Few distinct cells, so that there are equals among the products; one row is there three times.
  for (let i = 0; i < x.data.length; i++) x.data[i] = Math.floor(3 * random.next()) - 1;
  for (const copy of [17, 301]) x.data.copyWithin(copy * x.cols, 0, x.cols);
  const folds = Int32Array.from({ length: x.rows }, () => Math.floor(5 * random.next()));
  const rows = Int32Array.from(folds.keys());
  const [held, kept] = [rows.filter((i) => folds[i] === 0), rows.filter((i) => folds[i] !== 0)];
  const [queries, base] = [selectRows(x, held), selectRows(x, kept)];

  const searched = neighbours(queries, base, 200, makeContext());
  const context = makeContext();
  knowHeldOut({ x, folds, held, kept }, queries, base, context);
  assert.deepEqual(neighbours(queries, base, 170, context).indices.length, held.length * 170);
  const all = outOfFoldNeighbours(x, folds, 200, context);
  // A search that was made is read, which a wrong neighbour in it tells.
  const [row = 0] = held;
  all.indices[row * 200] = kept.at(-1)!;
  const { indices, k } = neighbours(queries, base, 200, context);
  assert.equal(k, 200);
  assert.equal(indices[0], kept.length - 1);
  assert.deepEqual(indices.subarray(1), searched.indices.subarray(1));
});

test('sums that grow with k are those of each k alone, also where a smaller one comes later', () => {
  const random = rng('growing sums');
  const values = matrix32(30, 3);
  for (let i = 0; i < values.data.length; i++) values.data[i] = i % 7 === 0 ? Number.NaN : random.next();
  const indices = Int32Array.from({ length: 40 * 8 }, (_, i) => (i % 8 > i % 11 ? -1 : (i * 7) % 30));
  const near = { indices, k: 8 };
  const sumsOver = growingSums(near, values);
  for (const k of [2, 3, 8, 1, 5, 5]) assert.deepEqual(sumsOver(k), sumOver(near, values, k), `k = ${k}`);
});
