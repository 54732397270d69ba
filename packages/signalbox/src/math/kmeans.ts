import { type Matrix, matrix, row } from './matrix.ts';
import { type Assignment, assignments, squaredLengths } from './nearest-centre.ts';
import type { Rng } from './rng.ts';

/** How hard the best is looked for. */
export interface Effort {
  readonly restarts?: number;
  readonly iterations?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Wanted {
  readonly k: number;
  readonly rng: Rng;
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
export function kmeans(x: Matrix, { k, rng, ...effort }: Wanted & Effort): Clustering {
  return kmeansMany(x, [{ k, rng }], effort)[0]!;
}

/** For several numbers of clusters, each as by itself: all runs go on together, so that a pass over x serves them all. */
export function kmeansMany(
  x: Matrix,
  wanted: readonly Wanted[],
  { restarts = 4, iterations = 100, signal }: Effort = {},
): Clustering[] {
  const each = Math.max(1, restarts);
  const starts = wanted.flatMap(({ k, rng }) =>
    Array.from({ length: each }, (_, r) => seeds(x, k, rng.fork(`restart ${r}`))),
  );
  const found = settle(x, starts, { iterations, signal });
  return wanted.map((_, w) =>
    found.slice(w * each, (w + 1) * each).reduce((best, run) => (run.inertia < best.inertia ? run : best)),
  );
}

/** Lloyd's iterations from given centres. */
export function lloyd(x: Matrix, start: Matrix, effort: Omit<Effort, 'restarts'> = {}): Clustering {
  return settle(x, [start], effort)[0]!;
}

interface Run {
  readonly centres: Centres;
  /** Sums of each centre's rows by the labels `summed`, and how many they are. */
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  summed: Int32Array | undefined;
  /** What the centres are the means of. */
  source: Assignment | undefined;
  now: Assignment;
}

type Centres = Matrix & { readonly data: Float64Array };

function settle(x: Matrix, starts: readonly Matrix[], { iterations = 100, signal }: Effort): Clustering[] {
  const squares = squaredLengths(x);
  const centres = starts.map(({ rows, cols, data }) => ({ rows, cols, data: Float64Array.from(data) }));
  const runs = assignments(x, centres, squares).map(
    (now, r): Run => ({
      centres: centres[r]!,
      sums: new Float64Array(centres[r]!.data.length),
      counts: new Int32Array(centres[r]!.rows),
      summed: undefined,
      source: undefined,
      now,
    }),
  );
  let moving = runs;
  for (let i = 0; i < iterations && moving.length > 0; i++) {
    signal?.throwIfAborted();
    for (const run of moving) recentre(x, run);
    const next = assignments(
      x,
      moving.map((run) => run.centres),
      squares,
    );
    moving = moving.filter((run, r) => {
      const before = run.now;
      run.now = next[r]!;
      return !run.now.labels.every((label, row) => label === before.labels[row]);
    });
  }
  return runs.map((run) => {
    const { centres, now, source } = run;
    // Once more from the rows themselves: sums that were moved along carry the rounding of each move.
    if (source !== undefined) recentre(x, { ...run, now: source, summed: undefined });
    return { centres, labels: now.labels, inertia: exactInertia(x, centres, now.labels) };
  });
}

/** The nearest centre of each row, the lower index among equals. */
export function assign(x: Matrix, centres: Matrix): Int32Array {
  return assignments(x, [centres], squaredLengths(x))[0]!.labels;
}

/** Centres become the means of their rows; an empty one goes to the farthest row. Only rows that changed theirs are summed. */
function recentre(x: Matrix, run: Run): void {
  const { centres, sums, counts, summed, now } = run;
  const { cols, data } = centres;
  if (summed === undefined) {
    sums.fill(0);
    counts.fill(0);
  }
  for (let i = 0; i < x.rows; i++) {
    const to = now.labels[i]!;
    const from = summed?.[i];
    if (from === to) continue;
    addRow(x, i, { sums, centre: to, sign: 1 });
    counts[to]!++;
    if (from === undefined) continue;
    addRow(x, i, { sums, centre: from, sign: -1 });
    counts[from]!--;
  }
  run.summed = now.labels;
  run.source = now;
  const taken = new Set<number>();
  for (let c = 0; c < centres.rows; c++) {
    if (counts[c] === 0) {
      const far = farthest(now.distance!, taken);
      if (far >= 0) data.set(x.data.subarray(far * cols, (far + 1) * cols), c * cols);
      taken.add(far);
    } else {
      for (let o = c * cols; o < (c + 1) * cols; o++) data[o] = sums[o]! / counts[c]!;
    }
  }
}

function addRow(
  { data, cols }: Matrix,
  row: number,
  { sums, centre, sign }: { readonly sums: Float64Array; readonly centre: number; readonly sign: 1 | -1 },
): void {
  for (let c = 0, o = centre * cols, s = row * cols; c < cols; c++, o++, s++) sums[o]! += sign * data[s]!;
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
    nearer(x, next, distance);
    let total = 0;
    for (let i = 0; i < x.rows; i++) total += distance[i]!;
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

/** The squared distance of each row to this seed, where it is less. Four rows at a time: one sum waits for itself at each step. */
function nearer({ data, rows, cols }: Matrix, seed: number, distance: Float64Array): void {
  const from = seed * cols;
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    let a = i * cols;
    for (let b = from; b < from + cols; a++, b++) {
      const cell = data[b]!;
      const d0 = data[a]! - cell;
      const d1 = data[a + cols]! - cell;
      const d2 = data[a + 2 * cols]! - cell;
      const d3 = data[a + 3 * cols]! - cell;
      sum0 += d0 * d0;
      sum1 += d1 * d1;
      sum2 += d2 * d2;
      sum3 += d3 * d3;
    }
    if (sum0 < distance[i]!) distance[i] = sum0;
    if (sum1 < distance[i + 1]!) distance[i + 1] = sum1;
    if (sum2 < distance[i + 2]!) distance[i + 2] = sum2;
    if (sum3 < distance[i + 3]!) distance[i + 3] = sum3;
  }
  for (; i < rows; i++) {
    let sum = 0;
    for (let a = i * cols, b = from; b < from + cols; a++, b++) sum += (data[a]! - data[b]!) ** 2;
    if (sum < distance[i]!) distance[i] = sum;
  }
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
