import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { indexGroups, noGroup } from '../core/folds.ts';
import type { Encoded, Router, Training } from '../core/router.ts';
import { adam } from '../math/adam.ts';
import { fitLogisticPrior } from '../math/logistic-prior.ts';
import { column, hstack, type Matrix, matrix, row, selectRows } from '../math/matrix.ts';
import { alongComponents, type PrincipalComponents, principalComponents } from '../math/pca.ts';
import { type Rng, shuffle } from '../math/rng.ts';
import {
  apart,
  edgeLogits,
  edgeLoss,
  edgesWorthAPool,
  type GraphWeights,
  graphGradients,
  type Masked,
  meet,
  modelMessages,
  parts,
  poolOf,
  type QueryNodes,
  queryNodes,
  withOwn,
} from './graph-messages.ts';
import { holdOut, rowWeights } from './shared/held-out.ts';
import { seenModels, toQuality } from './shared/pool-prior.ts';
import { inOwnOrder } from './shared/row-order.ts';

const params = z.strictObject({
  /** Principal components of the encoded query that its node starts from. */
  components: z.int().positive().default(24),
  hidden: z.int().positive().default(64),
  /** Of the space in which queries and models meet. */
  dimensions: z.int().positive().default(32),
  rate: z.number().positive().default(3e-3),
  decay: z.number().nonnegative().default(1),
  steps: z.int().positive().default(1500),
  /** Queries whose edges are predicted in a step. */
  batch: z.int().positive().default(256),
  /** Queries whose edges carry messages in a step. */
  seen: z.int().positive().default(1024),
  /** Share of those edges that are masked all the same. */
  mask: z.number().min(0).max(0.95).default(0.3),
  /** Share of models whose own vector is hidden in a step, so that messages alone must do. */
  nameless: z.number().min(0).max(1).default(0.5),
  /** By how much what sets a model's messages apart from the others' is made larger. */
  gain: z.number().min(1).default(10),
  /** Share of queries whose task is hidden while learning, so that an unknown one is no surprise. */
  taskless: z.number().min(0).max(1).default(0.1),
  /** Steps between two looks at the held-out rows, and looks without a lesser loss after which learning stops. */
  every: z.int().positive().default(25),
  patience: z.int().positive().default(16),
});
type Params = z.infer<typeof params>;
type State = {
  readonly axes: PrincipalComponents;
  readonly groups: readonly string[];
  readonly weights: GraphWeights;
  /** Models x hidden: the mean message of each, and what those of the training have in common. */
  readonly messages: Matrix;
  readonly pool: Float64Array;
  /** Answers' worth of belief that a newcomer's mean message is the pool's. */
  readonly kappa: number;
  /** Added to the log odds of each model; 0 but for those that joined. */
  readonly abilities: Float64Array;
  /** 1 for each model that was ever observed: of the others there is no opinion. */
  readonly seen: Int32Array;
  readonly steps: number;
};

/**
 * GraphRouter (Feng, Shen and You, 2410.03834): tasks, queries and models are the nodes of a graph, whose edges carry
 * what is known of a model on a query; messages pass along them, and masked edges are predicted by the sigmoid of how
 * well the two nodes agree. A query that is asked has no edge to any model, so that its node is its text and its task
 * alone; the graph tells about the models.
 *
 * Departures. The encoder is frozen, and nodes start from principal components of its features. Where the paper has a
 * language model's description of each model, a model node is its messages and, for those of the training, a learned
 * vector, hidden in half of the steps so that messages alone must do: one that joins needs some answers and no
 * training. Its mean message is drawn to the pool's by as many answers as the pool is worth, and its log odds are moved
 * by an offset of its own. Messages pass through ReLU before the mean, without which it would forget which outcome came
 * of which query. There is a layer from tasks to queries and one from queries to models. Edges carry the outcome alone
 * and the label is the outcome, not which model is the best under a weighting of cost: costs are forecast apart, and
 * what they weigh is for the policy. 64 hidden numbers, not 8. A step masks the edges of whole queries, as those of a
 * new one are, and some of the others. Learning stops by the loss on a held-out inner fold.
 *
 * Settings were looked at on a fifth held out of 1,200 training rows each of RouterDC, llmrouter and half of MMLU-Pro
 * (MiniLM), by the Brier score as a share of that of the models' means. 24 components and a decay of 1 against 64 and
 * .0001: .922, .838 and .940 against .957, .917 and .973. A gain of 10 against 1: .922 and .838 against .928 and .860 on
 * the first two; of a model left out, after 100 answers, .962, .987 and .989 against .976, .997 and .989 of its own mean.
 */
