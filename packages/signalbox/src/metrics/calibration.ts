import { at, column, type Matrix } from '../math/matrix.ts';

/** Below any probability: a model that the router masks has no opinion to be calibrated. */
const masked = -1;

/** Brier = mean (p - y)^2 with fractional outcomes; ECE over 10 bins of equal count. NaN where nothing is known. */
export function calibration(
  predicted: Matrix,
  observed: Matrix,
  model: number,
): { brier: number; ece: number } {
  const rows = Array.from(column(predicted, model).keys()).filter(
    (i) =>
      Number.isFinite(at(predicted, i, model)) &&
      at(predicted, i, model) > masked &&
      !Number.isNaN(at(observed, i, model)),
  );
  const pairs = rows
    .map((i) => ({ p: at(predicted, i, model), y: at(observed, i, model) }))
    .sort((a, b) => a.p - b.p);
  const brier = pairs.reduce((sum, { p, y }) => sum + (p - y) ** 2, 0) / pairs.length;
  let ece = 0;
  for (let bin = 0; bin < 10; bin++) {
    const part = pairs.slice(
      Math.round((bin * pairs.length) / 10),
      Math.round(((bin + 1) * pairs.length) / 10),
    );
    ece += Math.abs(part.reduce((sum, { p, y }) => sum + p - y, 0));
  }
  return { brier, ece: ece / pairs.length };
}

/** Entropy in bits of routed shares: 0 = one model, log2 M = all alike. */
export function choiceEntropy(shares: readonly number[]): number {
  return shares.reduce((sum, q) => (q > 0 ? sum - q * Math.log2(q) : sum), 0);
}
