import type { Encoder } from '../core/encoder.ts';
import { type Query, textOf } from '../core/query.ts';
import { type Matrix, matrix32 } from '../math/matrix.ts';
import { inBatches } from './batches.ts';
import { surfaceCounts, surfaceNames } from './surface-counts.ts';

export interface SurfaceState {
  readonly [key: string]: Float64Array;
  readonly mean: Float64Array;
  /** One over the standard deviation; 0 for a count that never differed in training. */
  readonly scale: Float64Array;
}

/** Standard deviations at which a count is cut off, so that no odd text stands far outside. */
const furthest = 4;

/**
 * Cheap counts of what can be seen without reading: length, scripts, digits, code and formula marks, the form
 * of the question, options. Each is centred and scaled by the training texts and cut off at 4 deviations.
 */
export function surface(_options: Record<never, never> = {}): Encoder<SurfaceState> {
  const width = surfaceNames.length;
  return {
    name: 'surface',
    settings: { version: 1 },
    async fit(queries, context) {
      const mean = new Float64Array(width);
      const scale = new Float64Array(width);
      const rows: Float64Array[] = [];
      await inBatches(queries.length, { size: 1000, context }, (from, to) => {
        for (let i = from; i < to; i++) rows.push(countsOf(queries[i]!));
      });
      for (let j = 0; j < width && rows.length > 0; j++) {
        let sum = 0;
        for (const row of rows) sum += row[j]!;
        mean[j] = sum / rows.length;
        let squares = 0;
        for (const row of rows) squares += (row[j]! - mean[j]!) ** 2;
        const deviation = Math.sqrt(squares / rows.length);
        scale[j] = deviation > 1e-9 ? 1 / deviation : 0;
      }
      return { mean, scale };
    },
    async encode(queries, { mean, scale }, context): Promise<Matrix> {
      const out = matrix32(queries.length, width);
      await inBatches(queries.length, { size: 1000, context }, (from, to) => {
        for (let i = from; i < to; i++) {
          const counts = countsOf(queries[i]!);
          for (let j = 0; j < width; j++) {
            const value = (counts[j]! - mean[j]!) * scale[j]!;
            out.data[i * width + j] = Math.min(furthest, Math.max(-furthest, value));
          }
        }
      });
      return out;
    },
    width: () => width,
  };
}

function countsOf(query: Query): Float64Array {
  return surfaceCounts(textOf(query));
}
