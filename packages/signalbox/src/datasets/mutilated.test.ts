import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignalboxError } from '../core/errors.ts';
import { openTable } from './open.ts';
import { samples } from './samples.fixture.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

// A byte changed within a page of a Parquet file can keep its reader busy for ever, so those are only cut.
const onlyCut: readonly string[] = ['sprout', 'parquet'];

for (const [name, { files, options = {} }] of Object.entries(samples)) {
  test(`${name}: what is cut, flipped or swapped is refused in a sentence or read, never more`, async (t) => {
    const names = Object.keys(files);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(names.length - 1),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: onlyCut.includes(name) ? 0 : 3 }),
        fc.option(fc.tuple(fc.nat(), fc.nat())),
        async (which, cut, changes, swap) => {
          const damaged = names[which]!;
          const whole = Buffer.from(files[damaged]!);
          const bytes = swap === null || onlyCut.includes(name) ? whole : swapped(whole, swap);
          for (const [place, value] of changes) bytes[place % bytes.length] = value;
          const content = cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length));
          const paths = [await folderOf(t, { ...files, [damaged]: content })];
          try {
            await openTable({ paths, format: name, options, context: quietContext() });
          } catch (error) {
            assert.ok(error instanceof SignalboxError, (error as Error).stack);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
}

/** The file with two of its lines in each other's place. */
function swapped(bytes: Buffer, [a, b]: readonly [number, number]): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const [i, j] = [a % lines.length, b % lines.length];
  [lines[i], lines[j]] = [lines[j]!, lines[i]!];
  return Buffer.from(lines.join('\n'), 'latin1');
}
