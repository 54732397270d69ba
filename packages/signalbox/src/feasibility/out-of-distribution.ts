import { type Matrix, matrix32, selectRows } from '../math/matrix.ts';
import { nearest } from '../math/nearest.ts';
import { rng, shuffle } from '../math/rng.ts';

/** What the guard remembers: plain, to lie in an artifact. */
export type GuardState = {
  /** Some training rows, of length 1. */
  readonly reference: Matrix;
  /** Distances of held rows from them, ascending. */
  readonly calibration: Float64Array;
};

/** Neighbours that a distance is the mean of. */
const neighbours = 5;
const mostReference = 4000;
/** Wide rows are fewer, so that an artifact stays small (8 MB) and a query is judged within milliseconds. */
const mostCells = 2_000_000;
const mostHeld = 1000;
/** With fewer held rows no p-value could be small. */
const fewestHeld = 40;

/**
 * Learns where training queries lie: the distance of a query is the mean cosine distance to its 5 nearest training rows;
 * rows held apart say how great it usually is (conformal prediction; Vovk, Gammerman and Shafer 2005; kNN distance: Sun
 * and others 2022, 2204.06507). Null where there are too few rows.
 * @param folds of the training rows, those of one text in one: rows of fold 0 are held apart
 */
export function fitGuard(args: {
  readonly features: Matrix;
  readonly folds: Int32Array;
  readonly seed: number;
}): GuardState | null {
  const { features, folds, seed } = args;
  if (features.cols === 0) return null;
  const random = rng(`out-of-distribution/${seed}`);
  const some = (keep: (row: number) => boolean, most: number): Matrix => {
    const rows = Int32Array.from(folds.keys()).filter(keep);
    return selectRows(features, rows.length <= most ? rows : shuffle(rows, random).slice(0, most).sort());
  };
  const held = some((row) => folds[row] === 0, mostHeld);
  const most = Math.min(mostReference, Math.ceil(mostCells / features.cols));
  const reference = unitRows(some((row) => folds[row] !== 0, most));
  if (held.rows < fewestHeld || reference.rows < neighbours) return null;
  return { reference, calibration: distances(reference, unitRows(held)).sort() };
}

/** Of each row: the chance that a query like the training queries lies as far out; below .05 one would not trust the router with it. */
export function guardP({ reference, calibration }: GuardState, features: Matrix): Float64Array {
  if (features.cols !== reference.cols)
    throw new RangeError(`${features.cols} features, the guard was fitted on ${reference.cols}`);
  const n = calibration.length;
  return distances(reference, unitRows(features)).map((distance) => {
    let [low, high] = [0, n];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (calibration[middle]! < distance) low = middle + 1;
      else high = middle;
    }
    return (n - low + 1) / (n + 1);
  });
}

function distances(reference: Matrix, rows: Matrix): Float64Array {
  const { similarity } = nearest({ queries: rows, base: reference, k: neighbours, similarity: true });
  return Float64Array.from({ length: rows.rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < neighbours; j++) sum += similarity[i * neighbours + j]!;
    return 1 - sum / neighbours;
  });
}

/** Rows at length 1, in 32-bit floats; a row of zeros stays one, at distance 1 from all. */
function unitRows({ rows, cols, data }: Matrix): Matrix {
  const out = matrix32(rows, cols);
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let c = i * cols; c < (i + 1) * cols; c++) square += data[c]! ** 2;
    const length = Math.sqrt(square);
    if (length > 0) for (let c = i * cols; c < (i + 1) * cols; c++) out.data[c] = data[c]! / length;
  }
  return out;
}
