import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignalboxError } from '../core/errors.ts';
import type { Sample } from './contract.ts';
import { toolSamples } from './logs.fixture.ts';
import { openTable } from './open.ts';
import { publishedSamples } from './published.fixture.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

const samples: readonly [string, Sample][] = Object.entries({ ...publishedSamples, ...toolSamples });
for (const [name, { files, options = {} }] of samples) {
  test(`${name}: what is cut or flipped is refused in a sentence or read, never more`, async (t) => {
    const names = Object.keys(files);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(names.length - 1),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        // A byte changed within a page of a Parquet file can keep its reader busy for ever, so those are only cut.
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: name === 'sprout' ? 0 : 3 }),
        async (which, cut, changes) => {
          const damaged = names[which]!;
          const bytes = Buffer.from(files[damaged]!);
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
