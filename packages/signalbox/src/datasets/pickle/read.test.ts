import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { folderOf } from '../tables.fixture.ts';
import { type Bytes, memorySource, withFile } from './bytes.ts';
import { cellsOf, matrixOf, textsOf } from './cells.ts';
import { isNpy, readNpy, readNpz } from './npy.ts';
import { readPickle } from './read.ts';
import { failIn, isKind, type NdArray, type PyDict, type PyValue } from './values.ts';
import { array2d, pickled, type Writable } from './write.fixture.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const written = ['numpy-1', 'numpy-2'].map((name) => {
  const { files } = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as {
    files: Readonly<Record<string, string>>;
  };
  return { name, file: (file: string): Buffer => Buffer.from(files[file]!, 'base64') };
});
const fail = failIn('a.pkl');

function read(bytes: Uint8Array): PyValue {
  return readPickle(memorySource(bytes, 'a.pkl'));
}

/** As plain data that `deepEqual` compares. */
function shown(value: PyValue | undefined): unknown {
  if (isKind(value, 'bytes')) return { bytes: Buffer.from(value.read(0, value.length)).toString('latin1') };
  if (isKind(value, 'tuple')) return { tuple: value.items.map(shown) };
  if (isKind(value, 'array'))
    return { shape: [...value.shape], fortran: value.fortran, cells: cellsOf(value, fail).map(shown) };
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Map) return [...value].map(([key, item]) => [shown(key), shown(item)]);
  if (value instanceof Set) return { set: [...value].map(shown).sort() };
  return value;
}

