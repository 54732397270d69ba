import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collected } from '../core/collected.fixture.ts';
import { type Matrix, matrix, matrix32 } from '../math/matrix.ts';
import { setAside } from './set-aside.ts';

const filled = (m: Matrix): Matrix => {
  m.data.forEach((_, i) => {
    m.data[i] = i === 5 ? Number.NaN : Math.sin(i) * 100;
  });
  return m;
};
const kinds: [string, () => Matrix][] = [
  ['64-bit floats', () => filled(matrix(70, 11))],
  ['32-bit floats', () => filled(matrix32(70, 11))],
  ['bytes', () => filled({ rows: 70, cols: 11, data: new Uint8Array(770) })],
];

for (const [name, make] of kinds)
  test(`a matrix of ${name} that was set aside comes back bit by bit, and leaves no file`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-aside-'));
    try {
      const held = ((): { again: () => Matrix; first: WeakRef<object> } => {
        const m = make();
        return { again: setAside(m, { folder, least: 0 }), first: new WeakRef(m.data) };
      })();
      assert.deepEqual(await readdir(folder), []);
      assert.ok(await collected(held.first), 'the numbers are out of memory');
      const back = held.again();
      assert.deepEqual(back, make());
      assert.equal(held.again().data, back.data, 'two who ask share one');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

test('a matrix stays in memory where it is small, or where nothing can be written', () => {
  const m = filled(matrix(3, 2));
  assert.equal(setAside(m)(), m);
  assert.equal(setAside(m, { folder: '/nowhere/at/all', least: 0 })(), m);
});
