import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Dataset } from '../core/dataset.ts';
import { indexGroups } from '../core/folds.ts';
import { takeRows } from '../core/table.ts';
import { openTable } from '../datasets/open.ts';
import { quietContext, realData } from '../datasets/tables.fixture.ts';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import type { Design } from '../metrics/design.ts';
import type { Outcomes } from './outcomes.ts';

/** Each row a cluster of its own, tested with a given split. */
export function designOf(groups: readonly string[], draws = 400): Design {
  const { names, of } = indexGroups(groups.map((group) => ({ group })));
  return {
    rows: groups.length,
    groupNames: names,
    groupOf: of,
    clusters: Int32Array.from(groups.keys()),
    testOverTrain: 0,
    draws,
    seed: 0,
  };
}

/** A part of the real data, its complete rows (of one split), and their design. */
export async function realTable(
  part: string,
  split?: 'train' | 'test',
): Promise<{ table: Dataset; design: Design }> {
  const all = await openTable({ paths: [join(realData, part)], options: {}, context: quietContext() });
  const { cols, data } = all.quality;
  const complete = (i: number): boolean => !data.subarray(i * cols, (i + 1) * cols).some(Number.isNaN);
  const rows = [...all.examples.keys()].filter(
    (i) => complete(i) && (split === undefined || all.examples[i]!.split === split),
  );
  const table = takeRows(all, rows);
  return { table, design: designOf(table.examples.map(({ group }) => group ?? '')) };
}

/** Draws from these chances of a right answer, `k` samples a cell, as means alone or with the single samples. */
export function drawOutcomes(
  chance: (row: number, model: number) => number,
  shape: { rows: number; models: number; k: number; seed: number | string; samples?: boolean },
): Outcomes {
  const { rows, models, k, samples = false } = shape;
  const random = rng(shape.seed);
  const repeats = Array.from({ length: k }, () => matrix(rows, models));
  const quality = matrix(rows, models);
  for (let i = 0; i < rows; i++) {
    for (let m = 0; m < models; m++) {
      for (const one of repeats) {
        const y = random.next() < chance(i, m) ? 1 : 0;
        one.data[i * models + m] = y;
        quality.data[i * models + m]! += y / k;
      }
    }
  }
  return { quality, k: matrix(rows, models, k), ...(samples && { samples: repeats }) };
}

/** Within `tolerance` of what was expected. */
export function near(got: number | undefined, expected: number, tolerance: number): void {
  assert.ok(
    got !== undefined && Math.abs(got - expected) <= tolerance,
    `${got} is not within ${tolerance} of ${expected}`,
  );
}
