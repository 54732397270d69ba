import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { growing } from './growing.ts';
import { narrowCells, narrowed } from './narrow-cells.ts';

const kindOf = (values: readonly number[]): string => {
  const cells = narrowCells(values.length);
  values.forEach((value, i) => {
    cells.set(i, value);
  });
  const data = cells.finish();
  assert.deepEqual([...data], values);
  return data.constructor.name;
};

test('cells take the narrowest kind that holds every one of them', () => {
  assert.equal(kindOf([0, 1, 1]), 'Uint8Array');
  assert.equal(kindOf([0, 255]), 'Uint8Array');
  assert.equal(kindOf([0, 256]), 'Float64Array');
  assert.equal(kindOf([1, 0.5]), 'Float64Array');
  assert.equal(kindOf([1, 0.5, Number.NaN]), 'Float32Array');
  assert.equal(kindOf([Number.NaN, 1]), 'Float32Array');
  assert.equal(kindOf([Number.NaN, 0.1]), 'Float64Array');
  assert.equal(kindOf([0, -0]), 'Float64Array');
});

test('a large table of halves is in 32-bit floats, and thirds in 64', () => {
  const size = 2 ** 20 + 1;
  const of = (value: number): string => {
    const data = new Float64Array(size).fill(1);
    data[7] = value;
    const narrow = narrowed({ rows: size, cols: 1, data });
    assert.equal(narrow.data[7], value);
    return narrow.data.constructor.name;
  };
  assert.deepEqual([of(1), of(0.5), of(1 / 3)], ['Uint8Array', 'Float32Array', 'Float64Array']);
});

const numbers = fc.oneof(
  fc.constantFrom(0, 1, -0, Number.NaN, 255, 256, 2 ** 24 + 1, 2 ** 31, 0.1, 0.5, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.integer(),
);

test('cells are those that were set, in any order', () => {
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1 }), (values) => {
      const cells = narrowCells(values.length);
      for (let i = values.length - 1; i >= 0; i--) cells.set(i, values[i]!);
      assert.deepEqual([...cells.finish()], values);
    }),
  );
});

test('a growing vector gives back what was pushed and set, whatever kinds of numbers follow each other', () => {
  fc.assert(
    fc.property(fc.array(numbers), fc.constantFrom(0, Number.NaN), fc.nat(200_000), (values, fill, far) => {
      const vector = growing(fill);
      for (const value of values) vector.push(value);
      vector.set(values.length + far, 7);
      assert.equal(vector.length, values.length + far + 1);
      assert.deepEqual(
        Array.from(values, (_, i) => vector.at(i)),
        values,
      );
      assert.equal(vector.at(values.length + far), 7);
      if (far > 0) assert.equal(vector.at(values.length + far - 1), fill);
      assert.equal(vector.at(vector.length), fill);
    }),
  );
});
