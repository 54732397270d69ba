import { crossProduct, multiply, multiplyTransposed } from '../math/linear.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { mean } from '../math/order.ts';

/** A graph whose nodes are tasks, queries and models: what is learned is how messages are read, not who sent them. */
export type GraphWeights = {
  /** Query nodes from text: hidden x (features + 1). */
  readonly text: Matrix;
  /** What a task sends to its queries: tasks x hidden. */
  readonly task: Matrix;
  /** What a query sends to a model: hidden x hidden. */
  readonly message: Matrix;
  /** What the edge adds, by the outcome on it less one half and by a constant: 2 x hidden. */
  readonly edge: Matrix;
  /** What a model is beside its messages: models x hidden. */
  readonly own: Matrix;
  /** Query nodes to where they meet models: (hidden + 1) x dimensions, the last row a constant. */
  readonly query: Matrix;
  /** Model nodes to there: (hidden + 1) x dimensions. */
  readonly model: Matrix;
};
export const parts = ['text', 'task', 'message', 'edge', 'own', 'query', 'model'] as const;

export type Slopes = Readonly<Record<(typeof parts)[number], Float64Array>>;

/** Queries with their tasks (-1 = none known) and features, a constant last. */
export interface QueryNodes {
  readonly features: Matrix;
  readonly tasks: Int32Array;
}

/** Queries x hidden: text and task, then ReLU. */
export function queryNodes({ text, task }: GraphWeights, { features, tasks }: QueryNodes): Matrix {
  const out = multiplyTransposed(features, text);
  for (let i = 0; i < out.rows; i++) {
    for (let k = 0; k < out.cols; k++) {
      const cell = i * out.cols + k;
      const value = out.data[cell]! + (tasks[i]! < 0 ? 0 : task.data[tasks[i]! * out.cols + k]!);
      out.data[cell] = Math.max(0, value);
    }
  }
  return out;
}

/**
 * Models x hidden: the mean over a model's edges of ReLU(V h_q + E e_qm); zeros where it has none. An edge is a cell
 * of `outcomes` (queries x models) that is not NaN.
 */
export function modelMessages(
  { message, edge }: GraphWeights,
  nodes: Matrix,
  outcomes: Matrix,
): { means: Matrix; counts: Float64Array; sent: Matrix } {
  const sent = multiplyTransposed(nodes, message);
  const hidden = sent.cols;
  const means = matrix(outcomes.cols, hidden);
  const counts = new Float64Array(outcomes.cols);
  eachEdge(outcomes, (i, m, e) => {
    counts[m]!++;
    for (let k = 0; k < hidden; k++) {
      const value = sent.data[i * hidden + k]! + e * edge.data[k]! + edge.data[hidden + k]!;
      if (value > 0) means.data[m * hidden + k]! += value;
    }
  });
  for (let c = 0; c < means.data.length; c++) {
    const count = counts[Math.floor(c / hidden)]!;
    if (count > 0) means.data[c]! /= count;
  }
  return { means, counts, sent };
}

function eachEdge({ rows, cols, data }: Matrix, visit: (i: number, m: number, e: number) => void): void {
  for (let i = 0; i < rows; i++) {
    for (let m = 0; m < cols; m++) {
      const outcome = data[i * cols + m]!;
      if (!Number.isNaN(outcome)) visit(i, m, outcome - 0.5);
    }
  }
}

/** What the models of a pool have in common, and by how much more than that each is told by what it has not. */
export interface Apart {
  /** Mean message of the models that have edges. */
  readonly pool: Float64Array;
  /** Of each model; without any it is taken for the pool. */
  readonly counts: ArrayLike<number>;
  readonly gain: number;
}

/**
 * Messages with what sets models apart made larger: the pool's mean plus `gain` times the distance from it. Most of a
 * mean message is what all models have in common.
 */
export function apart(means: Matrix, { pool, counts, gain }: Apart): Matrix {
  const data = means.data.map((value, c) => {
    const common = pool[c % means.cols]!;
    return counts[Math.floor(c / means.cols)]! > 0 ? common + gain * (value - common) : common;
  });
  return { ...means, data };
}