export const graph: Router<Params, State> = {
  name: 'graph',
  summary:
    'messages from queries to models along known outcomes; a model is what its answers say (GraphRouter)',
  paper: '2410.03834',
  params,
  needs: { features: true, group: true },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const axes = context.once(`principal components/${params.components}`, [train.features], () =>
      principalComponents(train.features, {
        width: params.components,
        random: context.rng.fork('principal components'),
      }),
    );
    const groups = indexGroups(train.table.examples).names;
    const nodes = nodesOf(train, { axes, groups });
    const { weights, steps } = learn({ ...train, nodes, tasks: groups.length }, params, context);
    const { quality } = train.table;
    const told = modelMessages(weights, queryNodes(weights, nodes), quality);
    return {
      axes,
      groups,
      weights,
      messages: told.means,
      pool: poolOf(told.means, told.counts),
      kappa: edgesWorthAPool(weights, quality, told),
      abilities: new Float64Array(quality.cols),
      seen: seenModels(quality),
      steps,
    };
  },
  predict: (input, state, { gain }) => ({
    quality: toQuality(logitsOf(nodesOf(input, state), state, gain), state),
  }),
  admit: (newcomer, state, { gain }) => {
    const { weights, messages, pool, kappa, seen, abilities } = state;
    const nodes = nodesOf(newcomer, state);
    const n = newcomer.quality.length;
    const outcomes = { rows: n, cols: 1, data: newcomer.quality };
    const { means } = modelMessages(weights, queryNodes(weights, nodes), outcomes);
    const own = pool.map((common, k) => (n * means.data[k]! + kappa * common) / (n + kappa));
    const data = Float64Array.of(...messages.data, ...own);
    const joined = {
      ...state,
      messages: { rows: messages.rows + 1, cols: messages.cols, data },
      seen: Int32Array.of(...seen, 1),
    };
    const [ability] = fitLogisticPrior({
      x: matrix(n, 1, 1),
      y: newcomer.quality,
      offset: column(logitsOf(nodes, joined, gain), messages.rows),
      precision: Float64Array.of(1),
    });
    return { ...joined, abilities: Float64Array.of(...abilities, ability!) };
  },
  explain: (_, { messages }) => [
    `The query's text and task are held against what ${messages.rows} models' answers to all training queries say of them.`,
  ],
};

function nodesOf(
  { queries, features }: Encoded,
  { axes, groups }: Pick<State, 'axes' | 'groups'>,
): QueryNodes {
  const number = new Map(groups.map((group, g) => [group, g]));
  return {
    features: hstack([tapered(alongComponents(axes, features), axes), matrix(features.rows, 1, 1)]),
    tasks: Int32Array.from(queries, ({ group = noGroup }) => number.get(group) ?? -1),
  };
}

/** Queries x models. */
function logitsOf(
  nodes: QueryNodes,
  { weights, messages, pool, seen }: Pick<State, 'weights' | 'messages' | 'pool' | 'seen'>,
  gain: number,
): Matrix {
  const models = withOwn(apart(messages, { pool, counts: seen, gain }), weights.own);
  return edgeLogits(meet(queryNodes(weights, nodes), weights.query), meet(models, weights.model));
}

/** In units of the greatest deviation, so that components of little spread stay small. */
function tapered(x: Matrix, { deviations }: PrincipalComponents): Matrix {
  const most = deviations[0] ?? 1;
  return { ...x, data: x.data.map((value, c) => (value * deviations[c % x.cols]!) / most) };
}

interface Material extends Training {
  readonly nodes: QueryNodes;
  /** How many tasks there are. */
  readonly tasks: number;
}

