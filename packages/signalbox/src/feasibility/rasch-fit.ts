import { type Matrix, matrix } from '../math/matrix.ts';

/**
 * The Rasch model of a pool (Rasch 1960; marginal likelihood by EM: Bock and Aitkin 1981): model m answers
 * query i rightly with probability sigma(theta_m - b_i), b ~ N(0, s^2). Ability and difficulty are all there
 * is: no model is good at anything in particular. How many models answer a row rightly is all that a row
 * tells of its difficulty, so that a fit reads counts, not rows.
 */
export interface Tallies {
  /** Rows of each class in which so many models are right, classes x (models + 1). */
  readonly rows: Matrix;
  /** Right answers of each model in each class, classes x models. */
  readonly right: Matrix;
}

export interface RaschFit {
  /** Standard deviation of difficulty, in logits. */
  readonly spread: number;
  /** theta, classes x models. */
  readonly ability: Matrix;
  /** Difficulties on which the model is integrated. */
  readonly nodes: Float64Array;
}

/** What a fit says of one class. */
export interface RaschClass {
  /** Chance of a right answer, nodes x models. */
  readonly chance: Matrix;
  /** Posterior of difficulty for each number of right answers, (models + 1) x nodes; each row sums to 1. */
  readonly posterior: Matrix;
}

const step = 0.3;
/** Difficulties are integrated up to so many logits on either side: enough for the widest spreads of real pools. */
const farthest = 12;
/** Abilities beyond this are as good as never or always right. */
const utmost = 10;
const tolerance = 1e-4;
const mostSteps = 1000;
/** A model right, or wrong, on all rows of a class would have no finite ability: so much of a row of either kind is added. */
const pseudo = 0.01;

export interface FitOptions {
  /** A fit already known, to start from. */
  readonly from?: RaschFit;
  /** Logits beyond which no difficulty lies. */
  readonly widest?: number;
}

/** By EM, with one Newton step on each ability a round. */
export function fitRasch(tallies: Tallies, { from, widest = farthest }: FitOptions = {}): RaschFit {
  const reach = Math.round(widest / step);
  const nodes = Float64Array.from({ length: 2 * reach + 1 }, (_, q) => (q - reach) * step);
  const { rows: classes, cols: models } = tallies.right;
  const ability = matrix(classes, models);
  if (from) ability.data.set(from.ability.data);
  let spread = from?.spread ?? 1;
  for (let round = 0; round < mostSteps; round++) {
    const fit = { spread, ability, nodes };
    const whole = new Float64Array(nodes.length);
    let change = 0;
    for (let c = 0; c < classes; c++) {
      const view = classOf(fit, c);
      const weight = nodeWeights(tallies, c, view);
      weight.forEach((w, q) => {
        whole[q]! += w;
      });
      change = Math.max(change, moveAbilities(fit, { tallies, c, view, weight }));
    }
    const next = spreadOf(whole, nodes);
    change = Math.max(change, Math.abs(next - spread));
    spread = next;
    if (change < tolerance) break;
  }
  return { spread, ability, nodes };
}

/** Chances and posteriors of class c. */
export function classOf({ spread, ability, nodes }: RaschFit, c: number): RaschClass {
  const models = ability.cols;
  const chance = matrix(nodes.length, models);
  const posterior = matrix(models + 1, nodes.length);
  const base = new Float64Array(nodes.length);
  const odds = ability.data.subarray(c * models, (c + 1) * models).map(Math.exp);
  for (let q = 0; q < nodes.length; q++) {
    const ease = Math.exp(-nodes[q]!);
    let [log, wrong] = [-0.5 * (nodes[q]! / spread) ** 2, 1];
    for (let m = 0; m < models; m++) {
      const miss = 1 / (1 + odds[m]! * ease);
      chance.data[q * models + m] = 1 - miss;
      wrong *= miss;
      // A long product would leave the range of numbers.
      if (wrong < 1e-200) {
        log += Math.log(wrong);
        wrong = 1;
      }
    }
    base[q] = log + Math.log(wrong);
  }
  for (let t = 0; t <= models; t++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let q = 0; q < nodes.length; q++) most = Math.max(most, base[q]! - t * nodes[q]!);
    let total = 0;
    for (let q = 0; q < nodes.length; q++) {
      const weight = Math.exp(base[q]! - t * nodes[q]! - most);
      posterior.data[t * nodes.length + q] = weight;
      total += weight;
    }
    for (let q = 0; q < nodes.length; q++) posterior.data[t * nodes.length + q]! /= total;
  }
  return { chance, posterior };
}

/** Rows of class c that are expected at each node. */
export function nodeWeights({ rows }: Tallies, c: number, { posterior }: RaschClass): Float64Array {
  const out = new Float64Array(posterior.cols);
  for (let t = 0; t < rows.cols; t++) {
    const count = rows.data[c * rows.cols + t]!;
    if (count === 0) continue;
    for (let q = 0; q < out.length; q++) out[q]! += count * posterior.data[t * out.length + q]!;
  }
  return out;
}

interface Round {
  readonly tallies: Tallies;
  readonly c: number;
  readonly view: RaschClass;
  readonly weight: Float64Array;
}

/** One Newton step on each ability of a class; gives the greatest change. */
function moveAbilities({ ability }: RaschFit, { tallies, c, view, weight }: Round): number {
  const { cols: models, data } = view.chance;
  const n = weight.reduce((sum, w) => sum + w, 0);
  if (n === 0) return 0;
  let greatest = 0;
  for (let m = 0; m < models; m++) {
    let [expected, slope] = [0, 0];
    for (let q = 0; q < weight.length; q++) {
      const p = data[q * models + m]!;
      expected += weight[q]! * p;
      slope += weight[q]! * p * (1 - p);
    }
    const cell = c * models + m;
    const right = pseudo + (tallies.right.data[cell]! * (n - 2 * pseudo)) / n;
    const move = Math.min(1, Math.max(-1, (right - expected) / Math.max(slope, 1e-9)));
    const before = ability.data[cell]!;
    ability.data[cell] = Math.min(utmost, Math.max(-utmost, before + move));
    greatest = Math.max(greatest, Math.abs(ability.data[cell]! - before));
  }
  return greatest;
}

/** Standard deviation of difficulty that makes these node weights likeliest; at least so much that the grid resolves it. */
function spreadOf(weights: Float64Array, nodes: Float64Array): number {
  let [square, n] = [0, 0];
  for (let q = 0; q < nodes.length; q++) {
    square += weights[q]! * nodes[q]! ** 2;
    n += weights[q]!;
  }
  return Math.max(Math.sqrt(square / Math.max(n, 1e-300)), step / 3);
}
