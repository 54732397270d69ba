import { type Matrix, matrix, row } from '../math/matrix.ts';
import { addProduct } from '../math/product.ts';
import { type Rng, shuffle } from '../math/rng.ts';
import { addScaled, dot, throughUnit, unitRows } from './shared/unit-rows.ts';

/** What is learned: h = projection e for a query, and a vector for each model. */
export type Weights = {
  /** Dimensions x features. */
  readonly projection: Matrix;
  /** Models x dimensions. */
  readonly models: Matrix;
};

/** 1 where a model is a positive of a query, -1 where it is a negative, 0 otherwise; rows of the batch x models. */
export interface Roles {
  readonly cols: number;
  readonly data: Int8Array;
}

/** Rows of a batch, and for each of them by its place there whom it is drawn to and whom it is pushed from. */
export interface Contrast {
  readonly rows: Int32Array;
  /** Place of a row of the same cluster. */
  readonly partner: Int32Array;
  /** Places of rows of other clusters. */
  readonly strangers: readonly Int32Array[];
}

/**
 * Positives are the models of the highest scores above 0, negatives those of the lowest that are at most 0.5
 * and below every positive; equal scores are ordered by chance. Where few models were observed, neither side takes
 * more than half of them.
 */
export function assignRoles(
  scores: Matrix,
  {
    positives,
    negatives,
    random,
  }: { readonly positives: number; readonly negatives: number; readonly random: Rng },
): Roles {
  const data = new Int8Array(scores.data.length);
  for (let i = 0; i < scores.rows; i++) {
    const values = row(scores, i);
    const order = shuffle([...values.keys()], random).filter((m) => !Number.isNaN(values[m]!));
    order.sort((a, b) => values[b]! - values[a]!);
    const top = order
      .slice(0, Math.min(positives, Math.ceil(order.length / 2)))
      .filter((m) => values[m]! > 0);
    const floor = top.length === 0 ? Number.POSITIVE_INFINITY : values[top.at(-1)!]!;
    const bottom = order.slice(order.length - Math.min(negatives, Math.floor(order.length / 2)));
    for (const m of top) data[i * scores.cols + m] = 1;
    for (const m of bottom) if (values[m]! <= 0.5 && values[m]! < floor) data[i * scores.cols + m] = -1;
  }
  return { cols: scores.cols, data };
}

/** A partner of the same cluster for each row (itself where it is alone, as published) and up to `count` of others. */
export function drawContrast(rows: Int32Array, clusters: Int32Array, count: number, rng: Rng): Contrast {
  const places = Array.from(rows.keys());
  const members = new Map<number, number[]>();
  for (const place of places) {
    const cluster = clusters[rows[place]!]!;
    members.set(cluster, [...(members.get(cluster) ?? []), place]);
  }
  const partner = Int32Array.from(places, (place) => {
    const same = members.get(clusters[rows[place]!]!)!;
    return same[rng.int(same.length)]!;
  });
  const strangers = places.map((place) => {
    const others = places.filter((other) => clusters[rows[other]!] !== clusters[rows[place]!]);
    const drawn = Math.min(count, others.length);
    for (let k = 0; k < drawn; k++) {
      const from = k + rng.int(others.length - k);
      [others[k], others[from]] = [others[from]!, others[k]!];
    }
    return Int32Array.from(others.slice(0, drawn));
  });
  return { rows, partner, strangers };
}

export interface LossOptions {
  readonly roles: Roles;
  /** Weight of the sample-sample loss. */
  readonly lambda: number;
  readonly temperature: number;
}

export interface LossAndGradients {
  readonly loss: number;
  readonly projection: Float64Array;
  readonly models: Float64Array;
}

