import { type Matrix, matrix, row } from './matrix.ts';
import { addProduct } from './product.ts';
import type { Rng } from './rng.ts';

export interface KmeansOptions {
  readonly k: number;
  readonly rng: Rng;
  readonly restarts?: number;
  readonly iterations?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Clustering {
  /** At most k rows: no more than there are distinct rows. */
  readonly centres: Matrix;
  readonly labels: Int32Array;
  /** Sum of squared distances to the nearest centre. */
  readonly inertia: number;
}

/**
 * Lloyd's k-means from k-means++ seeds (Arthur and Vassilvitskii 2007), the best of several restarts. A cluster
 * that empties is seeded anew at the row farthest from its centre.
 * @throws the signal's reason when it is aborted
 */
export function kmeans(
  x: Matrix,
  { k, rng, restarts = 4, iterations = 100, signal }: KmeansOptions,
): Clustering {
  let best: Clustering | undefined;
  for (let r = 0; r < Math.max(1, restarts); r++) {
    const found = lloyd(x, seeds(x, k, rng.fork(`restart ${r}`)), { iterations, signal });
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best!;
}

/** Lloyd's iterations from given centres. */
export function lloyd(
  x: Matrix,
  start: Matrix,
  { iterations = 100, signal }: { iterations?: number; signal?: AbortSignal | undefined } = {},
): Clustering {
  const centres = { rows: start.rows, cols: start.cols, data: Float64Array.from(start.data) };
  const squares = squaredLengths(x);
  let now = assignment(x, centres, squares);
  for (let i = 0; i < iterations; i++) {
    signal?.throwIfAborted();
    recentre(x, centres, now);
    const next = assignment(x, centres, squares);
    const settled = next.labels.every((label, row) => label === now.labels[row]);
    now = next;
    if (settled) break;
  }
  return { centres, labels: now.labels, inertia: exactInertia(x, centres, now.labels) };
}

/** The nearest centre of each row, the lower index among equals. */
export function assign(x: Matrix, centres: Matrix): Int32Array {
  return assignment(x, centres, squaredLengths(x)).labels;
}

interface Assignment {
  readonly labels: Int32Array;
  /** Squared distance of each row to its centre. */
  readonly distance: Float64Array;
}

const ROWS = 1024;

function assignment(x: Matrix, centres: Matrix, squares: Float64Array): Assignment {
  const labels = new Int32Array(x.rows);
  const distance = new Float64Array(x.rows);
  const k = centres.rows;
  const lengths = squaredLengths(centres);
  const products = new Float64Array(ROWS * k);
  for (let start = 0; start < x.rows; start += ROWS) {
    const high = Math.min(ROWS, x.rows - start);
    products.fill(0);
    addProduct(
      { data: x.data.subarray(start * x.cols), stride: x.cols, rows: high, transposed: false },
      { data: centres.data, stride: x.cols, rows: k, transposed: false },
      { data: products, depth: x.cols },
    );
    for (let i = 0; i < high; i++) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let c = 0; c < k; c++) {
        const d = lengths[c]! - 2 * products[i * k + c]!;
        if (d < least) [nearest, least] = [c, d];
      }
      labels[start + i] = nearest;
      distance[start + i] = Math.max(0, squares[start + i]! + least);
    }
  }
  return { labels, distance };
}

/** Centres become the means of their rows; an empty one goes to the farthest row. */
function recentre(
  x: Matrix,
  centres: { rows: number; cols: number; data: Float64Array },
  now: Assignment,
): void {
  const { rows: k, cols, data } = centres;
  const counts = new Int32Array(k);
  data.fill(0);
  for (let i = 0; i < x.rows; i++) {
    const c = now.labels[i]!;
    counts[c]!++;
    for (let j = 0, o = c * cols, s = i * cols; j < cols; j++, o++, s++) data[o]! += x.data[s]!;
  }
  const taken = new Set<number>();
  for (let c = 0; c < k; c++) {
    if (counts[c] === 0) {
      const far = farthest(now.distance, taken);
      if (far >= 0) data.set(x.data.subarray(far * cols, (far + 1) * cols), c * cols);
      taken.add(far);
    } else {
      for (let o = c * cols; o < (c + 1) * cols; o++) data[o]! /= counts[c]!;
    }
  }
}

function farthest(distance: Float64Array, taken: ReadonlySet<number>): number {
  let best = -1;
  for (let i = 0; i < distance.length; i++) {
    if (!taken.has(i) && (best === -1 || distance[i]! > distance[best]!)) best = i;
  }
  return best;
}

/** k-means++: each next seed with probability proportional to the squared distance to those chosen. */
function seeds(x: Matrix, k: number, rng: Rng): Matrix {
  const chosen: number[] = [];
  const distance = new Float64Array(x.rows).fill(Number.POSITIVE_INFINITY);
  let next = x.rows > 0 ? rng.int(x.rows) : -1;
  while (next >= 0 && chosen.length < k) {
    chosen.push(next);
    let total = 0;
    for (let i = 0; i < x.rows; i++) {
      if (distance[i] !== 0) distance[i] = Math.min(distance[i]!, squaredDistance(x, i, next));
      total += distance[i]!;
    }
    next = total > 0 ? drawn(distance, rng.next() * total) : -1;
  }
  const out = matrix(chosen.length, x.cols);
  for (const [c, i] of chosen.entries()) out.data.set(row(x, i), c * x.cols);
  return out;
}

function drawn(weights: Float64Array, point: number): number {
  let left = point;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return last;
}

function squaredDistance(x: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let t = 0, a = i * x.cols, b = j * x.cols; t < x.cols; t++, a++, b++) {
    const d = x.data[a]! - x.data[b]!;
    sum += d * d;
  }
  return sum;
}

function squaredLengths(x: Matrix): Float64Array {
  const out = new Float64Array(x.rows);
  for (let i = 0, c = 0; i < x.rows; i++) {
    let sum = 0;
    for (let j = 0; j < x.cols; j++, c++) sum += x.data[c]! * x.data[c]!;
    out[i] = sum;
  }
  return out;
}

/** By differences, not by expanded squares, whose rounding would choose among restarts. */
function exactInertia(x: Matrix, centres: Matrix, labels: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0, a = i * x.cols, b = labels[i]! * x.cols; j < x.cols; j++, a++, b++) {
      sum += (x.data[a]! - centres.data[b]!) ** 2;
    }
  }
  return sum;
}
