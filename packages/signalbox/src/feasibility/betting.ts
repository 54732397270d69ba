/**
 * The betting test of a bounded mean (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables
 * by betting"): wealth that can only grow, on average, where the mean of z is below m.
 */

/** Bets stay this far within 1 / (1 - m), beyond which one bad row could ruin. */
const caution = 0.75;
/** Wealth at which a test is won at any level that is used. */
const enough = 1e12;

export interface Bets {
  /** Values in [0, 1], in an order that does not depend on them. */
  readonly z: Float64Array;
  /** Stake on each row, known before it: sqrt(2 log(1/delta) / (n variance of the rows before)). */
  readonly stakes: Float64Array;
}

/** Losses in [-1, 1], in the order of `order`, as z = (loss + 1) / 2 with the stakes, which serve every m. */
export function bets(loss: (row: number) => number, order: Int32Array, delta: number): Bets {
  const n = order.length;
  const z = new Float64Array(n);
  const stakes = new Float64Array(n);
  const scale = (2 * Math.log(1 / delta)) / n;
  let [sum, squares] = [0.5, 0.25];
  for (let i = 0; i < n; i++) {
    // Mean and variance of the i rows before, begun at 1/2 and 1/4 as in the paper.
    stakes[i] = Math.sqrt((scale * (i + 1)) / squares);
    const value = (loss(order[i]!) + 1) / 2;
    z[i] = value;
    sum += value;
    squares += (value - sum / (i + 2)) ** 2;
  }
  return { z, stakes };
}

/** p of "the mean of z is at least m" against "it is below": 1 / the greatest wealth on the way. */
export function bettingP({ z, stakes }: Bets, m: number): number {
  if (m >= 1) return z.length === 0 ? 1 : 0;
  const most = caution / (1 - m);
  let wealth = 1;
  let greatest = 1;
  for (let i = 0; i < z.length; i++) {
    const stake = stakes[i]!;
    wealth *= 1 - (stake < most ? stake : most) * (z[i]! - m);
    if (wealth > greatest) {
      greatest = wealth;
      if (wealth > enough) break;
    }
  }
  return 1 / greatest;
}
