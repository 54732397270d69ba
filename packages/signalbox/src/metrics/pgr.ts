import type { Statistic } from './statistic.ts';

/** APGR and CPT of an order of queries between a weak and a strong model (RouteLLM, 2406.18665; OUTPUT, Measures). */
export interface WeakStrong {
  /** Predicted gain of the strong model on each row: who is called first. */
  readonly gain: Float64Array;
  readonly weak: Float64Array;
  readonly strong: Float64Array;
}

/**
 * [APGR, CPT(50 %), CPT(80 %)] as a statistic of the rows. PGR(s) = (V(s) - V_weak) / (V_strong - V_weak) with
 * the share s of rows of greatest predicted gain given to the strong model; ties at their expected value, so
 * that PGR is linear over a block of equal gains; area by trapezoid over all n + 1 shares.
 */
export function performanceGap({ gain, weak, strong }: WeakStrong): Statistic {
  const order = Int32Array.from(gain.keys()).sort((a, b) => gain[b]! - gain[a]! || a - b);
  return (weights) => {
    let [n, total] = [0, 0];
    for (let i = 0; i < order.length; i++) {
      n += weights[i]!;
      total += weights[i]! * (strong[i]! - weak[i]!);
    }
    let [area, done, reached] = [0, 0, 0];
    const cpt = [0.5, 0.8].map((x) => ({ goal: x * total, share: Number.NaN }));
    for (let start = 0; start < order.length; ) {
      let [block, won, end] = [0, 0, start];
      const level = gain[order[start]!]!;
      while (end < order.length && gain[order[end]!]! === level) {
        const i = order[end]!;
        block += weights[i]!;
        won += weights[i]! * (strong[i]! - weak[i]!);
        end++;
      }
      area += block * (reached + won / 2);
      for (const point of cpt) {
        if (Number.isNaN(point.share) && block > 0 && reached + won >= point.goal)
          point.share =
            (done + (won > 0 ? Math.max(0, Math.ceil(((point.goal - reached) / won) * block - 1e-9)) : 0)) /
            n;
      }
      reached += won;
      done += block;
      start = end;
    }
    // Without a gap between the two models none of this means anything.
    return total > 0
      ? [area / (n * total), ...cpt.map(({ share }) => share)]
      : [Number.NaN, Number.NaN, Number.NaN];
  };
}