/** The dual contrastive loss of a batch, averaged over its rows, and its gradients. */
export function dualContrastive(
  weights: Weights,
  x: Matrix,
  { rows, partner, strangers, roles, lambda, temperature }: Contrast & LossOptions,
): LossAndGradients {
  const query = unitRows(project(weights.projection, x, rows));
  const model = unitRows(weights.models);
  const n = rows.length;
  const slopeQuery = matrix(n, query.unit.cols);
  const slopeModel = matrix(model.unit.rows, model.unit.cols);
  const scale = 1 / (n * temperature);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const u = row(query.unit, i);
    const cosines = Float64Array.from(
      { length: roles.cols },
      (_, m) => dot(u, row(model.unit, m)) / temperature,
    );
    const role = roles.data.subarray(i * roles.cols, (i + 1) * roles.cols);
    const found = modelLoss(cosines, role);
    loss += found.loss / n;
    found.slopes.forEach((slope, m) => {
      if (slope === 0) return;
      addScaled(row(slopeQuery, i), row(model.unit, m), slope * scale);
      addScaled(row(slopeModel, m), u, slope * scale);
    });
    const others = [partner[i]!, ...strangers[i]!];
    if (lambda === 0 || others.length === 1) continue;
    const near = Float64Array.from(others, (j) => dot(u, row(query.unit, j)) / temperature);
    const sample = softmaxLoss(near);
    loss += (lambda * sample.loss) / n;
    others.forEach((j, place) => {
      const slope = lambda * sample.slopes[place]! * scale;
      addScaled(row(slopeQuery, i), row(query.unit, j), slope);
      addScaled(row(slopeQuery, j), u, slope);
    });
  }
  const slopes = throughUnit(query, slopeQuery);
  const projection = new Float64Array(weights.projection.data.length);
  addProduct(
    { data: slopes.data, stride: slopes.cols, rows: slopes.cols, transposed: true },
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true, pick: rows },
    { data: projection, depth: n },
  );
  return { loss, projection, models: throughUnit(model, slopeModel).data };
}

/** Cosines of queries with models, n x models. */
export function cosines({ projection, models }: Weights, x: Matrix): Matrix {
  const [query, model] = [unitRows(project(projection, x)).unit, unitRows(models).unit];
  const out = matrix(x.rows, models.rows);
  addProduct(
    { data: query.data, stride: query.cols, rows: query.rows, transposed: false },
    { data: model.data, stride: model.cols, rows: model.rows, transposed: false },
    { data: out.data, depth: query.cols },
  );
  return out;
}

/** The sample-LLM loss alone, of given cosines; a weighted mean over rows. */
export function sampleModelLoss(
  cosines: Matrix,
  args: { readonly roles: Roles; readonly weights: Float64Array; readonly temperature: number },
): number {
  const { roles, weights, temperature } = args;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < cosines.rows; i++) {
    const scores = Float64Array.from(row(cosines, i), (cosine) => cosine / temperature);
    sum += weights[i]! * modelLoss(scores, roles.data.subarray(i * roles.cols, (i + 1) * roles.cols)).loss;
    total += weights[i]!;
  }
  return sum / total;
}

/** Sum over positives of -log softmax of its score against the negatives' alone. */
function modelLoss(scores: Float64Array, role: Int8Array): { loss: number; slopes: Float64Array } {
  const slopes = new Float64Array(scores.length);
  const against = [...role.keys()].filter((m) => role[m] === -1);
  let loss = 0;
  if (against.length === 0) return { loss, slopes };
  role.forEach((kind, m) => {
    if (kind !== 1) return;
    const part = softmaxLoss(Float64Array.from([m, ...against], (other) => scores[other]!));
    loss += part.loss;
    [m, ...against].forEach((other, place) => {
      slopes[other]! += part.slopes[place]!;
    });
  });
  return { loss, slopes };
}

/** -log of the first score's share of the softmax, and its slopes by score. */
function softmaxLoss(scores: Float64Array): { loss: number; slopes: Float64Array } {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const slopes = weights.map((weight) => weight / total);
  slopes[0]! -= 1;
  return { loss: Math.log(total) - (scores[0]! - most), slopes };
}

function project(projection: Matrix, x: Matrix, pick?: Int32Array): Matrix {
  const out = matrix(pick?.length ?? x.rows, projection.rows);
  addProduct(
    { data: x.data, stride: x.cols, rows: out.rows, transposed: false, pick },
    { data: projection.data, stride: projection.cols, rows: projection.rows, transposed: false },
    { data: out.data, depth: x.cols },
  );
  return out;
}
