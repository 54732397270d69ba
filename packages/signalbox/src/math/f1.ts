/** How often a positive was called so, and the other three. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** scikit-learn's weighted F1: of both classes, each weighing its share of the rows; 0 without rows. */
export function weightedF1({ tp, fp, fn, tn }: Confusion): number {
  const f1 = (hits: number): number => (hits === 0 ? 0 : (2 * hits) / (2 * hits + fp + fn));
  const [positives, negatives] = [tp + fn, tn + fp];
  const rows = positives + negatives;
  return rows === 0 ? 0 : (positives * f1(tp) + negatives * f1(tn)) / rows;
}
