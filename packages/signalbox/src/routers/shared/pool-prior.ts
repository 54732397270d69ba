import { multiplyTransposed } from '../../math/linear.ts';
import { sigmoid } from '../../math/logistic.ts';
import { fitLogisticPrior } from '../../math/logistic-prior.ts';
import { hstack, type Matrix, matrix, row, selectRows } from '../../math/matrix.ts';

/** What is known of each model. */
export type Vectors = {
  /** Models x dimensions. */
  readonly vectors: Matrix & { readonly data: Float64Array };
  /** Added to the log odds of each; 0 but for models that joined. */
  readonly abilities: Float64Array;
  /** 1 for each model that was ever observed: of the others there is no opinion. */
  readonly seen: Int32Array;
};

interface Newcomer {
  readonly vector: Float64Array;
  readonly ability: number;
}

export function seenModels(quality: Matrix): Int32Array {
  const seen = new Int32Array(quality.cols);
  quality.data.forEach((value, c) => {
    if (!Number.isNaN(value)) seen[c % quality.cols] = 1;
  });
  return seen;
}

/** The vectors of models that were observed. */
export function knownVectors({ vectors, seen }: Pick<Vectors, 'vectors' | 'seen'>): Matrix {
  return selectRows(
    vectors,
    Array.from(seen.keys()).filter((m) => seen[m] === 1),
  );
}

export function withVector({ vectors, abilities, seen }: Vectors, { vector, ability }: Newcomer): Vectors {
  const data = new Float64Array(vectors.data.length + vector.length);
  data.set(vectors.data);
  data.set(vector, vectors.data.length);
  return {
    vectors: { ...vectors, rows: vectors.rows + 1, data },
    abilities: Float64Array.of(...abilities, ability),
    seen: Int32Array.of(...seen, 1),
  };
}

/** From log odds to expected outcomes; NaN for a model never observed. */
export function toQuality(scores: Matrix, { abilities, seen }: Omit<Vectors, 'vectors'>): Matrix {
  const out = matrix(scores.rows, scores.cols);
  for (let c = 0; c < out.data.length; c++)
    out.data[c] = seen[c % out.cols] === 0 ? Number.NaN : sigmoid(scores.data[c]! + abilities[c % out.cols]!);
  return out;
}

/** How much of a newcomer's distance from the pool's mean may lie where the models of the pool do not differ. */
const apart = 0.5;

/**
 * The vector of a model that joins, from its scores, where its log odds are offset + design . vector + ability and all
 * else is frozen. Vectors of the pool are its prior: normal around their mean, with the covariance that they show, half
 * of it spread evenly over all directions, since a few models say little of most. The ability (standard normal) is for
 * what no direction of a small pool can say: that a model is better or worse on all queries. The most likely vector and
 * ability under that, by Newton's method.
 */
export function admitVector(args: {
  /** Models of the pool x dimensions. */
  readonly vectors: Matrix;
  /** Answers x dimensions. */
  readonly design: Matrix;
  readonly offset: Float64Array;
  readonly quality: Float64Array;
}): Newcomer {
  const { vectors, design, quality } = args;
  const { mean, directions, evenly } = poolPrior(vectors);
  const offset = args.offset.map((value, i) => {
    const own = row(design, i);
    return mean.reduce((sum, part, d) => sum + part * own[d]!, value);
  });
  const even = matrix(design.rows, design.cols);
  for (let c = 0; c < even.data.length; c++) even.data[c] = evenly * design.data[c]!;
  const x = hstack([multiplyTransposed(design, directions), even, matrix(design.rows, 1, 1)]);
  const precision = new Float64Array(x.cols).fill(1);
  const found = fitLogisticPrior({ x, y: quality, offset, precision });
  const vector = mean.map((value, d) => {
    let sum = value + evenly * found[directions.rows + d]!;
    for (let j = 0; j < directions.rows; j++) sum += found[j]! * row(directions, j)[d]!;
    return sum;
  });
  return { vector, ability: found[x.cols - 1]! };
}

interface PoolPrior {
  readonly mean: Float64Array;
  /** Models x dimensions; the covariance is the sum of their outer products, and evenly^2 in each direction. */
  readonly directions: Matrix;
  readonly evenly: number;
}

function poolPrior(vectors: Matrix): PoolPrior {
  const { rows: models, cols: width } = vectors;
  const mean = new Float64Array(width);
  for (let c = 0; c < vectors.data.length; c++) mean[c % width]! += vectors.data[c]! / models;
  const directions = matrix(models, width);
  const share = Math.sqrt((1 - apart) / Math.max(models - 1, 1));
  let [spread, size] = [0, 0];
  for (let c = 0; c < vectors.data.length; c++) {
    const distance = vectors.data[c]! - mean[c % width]!;
    directions.data[c] = share * distance;
    spread += distance * distance;
    size += vectors.data[c]! ** 2;
  }
  // One model shows no spread: its own length stands for it.
  const variance = models > 1 ? spread / ((models - 1) * width) : size / width;
  return { mean, directions, evenly: Math.sqrt(apart * variance) };
}
