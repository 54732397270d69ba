/** An array of parameters that are moved in place. */
export interface AdamPart {
  readonly values: Float64Array;
  /** Decoupled weight decay (Loshchilov and Hutter 2019): each step shrinks the values by rate * decay; 0 where absent. */
  readonly decay?: number;
}

/**
 * Adam (Kingma and Ba 2015) with betas 0.9 and 0.999 and epsilon 1e-8, bias-corrected. Each call takes one step
 * down the gradients, which stand in the order of the parts.
 * @param rate of each step, or what gives the next one's
 */
export function adam(
  parts: readonly AdamPart[],
  rate: number | (() => number),
): (gradients: readonly (Float64Array | Float32Array)[]) => void {
  const moments = parts.map(({ values }) => ({
    first: new Float64Array(values.length),
    second: new Float64Array(values.length),
  }));
  let t = 0;
  return (gradients) => {
    t++;
    const now = typeof rate === 'number' ? rate : rate();
    const first = now / (1 - 0.9 ** t);
    const second = Math.sqrt(1 - 0.999 ** t);
    parts.forEach(({ values, decay = 0 }, k) => {
      const shrink = 1 - now * decay;
      const gradient = gradients[k]!;
      const { first: m, second: v } = moments[k]!;
      for (let c = 0; c < values.length; c++) {
        const g = gradient[c]!;
        m[c] = 0.9 * m[c]! + 0.1 * g;
        v[c] = 0.999 * v[c]! + 0.001 * g * g;
        values[c] = values[c]! * shrink - (first * m[c]!) / (Math.sqrt(v[c]!) / second + 1e-8);
      }
    });
  };
}
