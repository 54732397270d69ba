import { choleskyShifted, choleskySolve } from './cholesky.ts';
import { crossProduct, gram } from './linear.ts';
import { type Matrix, matrix, selectCols } from './matrix.ts';
import { addProduct } from './product.ts';
import type { RidgeGroup, RidgeProblem } from './ridge-problem.ts';

/** Sums over some rows, from which the normal equations follow. */
interface Sums {
  weight: number;
  readonly gram: Float64Array;
  readonly cross: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * The normal equations, p x p: one Gram matrix for each fold, computed once. What a fit without a fold needs
 * is the total less that fold.
 */
export function primalProblem(group: RidgeGroup): RidgeProblem {
  const { x, y, shift, observed, folds, foldCount } = group;
  const p = x.cols;
  const m = y.cols;
  const parts = Array.from({ length: foldCount }, (_, fold) =>
    sumsOver(
      group,
      observed.filter((row) => folds[row] === fold),
      fold,
    ),
  );
  const total = emptySums(p, m);
  for (const part of parts) add(total, part, 1);
  const factor = matrix(p, p);
  const solve = (a: Matrix, b: Matrix, penalty: number): Matrix =>
    choleskySolve(choleskyShifted(a, penalty, factor), b);
  return {
    heldOut(fold, rows, penalties) {
      const part = parts[fold]!;
      const rest = emptySums(p, m);
      add(rest, total, 1);
      add(rest, part, -1);
      if (!(rest.weight > 1e-12 * total.weight)) return undefined;
      const { a, b } = centred(rest);
      const all = matrix(p, penalties.length * m);
      const offset = new Float64Array(penalties.length * m);
      penalties.forEach((penalty, l) => {
        const beta = solve(a, b, penalty);
        for (let j = 0; j < m; j++) offset[l * m + j] = rest.y[j]! / rest.weight;
        for (let c = 0; c < p; c++) {
          const centre = rest.x[c]! / rest.weight;
          for (let j = 0; j < m; j++) {
            const value = beta.data[c * m + j]!;
            all.data[c * all.cols + l * m + j] = value;
            offset[l * m + j]! -= centre * value;
          }
        }
      });
      const predict = (beta: Matrix, offset: Float64Array): Matrix => {
        const out = matrix(rows.length, beta.cols);
        for (let i = 0; i < out.rows; i++) out.data.set(offset, i * out.cols);
        addProduct(
          { data: x.data, stride: p, rows: rows.length, transposed: false, pick: rows, shift },
          { data: beta.data, stride: beta.cols, rows: beta.cols, transposed: true },
          { data: out.data, depth: p },
        );
        return out;
      };
      return {
        every: () => predict(all, offset),
        some: (columns) =>
          predict(
            selectCols(all, columns),
            Float64Array.from(columns, (column) => offset[column]!),
          ),
      };
    },
    all(penalty) {
      const { a, b } = centred(total);
      return solve(a, b, penalty);
    },
  };
}

function emptySums(p: number, m: number): Sums {
  return {
    weight: 0,
    gram: new Float64Array(p * p),
    cross: new Float64Array(p * m),
    x: new Float64Array(p),
    y: new Float64Array(m),
  };
}

function sumsOver(group: RidgeGroup, rows: Int32Array, fold: number): Sums {
  const { x, y, shift, weights, observed } = group;
  const options = { rows, weights, shift };
  const grams = weights === undefined && observed.length === x.rows ? group.grams : undefined;
  const known = grams?.[fold];
  const sums = {
    weight: 0,
    gram: known ?? (gram(x, options).data as Float64Array),
    cross: crossProduct(x, y, options).data as Float64Array,
    x: new Float64Array(x.cols),
    y: new Float64Array(y.cols),
  };
  if (grams) grams[fold] = sums.gram;
  for (const row of rows) {
    const weight = weights === undefined ? 1 : weights[row]!;
    sums.weight += weight;
    for (let c = 0; c < x.cols; c++) sums.x[c]! += weight * (x.data[row * x.cols + c]! - shift[c]!);
    for (let j = 0; j < y.cols; j++) sums.y[j]! += weight * y.data[row * y.cols + j]!;
  }
  return sums;
}

function add(to: Sums, from: Sums, sign: number): void {
  to.weight += sign * from.weight;
  addScaled(to.gram, from.gram, sign);
  addScaled(to.cross, from.cross, sign);
  addScaled(to.x, from.x, sign);
  addScaled(to.y, from.y, sign);
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}

/** The equations about the weighted means: A = X'X - s s'/w, B = X'Y - s t'/w. */
function centred(sums: Sums): { a: Matrix; b: Matrix } {
  const p = sums.x.length;
  const m = sums.y.length;
  const a = matrix(p, p);
  const b = matrix(p, m);
  for (let i = 0; i < p; i++) {
    const mean = sums.x[i]! / sums.weight;
    for (let j = 0, o = i * p; j < p; j++, o++) a.data[o] = sums.gram[o]! - mean * sums.x[j]!;
    for (let j = 0, o = i * m; j < m; j++, o++) b.data[o] = sums.cross[o]! - mean * sums.y[j]!;
  }
  return { a, b };
}
