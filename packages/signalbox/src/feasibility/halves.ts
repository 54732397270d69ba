/**
 * Choosing a model on one half of its repeats and scoring it on the other (FEASIBILITY's split-half ceiling),
 * in exact expectation over all halves where repeats are right or wrong.
 */

/** What the choosing half of one cell may show, ascending, with its chance, and the mean that the scoring half then has. */
export interface Half {
  readonly seen: Float64Array;
  readonly chance: Float64Array;
  readonly rest: Float64Array;
}

/** Size of the half on which is chosen; the larger one of an odd number of repeats. */
export const choosingSize = (k: number): number => Math.ceil(k / 2);

/** Halves of k samples of which `right` were right: drawn without replacement, hence hypergeometric. NaN in `rest` for k = 1. */
export function halfOf(right: number, k: number): Half {
  const size = choosingSize(k);
  const least = Math.max(0, size - (k - right));
  const most = Math.min(size, right);
  const length = most - least + 1;
  const chance = new Float64Array(length);
  // Ratios of neighbouring terms of the hypergeometric law; then scaled to sum 1.
  chance[0] = 1;
  for (let i = 1; i < length; i++) {
    const a = least + i;
    chance[i] = (chance[i - 1]! * (right - a + 1) * (size - a + 1)) / (a * (k - right - size + a));
  }
  const total = chance.reduce((sum, p) => sum + p, 0);
  return {
    seen: Float64Array.from(chance, (_, i) => (least + i) / size),
    chance: chance.map((p) => p / total),
    rest: Float64Array.from(chance, (_, i) => (right - least - i) / (k - size)),
  };
}

/** Expected results of choosing on the halves of one row. */
export interface Chosen {
  /** The greatest mean that the choosing halves show. */
  readonly seen: number;
  /** Mean of the model chosen, on its other half; ties shared alike. */
  readonly averaged: number;
  /** The same, ties going to the model that comes first in `order`. */
  readonly ordered: number;
}

/** How ties are resolved. */
export interface Ties {
  /** All models, the preferred one first. */
  readonly order: ArrayLike<number>;
  /** `tieNodes` of the number of models. */
  readonly nodes: readonly Node[];
}

/** Over independent halves of each model. */
export function choose(halves: readonly Half[], { order, nodes }: Ties): Chosen {
  const models = halves.length;
  const place = new Int32Array(models);
  const below = new Float64Array(models);
  const here = new Float64Array(models);
  const gain = new Float64Array(models);
  let [seen, averaged, ordered] = [0, 0, 0];
  for (;;) {
    let level = Number.POSITIVE_INFINITY;
    halves.forEach((half, m) => {
      level = Math.min(level, half.seen[place[m]!] ?? Number.POSITIVE_INFINITY);
    });
    if (level === Number.POSITIVE_INFINITY) return { seen, averaged, ordered };
    halves.forEach((half, m) => {
      const at = place[m]!;
      const hit = half.seen[at] === level;
      here[m] = hit ? half.chance[at]! : 0;
      gain[m] = hit ? half.chance[at]! * half.rest[at]! : 0;
      if (hit) place[m] = at + 1;
    });
    seen += level * (product(below, here, 1) - product(below, here, 0));
    for (const { z, weight } of nodes) averaged += weight * sharedGain({ below, here, gain }, z);
    ordered += firstGain({ below, here, gain }, order);
    for (let m = 0; m < models; m++) below[m]! += here[m]!;
  }
}

interface Level {
  readonly below: Float64Array;
  readonly here: Float64Array;
  readonly gain: Float64Array;
}

function product(below: Float64Array, here: Float64Array, z: number): number {
  let all = 1;
  for (let m = 0; m < below.length; m++) all *= below[m]! + z * here[m]!;
  return all;
}

/** Sum over m of gain[m] x product over the others of (below + z here); its integral over z in [0, 1] shares ties alike, as E[1 / (1 + T)] = integral of E[z^T]. */
function sharedGain({ below, here, gain }: Level, z: number): number {
  // Invariant: `all` is the product so far, `sum` the sum so far, one gain in each of its terms.
  let [all, sum] = [1, 0];
  for (let m = 0; m < below.length; m++) {
    const factor = below[m]! + z * here[m]!;
    sum = sum * factor + all * gain[m]!;
    all *= factor;
  }
  return sum;
}

/** The preferred of the tied: those before it are below the level, those after it at most on it. */
function firstGain({ below, here, gain }: Level, order: ArrayLike<number>): number {
  let [before, sum] = [1, 0];
  for (let i = 0; i < order.length; i++) {
    const m = order[i]!;
    sum = sum * (below[m]! + here[m]!) + before * gain[m]!;
    before *= below[m]!;
  }
  return sum;
}

/** Beyond this the integral is as exact as numbers are: its integrand is a smooth polynomial. */
const mostNodes = 32;

export interface Node {
  readonly z: number;
  readonly weight: number;
}

/** Nodes on [0, 1] of Gauss and Legendre: n of them integrate polynomials up to degree 2 n - 1 exactly, and ties of M models make degree M - 1. */
export function tieNodes(models: number): readonly Node[] {
  const n = Math.min(Math.ceil(models / 2), mostNodes);
  return Array.from({ length: n }, (_, i): Node => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 50; step++) {
      let [p, before] = [1, 0];
      for (let j = 1; j <= n; j++) [p, before] = [((2 * j - 1) * x * p - (j - 1) * before) / j, p];
      slope = (n * (x * p - before)) / (x * x - 1);
      const move = p / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    return { z: (x + 1) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}
