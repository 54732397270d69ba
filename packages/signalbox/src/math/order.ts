/** Index of the greatest number, the first of equals; -1 where there is none. NaN never wins. */
export function argmax(values: ArrayLike<number>): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > most || (best === -1 && value === most)) [best, most] = [i, value];
  }
  return best;
}

/** Indices from the greatest number to the least, equals in their order; NaN last. */
export function descending(values: ArrayLike<number>): number[] {
  const key = (i: number): number => (Number.isNaN(values[i]!) ? Number.NEGATIVE_INFINITY : values[i]!);
  return Array.from({ length: values.length }, (_, i) => i).sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? a - b : y > x ? 1 : -1;
  });
}

/** Mean without NaN; NaN where nothing is left. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) {
      sum += value;
      n++;
    }
  }
  return n === 0 ? Number.NaN : sum / n;
}

/** Quantile by linear interpolation (type 7) of numbers sorted ascending. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = Math.min(Math.max(p, 0), 1) * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}
