import { normalCdf } from './distributions.ts';

/** Cells of the grid over which the greatest may lie; the error stays below a hundredth. */
const cells = 64;
/** Standard deviations beyond which nothing is expected. */
const reach = 5;

/** The chance of each of several independent normals to be the greatest. A deviation of 0 is a number that is certain. */
export function chancesOfBest(means: ArrayLike<number>, deviations: ArrayLike<number>): Float64Array {
  const n = means.length;
  const out = new Float64Array(n);
  let [low, high, spread] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let m = 0; m < n; m++) {
    low = Math.max(low, means[m]! - reach * deviations[m]!);
    high = Math.max(high, means[m]! + reach * deviations[m]!);
    spread = Math.max(spread, deviations[m]!);
  }
  // Room for numbers that are certain, of which all may be equal.
  const step = Math.max(high - low, 1e-9 * Math.max(1, Math.abs(high)), 1e-6 * spread) / (cells - 1);
  let below = cdfs(means, deviations, low - step / 2);
  for (let cell = 1; cell <= cells; cell++) {
    const above = cdfs(means, deviations, low + (cell - 0.5) * step);
    for (let m = 0; m < n; m++) {
      let chance = above[m]! - below[m]!;
      for (let j = 0; j < n && chance > 0; j++) if (j !== m) chance *= (above[j]! + below[j]!) / 2;
      out[m]! += chance;
    }
    below = above;
  }
  const sum = out.reduce((total, chance) => total + chance, 0);
  return out.map((chance) => chance / sum);
}

function cdfs(means: ArrayLike<number>, deviations: ArrayLike<number>, at: number): Float64Array {
  const out = new Float64Array(means.length);
  for (let m = 0; m < out.length; m++) {
    const away = at - means[m]!;
    out[m] = deviations[m]! > 0 ? normalCdf(away / deviations[m]!) : away >= 0 ? 1 : 0;
  }
  return out;
}
