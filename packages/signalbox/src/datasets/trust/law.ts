import { at, type Matrix, matrix } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import type { TrustParams } from './params.ts';

/** What is fixed in a world before any row is drawn. */
export interface Law {
  readonly models: readonly string[];
  /** Original of each model: itself, or the most able one. */
  readonly originalOf: Int32Array;
  readonly ability: Float64Array;
  /** US dollars of a call of middling length. */
  readonly price: Float64Array;
  /** Advantage of each model in each group, groups x models; each column has mean 0. */
  readonly byGroup: Matrix;
  /** Advantage of each model for each unit of the signal's features, columns x models; each row has mean 0. */
  readonly byFeature: Matrix;
  /** Where the groups lie in the last features, groups x columns. */
  readonly centres: Matrix;
}

/** Most columns that a signal by instance uses. */
const signalColumns = 4;

/** Columns of the features: difficulty is 0, the signal's follow, the groups' are the last. */
export function columnsOf({ features }: Pick<TrustParams, 'features'>): { signal: number; groups: number } {
  const signal = Math.min(signalColumns, features - 1);
  return { signal, groups: features - 1 - signal };
}

export function lawOf(params: TrustParams): Law {
  const { name, models, groups, nearCopies, ability, cheapest, priceRatio } = params;
  const random = rng(`law/${name}`);
  const last = models - 1;
  const isCopy = (m: number): boolean => m < last && m >= last - nearCopies;
  const draw = (rows: number, cols: number, label: string): Matrix => {
    const stream = random.fork(label);
    const out = matrix(rows, cols);
    for (let i = 0; i < out.data.length; i++) out.data[i] = stream.normal();
    return out;
  };
  const { signal, groups: groupColumns } = columnsOf(params);
  const of = (m: number): number => (isCopy(m) ? last : m);
  return {
    models: Array.from({ length: models }, (_, m) => `model-${String(m + 1).padStart(2, '0')}`),
    originalOf: Int32Array.from({ length: models }, (_, m) => of(m)),
    ability: Float64Array.from({ length: models }, (_, m) => ability * (of(m) / last - 0.5)),
    price: Float64Array.from({ length: models }, (_, m) => cheapest * priceRatio ** (of(m) / last)),
    byGroup: copied(unit(centred(draw(groups, models, 'groups'), 'cols')), of),
    byFeature: copied(unit(centred(draw(signal, models, 'features'), 'rows'), signal), of),
    centres: draw(groups, groupColumns, 'centres'),
  };
}

/** With the mean of each row, or of each column, taken away. */
function centred(m: Matrix, along: 'rows' | 'cols'): Matrix {
  const out = matrix(m.rows, m.cols);
  const means = new Float64Array(along === 'rows' ? m.rows : m.cols);
  const lineOf = (cell: number): number => (along === 'rows' ? Math.floor(cell / m.cols) : cell % m.cols);
  for (let cell = 0; cell < m.data.length; cell++) {
    means[lineOf(cell)]! += m.data[cell]! / (along === 'rows' ? m.cols : m.rows);
  }
  for (let cell = 0; cell < m.data.length; cell++) out.data[cell] = m.data[cell]! - means[lineOf(cell)]!;
  return out;
}

/** Scaled to a mean square of 1 over its cells, or of 1 for the sum over `terms` of them. */
function unit(m: Matrix, terms = 1): Matrix {
  const out = matrix(m.rows, m.cols);
  let square = 0;
  for (const value of m.data) square += value ** 2 / m.data.length;
  const scale = square > 0 ? 1 / Math.sqrt(square * terms) : 0;
  for (let i = 0; i < out.data.length; i++) out.data[i] = m.data[i]! * scale;
  return out;
}

/** Copies have the column of their original. */
function copied(m: Matrix, of: (model: number) => number): Matrix {
  const out = matrix(m.rows, m.cols);
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < m.cols; j++) out.data[i * m.cols + j] = at(m, i, of(j));
  }
  return out;
}