function learn(from: Material, params: Params, context: Context): { weights: GraphWeights; steps: number } {
  const { kept, held } = holdOut(from);
  const random = context.rng.fork('graph');
  const weights = initial(from, params, random.fork('weights'));
  const step = adam(
    parts.map((part) => ({ values: weights[part].data as Float64Array, decay: params.decay })),
    params.rate,
  );
  const models = from.table.models.map(() => 1);
  const [draws, importance] = [random.fork('draws'), rowWeights(from.table)];
  const pick = (rows: Int32Array, hide: number): Picked => picked(from, rows, { hide, random: draws });
  const [keptAll, heldAll] = [pick(kept, 0), pick(held, 0)];
  const heldImportance = Float64Array.from(held, (i) => importance[i]!);
  let best = { loss: Number.POSITIVE_INFINITY, weights: copyOf(weights), steps: 0 };
  for (let done = 1; done <= params.steps; done++) {
    if (done % params.every === 1) {
      context.signal?.throwIfAborted();
      context.progress('graph', done - 1, params.steps);
    }
    const asked = Math.min(params.batch, Math.ceil(kept.length / 4));
    const rows = someOf(kept, asked + params.seen, draws);
    const target = rows.subarray(0, asked);
    const seen = pick(rows.subarray(asked), params.taskless);
    const { slopes } = graphGradients(weights, {
      seen: { ...seen, outcomes: maskedSome(seen.outcomes, params.mask, draws) },
      asked: {
        ...pick(target, params.taskless),
        weights: Float64Array.from(target, (i) => importance[i]!),
      },
      shown: models.map(() => (draws.next() < params.nameless ? 0 : 1)),
      gain: params.gain,
    });
    step(parts.map((part) => slopes[part]));
    if (done % params.every !== 0 && done < params.steps) continue;
    const loss =
      held.length === 0
        ? -done
        : lossOn(weights, {
            seen: keptAll,
            asked: { ...heldAll, weights: heldImportance },
            shown: models,
            gain: params.gain,
          });
    if (loss < best.loss) best = { loss, weights: copyOf(weights), steps: done };
    else if (done - best.steps >= params.patience * params.every) break;
  }
  context.progress('graph', params.steps, params.steps);
  return best;
}

type Picked = QueryNodes & { readonly outcomes: Matrix };

function picked(
  { nodes, table }: Material,
  rows: Int32Array,
  { hide, random }: { readonly hide: number; readonly random: Rng },
): Picked {
  return {
    features: selectRows(nodes.features, rows),
    tasks: Int32Array.from(rows, (i) => (hide > 0 && random.next() < hide ? -1 : nodes.tasks[i]!)),
    outcomes: selectRows(table.quality, rows),
  };
}

/** Loss on held-out rows, messages from all others. */
function lossOn(weights: GraphWeights, { seen, asked, shown, gain }: Masked): number {
  const { means, counts } = modelMessages(weights, queryNodes(weights, seen), seen.outcomes);
  const spread = apart(means, { pool: poolOf(means, counts), counts, gain });
  const logits = edgeLogits(
    meet(queryNodes(weights, asked), weights.query),
    meet(withOwn(spread, weights.own, shown), weights.model),
  );
  return edgeLoss(logits, asked.outcomes, asked.weights).loss;
}

/** So many of the rows, at random and in random order; all where there are no more. The rows are moved in place. */
function someOf(rows: Int32Array, count: number, random: Rng): Int32Array {
  if (count >= rows.length) return shuffle(rows, random);
  for (let i = 0; i < count; i++) {
    const j = i + random.int(rows.length - i);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows.subarray(0, count);
}

function maskedSome(outcomes: Matrix, mask: number, random: Rng): Matrix {
  return {
    ...outcomes,
    data: Float64Array.from(outcomes.data, (value) => (random.next() < mask ? Number.NaN : value)),
  };
}

/** Normal, of the deviation that keeps what passes through ReLU as large as it was; tasks and constants start at 0. */
function initial(
  { nodes, tasks, table }: Material,
  { hidden, dimensions }: Params,
  random: Rng,
): GraphWeights {
  const normal = (rows: number, cols: number, fan: number): Matrix => {
    const out = matrix(rows, cols);
    for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal() * Math.sqrt(2 / fan);
    return out;
  };
  const meeting = (): Matrix => {
    const out = normal(hidden + 1, dimensions, hidden);
    row(out, hidden).fill(0);
    return out;
  };
  const models = table.models.length;
  return {
    text: normal(hidden, nodes.features.cols, nodes.features.cols),
    task: normal(tasks, hidden, 2),
    message: normal(hidden, hidden, hidden),
    edge: normal(2, hidden, 2),
    own: matrix(models, hidden),
    query: meeting(),
    model: meeting(),
  };
}

function copyOf(weights: GraphWeights): GraphWeights {
  const copy = (m: Matrix): Matrix => ({ ...m, data: m.data.slice() });
  const { text, task, message, edge, own, query, model } = weights;
  return {
    text: copy(text),
    task: copy(task),
    message: copy(message),
    edge: copy(edge),
    own: copy(own),
    query: copy(query),
    model: copy(model),
  };
}
