import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knowHeldOut } from '../../core/held-out-rows.ts';
import { matrix32, selectRows } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { makeContext } from '../../pipeline/context.ts';
import { neighbours, outOfFoldNeighbours } from './neighbours.ts';

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
