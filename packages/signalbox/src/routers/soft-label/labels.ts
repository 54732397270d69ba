import type { Dataset } from '../../core/dataset.ts';
import { type Matrix, matrix, type Numbers, row } from '../../math/matrix.ts';

/**
 * Scores that soft labels are made of, rows x models: the table's outcome, and for `share` of it how alike the
 * recorded answer is to the reference, where both are recorded.
 */
export function gradedScores(table: Dataset, likeness: Matrix | undefined, share: number): Matrix {
  if (likeness === undefined || share === 0) return table.quality;
  const out = matrix(table.quality.rows, table.quality.cols);
  for (let c = 0; c < out.data.length; c++) {
    const [own, like] = [table.quality.data[c]!, likeness.data[c]!];
    out.data[c] = Number.isNaN(like) ? own : (1 - share) * own + share * like;
  }
  return out;
}

/** F1 of the words that an answer shares with the reference; NaN where either is missing. None where it adds nothing to the outcomes. */
export function answerLikeness({ examples, completion, quality }: Dataset): Matrix | undefined {
  if (completion === undefined) return undefined;
  const out = matrix(quality.rows, quality.cols, Number.NaN);
  let adds = false;
  for (const [i, { reference }] of examples.entries()) {
    if (reference === undefined || reference.trim() === '') continue;
    const wanted = words(reference);
    for (let m = 0; m < quality.cols; m++) {
      const answer = completion(i, m)?.answer;
      const cell = i * quality.cols + m;
      if (answer === undefined || Number.isNaN(quality.data[cell]!)) continue;
      out.data[cell] = wordF1(words(answer), wanted);
      adds ||= Math.abs(out.data[cell]! - quality.data[cell]!) > 1e-9;
    }
  }
  return adds ? out : undefined;
}

const words = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** Of SQuAD: the harmonic mean of precision and recall, words counted as often as they stand. */
function wordF1(given: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of given) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared++;
  }
  return shared === 0 ? 0 : (2 * shared) / (given.length + wanted.length);
}

/** softmax over the observed models of `sharpness` x score; NaN stays. Above 1 it sharpens, below 1 it levels. */
export function softLabels(scores: Matrix, sharpness: number): Matrix {
  const out = matrix(scores.rows, scores.cols);
  for (let i = 0; i < out.rows; i++)
    out.data.set(softmaxOf(Float64Array.from(row(scores, i), (score) => sharpness * score)), i * out.cols);
  return out;
}

/** Mean over rows of -sum label x log p, p the softmax of the logits over the models that have a label; and its slopes by the logits. */
export function softCrossEntropy(
  logits: Matrix,
  labels: Matrix,
): { loss: number; slopes: Matrix & { readonly data: Float64Array } } {
  const slopes = matrix(logits.rows, logits.cols);
  let loss = 0;
  for (let i = 0; i < logits.rows; i++) {
    const wanted = row(labels, i);
    const p = softmaxOf(row(logits, i).map((value, m) => (Number.isNaN(wanted[m]!) ? Number.NaN : value)));
    for (let m = 0; m < p.length; m++) {
      if (Number.isNaN(p[m]!)) continue;
      loss -= wanted[m]! * Math.log(Math.max(p[m]!, 1e-300));
      slopes.data[i * logits.cols + m] = (p[m]! - wanted[m]!) / logits.rows;
    }
  }
  return { loss: logits.rows === 0 ? 0 : loss / logits.rows, slopes };
}

/** Over what is not NaN; NaN stays. */
export function softmaxOf(values: Numbers): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  const out = Float64Array.from(values, (value) => Math.exp(value - most));
  let sum = 0;
  for (const value of out) if (!Number.isNaN(value)) sum += value;
  return out.map((value) => value / sum);
}
