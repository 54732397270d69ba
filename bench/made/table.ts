import type { Dataset } from '../../packages/signalbox/src/core/dataset.ts';
import { type Example, userMessage } from '../../packages/signalbox/src/core/query.ts';
import { type Matrix, matrix, matrix32 } from '../../packages/signalbox/src/math/matrix.ts';
import { rng } from '../../packages/signalbox/src/math/rng.ts';

/**
 * A table with features that show the group, each model right more often in the groups that are its own; costs rise
 * from model to model. What the benches of routers and of decisions are timed on.
 */
export function madeTable(of: {
  readonly rows: number;
  readonly models: number;
  readonly width: number;
  readonly groups: number;
  readonly seed: string;
}): { readonly table: Dataset; readonly features: Matrix } {
  const { rows, models, width, groups } = of;
  const random = rng(of.seed);
  const features = matrix32(rows, width);
  const quality = matrix(rows, models);
  const cost = matrix(rows, models);
  const examples = Array.from({ length: rows }, (_, i): Example => {
    const group = i % groups;
    for (let j = 0; j < width; j++)
      features.data[i * width + j] = (random.normal() + (j % groups === group ? 0.5 : 0)) / Math.sqrt(width);
    for (let m = 0; m < models; m++) {
      quality.data[i * models + m] = random.next() < (m % groups === group ? 0.8 : 0.5) ? 1 : 0;
      cost.data[i * models + m] = 0.001 * (m + 1) * (0.5 + random.next());
    }
    return { id: `q${i}`, messages: userMessage(`query ${i}`), group: `g${group}` };
  });
  return { table: tableOf({ examples, quality, cost }), features };
}

/** A complete table of single answers. */
export function tableOf(of: Required<Pick<Dataset, 'examples' | 'quality' | 'cost'>>): Dataset {
  const { rows, cols } = of.quality;
  return {
    name: 'bench',
    format: 'made',
    ...of,
    models: Array.from({ length: cols }, (_, m) => ({ id: `m${m}`, price: 'unknown' })),
    k: matrix(rows, cols, 1),
    primary: 'quality',
    rowsDropped: {},
    notes: [],
    digests: {},
  };
}