/** Slopes by the means from those by the messages set apart. */
function apartBack(slopes: Matrix, { counts, gain }: Omit<Apart, 'pool'>): Matrix {
  const { cols } = slopes;
  const common = new Float64Array(cols);
  slopes.data.forEach((slope, c) => {
    common[c % cols]! += counts[Math.floor(c / cols)]! > 0 ? (1 - gain) * slope : slope;
  });
  const known = Array.from(counts).filter((n) => n > 0).length;
  const data = slopes.data.map((slope, c) =>
    counts[Math.floor(c / cols)]! > 0 ? gain * slope + common[c % cols]! / known : 0,
  );
  return { ...slopes, data };
}

/** Model nodes: messages, and the own vectors of those that show theirs. A model without a vector has none to show. */
export function withOwn(messages: Matrix, own: Matrix, shown?: ArrayLike<number>): Matrix {
  const { cols } = messages;
  const data = messages.data.map((value, c) => {
    const m = Math.floor(c / cols);
    return value + (m < own.rows && (shown === undefined || shown[m] === 1) ? own.data[c]! : 0);
  });
  return { ...messages, data };
}

/** Mean message of the models that have edges; zeros where none has. */
export function poolOf(means: Matrix, counts: ArrayLike<number>): Float64Array {
  const out = new Float64Array(means.cols);
  const known = Array.from(counts).filter((n) => n > 0).length;
  means.data.forEach((value, c) => {
    if (counts[Math.floor(c / means.cols)]! > 0) out[c % means.cols]! += value / known;
  });
  return out;
}

/**
 * How many edges say as much of a model as the pool does: the variance of one message around its model's mean, over
 * that of the models' means around the pool's beyond what so few edges would spread them by.
 */
export function edgesWorthAPool(
  { edge }: GraphWeights,
  outcomes: Matrix,
  { means, counts, sent }: ReturnType<typeof modelMessages>,
): number {
  const hidden = sent.cols;
  const within = new Float64Array(outcomes.cols);
  eachEdge(outcomes, (i, m, e) => {
    for (let k = 0; k < hidden; k++) {
      const value = sent.data[i * hidden + k]! + e * edge.data[k]! + edge.data[hidden + k]!;
      within[m]! += (Math.max(value, 0) - means.data[m * hidden + k]!) ** 2;
    }
  });
  const known = Array.from(counts.keys()).filter((m) => counts[m]! > 1);
  const variance = mean(known.map((m) => within[m]! / (counts[m]! - 1)));
  const pool = poolOf(means, counts);
  const far = known.map((m) =>
    pool.reduce((sum, common, k) => sum + (means.data[m * hidden + k]! - common) ** 2, 0),
  );
  const chance = mean(known.map((m) => variance / counts[m]!));
  const between = far.reduce((sum, one) => sum + one, 0) / (known.length - 1) - chance;
  return variance > 0 && between > 0 ? Math.min(Math.max(variance / between, 1), most) : most;
}

/** Edges that a pool is worth at most: where its models are all alike, or there is one. */
const most = 100;

/** Nodes brought to where queries and models meet: rows x dimensions. */
export function meet(nodes: Matrix, weights: Matrix): Matrix {
  return multiply(withOnes(nodes), weights);
}

function withOnes(m: Matrix): Matrix {
  const out = matrix(m.rows, m.cols + 1, 1);
  for (let i = 0; i < m.rows; i++) out.data.set(m.data.subarray(i * m.cols, (i + 1) * m.cols), i * out.cols);
  return out;
}

/** Logits of the edges between all queries and all models. */
export function edgeLogits(queries: Matrix, models: Matrix): Matrix {
  const out = multiplyTransposed(queries, models);
  const scale = 1 / Math.sqrt(queries.cols);
  for (let c = 0; c < out.data.length; c++) out.data[c]! *= scale;
  return out;
}

/** Mean over observed cells of the cross-entropy of outcomes, and its slopes by the logits. */
export function edgeLoss(
  logits: Matrix,
  outcomes: Matrix,
  weights: ArrayLike<number>,
): { loss: number; slopes: Matrix } {
  const slopes = matrix(logits.rows, logits.cols);
  let [loss, total] = [0, 0];
  for (let c = 0; c < logits.data.length; c++) {
    const [x, y] = [logits.data[c]!, outcomes.data[c]!];
    if (Number.isNaN(y)) continue;
    const weight = weights[Math.floor(c / logits.cols)]!;
    total += weight;
    loss += weight * (Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x))));
    slopes.data[c] = weight * (1 / (1 + Math.exp(-x)) - y);
  }
  if (total === 0) return { loss: 0, slopes };
  for (let c = 0; c < slopes.data.length; c++) slopes.data[c]! /= total;
  return { loss: loss / total, slopes };
}

