import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fromRows, type Matrix, matrix } from './matrix.ts';
import type { Rng } from './rng.ts';

/** For tests: reference values written by scripts/fixtures/make_math_fixtures.py. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** Nested lists as a matrix, null as NaN. */
export function table(
  rows: readonly (readonly (number | null)[])[],
): Matrix & { readonly data: Float64Array } {
  return fromRows(rows.map((cells) => cells.map((cell) => cell ?? Number.NaN)));
}

/** Standard normal cells. */
export function gaussian(rows: number, cols: number, random: Rng): Matrix & { readonly data: Float64Array } {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
}

/** Every number within `tolerance`, absolute below 1 and relative above; NaN only beside NaN. */
export function close(given: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(given.length, expected.length);
  for (let i = 0; i < given.length; i++) {
    const [a, b] = [given[i]!, expected[i]!];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `place ${i}: ${a}, expected ${b}`);
  }
}
