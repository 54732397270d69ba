/** A curve that never falls: its corners, straight between them, flat beyond the first and the last. */
export type Isotonic = {
  /** Strictly ascending. */
  readonly x: Float64Array;
  readonly y: Float64Array;
};

/**
 * The non-decreasing curve of least squares through (x, y): pools of adjacent violators (Barlow et al. 1972), each
 * pool a corner at its mean x, so that scores that differ seldom share a value. NaN in `y` is left out; undefined
 * where nothing is left.
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>): Isotonic | undefined {
  const order = Array.from(y, (_, i) => i)
    .filter((i) => !Number.isNaN(y[i]!) && Number.isFinite(x[i]!))
    .sort((a, b) => x[a]! - x[b]!);
  const pools: { x: number; y: number; n: number }[] = [];
  for (let i = 0; i < order.length; ) {
    // Rows of one x are one pool from the start: no curve can tell them apart.
    const here = x[order[i]!]!;
    let [sum, n] = [0, 0];
    for (; i < order.length && x[order[i]!]! === here; i++, n++) sum += y[order[i]!]!;
    let pool = { x: here, y: sum / n, n };
    while (pools.length > 0 && pools.at(-1)!.y >= pool.y) {
      const before = pools.pop()!;
      const all = before.n + pool.n;
      pool = {
        x: (before.x * before.n + pool.x * pool.n) / all,
        y: (before.y * before.n + pool.y * pool.n) / all,
        n: all,
      };
    }
    pools.push(pool);
  }
  if (pools.length === 0) return undefined;
  return { x: Float64Array.from(pools, (p) => p.x), y: Float64Array.from(pools, (p) => p.y) };
}

/** The curve's height at `x`. */
export function isotonicAt({ x: corners, y }: Isotonic, x: number): number {
  let [low, high] = [0, corners.length - 1];
  if (!(x > corners[0]!)) return y[0]!;
  if (x >= corners[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (corners[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - corners[low]!) / (corners[high]! - corners[low]!);
  return y[low]! + share * (y[high]! - y[low]!);
}