/** Queries whose edges carry messages, and queries whose edges are predicted, none of them visible. */
export interface Masked {
  readonly seen: QueryNodes & { readonly outcomes: Matrix };
  readonly asked: QueryNodes & { readonly outcomes: Matrix; readonly weights: ArrayLike<number> };
  /** 1 for the models whose own vector shows, 0 for those that are what their messages say. */
  readonly shown: ArrayLike<number>;
  /** By how much the distance of a model's messages from the pool's mean counts. */
  readonly gain: number;
}

/** The loss on masked edges and its slopes by every weight. */
export function graphGradients(
  weights: GraphWeights,
  { seen, asked, shown, gain }: Masked,
): { loss: number; slopes: Slopes } {
  const [seenNodes, askedNodes] = [queryNodes(weights, seen), queryNodes(weights, asked)];
  const { means, counts, sent } = modelMessages(weights, seenNodes, seen.outcomes);
  const spread = withOwn(apart(means, { pool: poolOf(means, counts), counts, gain }), weights.own, shown);
  const [models, queries] = [meet(spread, weights.model), meet(askedNodes, weights.query)];
  const { loss, slopes } = edgeLoss(edgeLogits(queries, models), asked.outcomes, asked.weights);
  const scale = 1 / Math.sqrt(queries.cols);
  for (let c = 0; c < slopes.data.length; c++) slopes.data[c]! *= scale;
  const [byQueries, byModels] = [multiply(slopes, models), crossProduct(slopes, queries)];
  const bySpread = withoutLast(multiplyTransposed(byModels, weights.model));
  const own = bySpread.data.map((slope, c) => slope * shown[Math.floor(c / bySpread.cols)]!);
  const byMeans = apartBack(bySpread, { counts, gain });
  const byAsked = withoutLast(multiplyTransposed(byQueries, weights.query));
  const back = throughMessages(weights, { sent, counts, byMeans, outcomes: seen.outcomes });
  const bySeen = multiply(back.bySent, weights.message);
  const text = new Float64Array(weights.text.data.length);
  const task = new Float64Array(weights.task.data.length);
  for (const [nodes, by, from] of [
    [seenNodes, bySeen, seen],
    [askedNodes, byAsked, asked],
  ] as const) {
    for (let c = 0; c < by.data.length; c++) if (nodes.data[c]! <= 0) by.data[c] = 0;
    crossProduct(by, from.features).data.forEach((slope, c) => {
      text[c]! += slope;
    });
    for (let c = 0; c < by.data.length; c++) {
      const own = from.tasks[Math.floor(c / by.cols)]!;
      if (own >= 0) task[own * by.cols + (c % by.cols)]! += by.data[c]!;
    }
  }
  return {
    loss,
    slopes: {
      text,
      task,
      message: numbers(crossProduct(back.bySent, seenNodes)),
      edge: back.edge,
      own: Float64Array.from(own),
      query: numbers(crossProduct(withOnes(askedNodes), byQueries)),
      model: numbers(crossProduct(withOnes(spread), byModels)),
    },
  };
}

function throughMessages(
  { edge }: GraphWeights,
  of: {
    readonly sent: Matrix;
    readonly counts: Float64Array;
    readonly byMeans: Matrix;
    readonly outcomes: Matrix;
  },
): { bySent: Matrix; edge: Float64Array } {
  const { sent, counts, byMeans, outcomes } = of;
  const hidden = sent.cols;
  const bySent = matrix(sent.rows, hidden);
  const byEdge = new Float64Array(2 * hidden);
  eachEdge(outcomes, (i, m, e) => {
    for (let k = 0; k < hidden; k++) {
      const value = sent.data[i * hidden + k]! + e * edge.data[k]! + edge.data[hidden + k]!;
      if (value <= 0) continue;
      const slope = byMeans.data[m * hidden + k]! / counts[m]!;
      bySent.data[i * hidden + k]! += slope;
      byEdge[k]! += e * slope;
      byEdge[hidden + k]! += slope;
    }
  });
  return { bySent, edge: byEdge };
}

/** Without the last column, which belongs to the constant. */
function withoutLast(m: Matrix): Matrix {
  const out = matrix(m.rows, m.cols - 1);
  for (let i = 0; i < m.rows; i++)
    out.data.set(m.data.subarray(i * m.cols, (i + 1) * m.cols - 1), i * out.cols);
  return out;
}

const numbers = ({ data }: Matrix): Float64Array => Float64Array.from(data);
