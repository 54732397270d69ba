import { weightedF1 } from '../math/f1.ts';
import { at, type Matrix } from '../math/matrix.ts';

/** How well a router tells on which queries a model is right. */
export interface Classifier {
  /** scikit-learn's weighted F1: of both classes, each weighing its share of the rows. */
  readonly weightedF1: number;
  /** On fractional outcomes: each row weighs y as a positive and 1 - y as a negative (OUTPUT, Measures); null where one side is empty. */
  readonly auc: number | null;
}

/** The label is the majority: right where quality exceeds .5. The prediction is `capable` where given, else predicted quality above .5. Rows without an opinion are left out. */
export function classifier(
  { quality, capable }: { readonly quality: Matrix; readonly capable?: Matrix },
  observed: Matrix,
  model: number,
): Classifier {
  const rows = Array.from({ length: quality.rows }, (_, i) => i).filter(
    (i) => !Number.isNaN(at(quality, i, model)) && !Number.isNaN(at(observed, i, model)),
  );
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const i of rows) {
    const said = capable ? at(capable, i, model) > 0 : at(quality, i, model) > 0.5;
    const is = at(observed, i, model) > 0.5;
    counts[said ? (is ? 'tp' : 'fp') : is ? 'fn' : 'tn']++;
  }
  return {
    weightedF1: weightedF1(counts),
    auc: auc(rows.map((i) => ({ score: at(quality, i, model), y: at(observed, i, model) }))),
  };
}

/** Chance that a positive scores above a negative, ties counted half. */
function auc(rows: { readonly score: number; readonly y: number }[]): number | null {
  rows.sort((a, b) => a.score - b.score);
  let [below, won, positives] = [0, 0, 0];
  for (let start = 0; start < rows.length; ) {
    let [end, up, down] = [start, 0, 0];
    for (; end < rows.length && rows[end]!.score === rows[start]!.score; end++) {
      up += rows[end]!.y;
      down += 1 - rows[end]!.y;
    }
    won += up * (below + down / 2);
    below += down;
    positives += up;
    start = end;
  }
  return positives > 0 && below > 0 ? won / (positives * below) : null;
}
