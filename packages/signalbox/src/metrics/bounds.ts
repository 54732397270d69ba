import { type Matrix, matrix } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';

/** The models of greatest observed quality on each row, tied alike: the oracle. It knows the answers, so no router reaches it. */
export function hindsightBest(means: readonly number[], rows: number): Matrix {
  const best = argmax(means);
  const out = matrix(rows, means.length);
  for (let i = 0; i < rows; i++) out.data[i * means.length + best] = 1;
  return out;
}

/** Everything on one model. */
export function onlyModel(model: number, rows: number, models: number): Matrix {
  const out = matrix(rows, models);
  for (let i = 0; i < rows; i++) out.data[i * models + model] = 1;
  return out;
}
