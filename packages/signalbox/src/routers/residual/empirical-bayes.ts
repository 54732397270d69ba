import { type Matrix, matrix } from '../../math/matrix.ts';

/** Means of groups drawn to what all have in common, each as far as its rows are few and the groups alike. */
export interface GroupLevels {
  readonly levels: Float64Array;
  /** Standard error of each level; that of a group without rows is the spread of the groups. */
  readonly errors: Float64Array;
}

interface Groups {
  readonly of: Int32Array;
  readonly count: number;
}

/**
 * Empirical Bayes for the means of groups, NaN = no observation: group g has n_g rows about a mean drawn from
 * N(mu, tau^2), rows vary by one pooled variance s^2, tau^2 is that of Paule and Mandel (the spread at which the
 * groups' weighted squares equal their degrees of freedom, 0 where they scatter no more than noise does), and
 * the level is mu + (mean - mu) tau^2 / (tau^2 + s^2 / n_g). Undefined where nothing was observed.
 */
export function groupLevels(values: Float64Array, { of, count }: Groups): GroupLevels | undefined {
  const [n, sums] = [new Float64Array(count), new Float64Array(count)];
  let squares = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    n[of[i]!]! += 1;
    sums[of[i]!]! += value;
    squares += value * value;
  });
  const seen = Array.from(n.keys()).filter((g) => n[g]! > 0);
  if (seen.length === 0) return undefined;
  let freedom = -seen.length;
  for (const g of seen) {
    squares -= sums[g]! ** 2 / n[g]!;
    freedom += n[g]!;
  }
  // A row for each group says nothing of how rows vary: as widely then as outcomes can.
  const within = freedom > 0 ? Math.max(squares / freedom, 1e-6) : 0.25;
  const noise = seen.map((g) => within / n[g]!);
  const means = seen.map((g) => sums[g]! / n[g]!);
  const { mu, spread } = pauleMandel(means, noise);
  const out = {
    levels: new Float64Array(count).fill(mu),
    errors: new Float64Array(count).fill(Math.sqrt(spread)),
  };
  seen.forEach((g, i) => {
    const trust = spread / (spread + noise[i]!);
    out.levels[g] = mu + trust * (means[i]! - mu);
    out.errors[g] = Math.sqrt(noise[i]!);
  });
  return out;
}

function pauleMandel(means: readonly number[], noise: readonly number[]): { mu: number; spread: number } {
  const centre = (spread: number): number => {
    let [sum, total] = [0, 0];
    means.forEach((mean, i) => {
      const weight = 1 / (noise[i]! + spread);
      sum += weight * mean;
      total += weight;
    });
    return sum / total;
  };
  const excess = (spread: number): number => {
    const mu = centre(spread);
    return means.reduce((sum, mean, i) => sum + (mean - mu) ** 2 / (noise[i]! + spread), 1 - means.length);
  };
  if (means.length < 2 || excess(0) <= 0) return { mu: centre(0), spread: 0 };
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return { mu: centre(low), spread: low };
}

/** Groups x models: means, and the standard errors of the differences to the reference model. */
export interface PairedMeans {
  readonly means: Matrix;
  readonly errors: Matrix;
}

/**
 * Means of a group as the reference model's level plus each model's difference to it on the rows that both
 * answered: what routing lives on is estimated in pairs, and each pair has a spread over groups of its own, so
 * that near ties with the reference are drawn together while a specialist keeps its distance.
 */
export function pairedMeans(
  quality: Matrix,
  { of, count }: Groups,
  { reference, skip }: { readonly reference: number; readonly skip?: (row: number) => boolean },
): PairedMeans {
  const { rows, cols } = quality;
  const out = { means: matrix(count, cols, Number.NaN), errors: matrix(count, cols) };
  const each = (value: (at: number) => number): GroupLevels | undefined =>
    groupLevels(
      Float64Array.from({ length: rows }, (_, i) => (skip?.(i) ? Number.NaN : value(i * cols))),
      { of, count },
    );
  const own = (m: number): GroupLevels | undefined => each((at) => quality.data[at + m]!);
  const base = own(reference);
  for (let m = 0; m < cols; m++) {
    const gap =
      m === reference || base === undefined
        ? undefined
        : each((at) => quality.data[at + m]! - quality.data[at + reference]!);
    // Never seen beside the reference, a model is known by itself.
    const levels = gap ?? (m === reference ? base : own(m));
    if (levels === undefined) continue;
    for (let g = 0; g < count; g++) {
      out.means.data[g * cols + m] = levels.levels[g]! + (gap ? base!.levels[g]! : 0);
      out.errors.data[g * cols + m] = m === reference ? 0 : levels.errors[g]!;
    }
  }
  return out;
}