for (const { name, file } of written) {
  for (let protocol = 0; protocol < 6; protocol++) {
    test(`${name}: plain data by protocol ${protocol}`, () => {
      assert.deepEqual(shown(read(file(`plain, protocol ${protocol}`))), [
        ['none', null],
        ['booleans', [true, false]],
        [
          'whole',
          [0, 1, 255, 256, 65535, 65536, -1, -(2 ** 31), Number.MAX_SAFE_INTEGER, 2n ** 70n, -(2n ** 70n)],
        ],
        ['floats', [0.1, -0, 1e300, Number.POSITIVE_INFINITY, Number.NaN]],
        ['texts', ['', 'plain', 'zwölf ½ 十二 🙂', "line\nbreak\\ and 'quotes'", 'x'.repeat(300)]],
        ['bytes', [{ bytes: '' }, { bytes: '\x00\xff' }, { bytes: 'ab' }]],
        [
          'tuples',
          [
            { tuple: [] },
            { tuple: [1] },
            { tuple: [1, 'two'] },
            { tuple: [1, 2, 3] },
            { tuple: [1, 2, 3, 4] },
          ],
        ],
        ['sets', [{ set: [] }, { set: [1, 'a'] }, { set: ['b'] }]],
        ['nested', [['a', [[['b', { tuple: [[['c', []]]] }]]]]]],
        [3, 'a number as key'],
        [{ tuple: ['tuple', 1] }, 'a tuple as key'],
        [
          'twice',
          [
            ['one list', 'in two places'],
            ['one list', 'in two places'],
          ],
        ],
      ]);
    });

    test(`${name}: arrays of every kind by protocol ${protocol}`, () => {
      const get = (kind: string) => read(file(`${kind}, protocol ${protocol}`)) as NdArray;
      const counted = [0, 1, 2, 3, 4, 5];
      for (const kind of ['i8', 'i4', 'i2', 'i1', 'u8', 'u4', 'u2', 'u1', 'big-endian'])
        assert.deepEqual([...matrixOf(get(kind), kind, fail).data], counted, kind);
      for (const kind of ['f8', 'f4', 'f2'])
        assert.deepEqual([...matrixOf(get(kind), kind, fail).data], [0, 0.25, 0.5, 0.75, 1, 1.25], kind);
      assert.deepEqual([...matrixOf(get('?'), '?', fail).data], [0, 1, 1, 1, 1, 1]);
      assert.equal(get('by columns').fortran, true);
      assert.deepEqual([...matrixOf(get('by columns'), 'a', fail).data], counted);
      assert.deepEqual([...matrixOf(get('negative'), 'a', fail).data], [0, -1, -2, -3, -4, -5]);
      assert.deepEqual([...matrixOf(get('slice'), 'a', fail).data], [0, 2, 3, 5]);
      assert.deepEqual(textsOf(get('text'), 'a', fail), ['a', 'zwölf', '🙂']);
      assert.deepEqual(textsOf(get('ascii'), 'a', fail), ['a', 'bcd']);
      assert.deepEqual(cellsOf(get('objects'), fail), ['a', null, 1, 0.5]);
      assert.deepEqual([get('empty').shape, cellsOf(get('empty'), fail)], [[0, 3], []]);
      assert.deepEqual(cellsOf(get('one number'), fail), [0.5]);
      assert.deepEqual(get('scalars'), [0.5, 0.25, -3, 200, true, 'zwölf']);
    });
  }

  test(`${name}: .npy and .npz`, async (t) => {
    const npy = (kind: string) => readNpy(memorySource(file(`${kind}.npy`), `${kind}.npy`)) as NdArray;
    assert.ok(isNpy(file('f8.npy')));
    assert.deepEqual([...matrixOf(npy('f8'), 'a', fail).data], [0, 0.25, 0.5, 0.75, 1, 1.25]);
    assert.deepEqual([...matrixOf(npy('by columns'), 'a', fail).data], [0, 1, 2, 3, 4, 5]);
    assert.deepEqual([...matrixOf(npy('big-endian'), 'a', fail).data], [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(cellsOf(npy('?'), fail), [false, true, true, true, true, true]);
    assert.deepEqual(textsOf(npy('text'), 'a', fail), ['a', 'zwölf', '🙂']);
    assert.deepEqual(cellsOf(npy('objects'), fail), ['a', null, 1, 0.5]);
    assert.deepEqual(npy('empty').shape, [0, 3]);
    const saved = readNpy(memorySource(file('dict.npy'), 'dict.npy')) as PyDict;
    assert.deepEqual(saved.get('Q'), ['one', 'two']);
    assert.deepEqual([...matrixOf(saved.get('Y'), 'Y', fail).data], [0, 0.125, 0.25, 0.375, 0.5, 0.625]);
    const folder = await folderOf(t, {
      'stored.npz': file('stored.npz'),
      'deflated.npz': file('deflated.npz'),
    });
    for (const kind of ['stored', 'deflated']) {
      const arrays = await readNpz(join(folder, `${kind}.npz`));
      assert.deepEqual([...arrays.keys()], ['train_score', 'names', 'objects']);
      assert.deepEqual(textsOf(arrays.get('names'), 'names', fail), ['a', 'zwölf', '🙂']);
      assert.deepEqual(
        [...matrixOf(arrays.get('train_score'), 'a', fail).data],
        [0, 0.25, 0.5, 0.75, 1, 1.25],
      );
    }
  });
}

test('a large array stays in the file until its cells are asked for', async (t) => {
  const rows = Array.from({ length: 500 }, (_, i) => Array.from({ length: 40 }, (_, j) => i * 40 + j));
  const folder = await folderOf(t, { 'a.pkl': pickled([array2d(rows), 'behind it']) });
  await withFile(join(folder, 'a.pkl'), (source) => {
    const [array, text] = readPickle(source) as [NdArray, string];
    assert.equal(text, 'behind it');
    assert.equal((array.data as Bytes).length, 160_000);
    assert.deepEqual([...matrixOf(array, 'a', fail).data], rows.flat());
  });
});

test('numbers that 32 bits hold exactly take 32 bits, others 64, and None is unknown', () => {
  assert.ok(matrixOf([[0, 0.5, null]], 'a', fail).data instanceof Float32Array);
  const m = matrixOf(read(pickled([[0.1, null], { tuple: [1, true] }])), 'a', fail);
  assert.deepEqual([...m.data], [0.1, Number.NaN, 1, 1]);
  assert.ok(m.data instanceof Float64Array);
});

test('what was written is read, whatever it is', () => {
  const { value } = fc.letrec<{ value: Writable }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant(null),
      fc.boolean(),
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 3 }).map((tuple) => ({ tuple })),
      fc
        .dictionary(fc.string(), tie('value'), { maxKeys: 4 })
        .map((fields) => new Map(Object.entries(fields))),
    ),
  }));
  const plain = (given: Writable): unknown => {
    if (given instanceof Map) return [...given].map(([key, item]) => [key, plain(item)]);
    if (Array.isArray(given)) return given.map(plain);
    if (typeof given === 'object' && given !== null && 'tuple' in given)
      return { tuple: given.tuple.map(plain) };
    return given;
  };
  fc.assert(
    fc.property(value, (given) => {
      assert.deepEqual(shown(read(pickled(given))), plain(given));
    }),
  );
});
