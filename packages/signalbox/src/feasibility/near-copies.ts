import type { Dataset } from '../core/dataset.ts';
import type { Flag } from '../core/results.ts';
import { clusteredStandardError } from '../math/bootstrap.ts';
import { mcnemar, normalQuantile } from '../math/hypothesis.ts';
import type { Matrix } from '../math/matrix.ts';
import { answerKappa } from './answer-kappa.ts';
import { answersOf } from './answers.ts';
import { rightBits, unlike } from './bits.ts';
import { isRight, type Outcomes } from './outcomes.ts';
import { tallyAll } from './rasch.ts';
import { classOf, fitRasch, nodeWeights } from './rasch-fit.ts';
import { type PairFigures, repeatedCells, repeatedPair } from './repeated-pair.ts';

/** Two models, by their columns, whose outcomes are as alike as two runs of one model's. */
export interface NearCopy {
  readonly models: readonly [number, number];
  /** Share of rows on which single samples of the two differ. */
  readonly disagreement: number;
  /** What two runs of one model would give, from repeats; null without repeats. */
  readonly flipRate: number | null;
  /** What two models that share nothing but the queries' difficulty would give. */
  readonly expected: number;
  /** Rows behind it. */
  readonly n: number;
}

export interface NearCopiesArgs {
  readonly outcomes: Outcomes;
  /** Cluster of each row. */
  readonly clusters: Int32Array;
  /** Compared rows alone; its answers, where recorded, tell copies from models that favour one option. */
  readonly table: Pick<Dataset, 'models' | 'examples' | 'completion'>;
}

/** With fewer rows nothing is said. */
const fewest = 100;
/** Share of what different models disagree on, at most, to be called a copy: of real pairs that are none, the closest (two releases of one model) have .68. */
const closest = 0.5;
/** Share of the variance of true ability between queries that two copies may not share. */
const mostApart = 0.15;
/** Where queries hardly differ, all models are alike, and nothing can be told. */
const leastVariance = 0.02;
/** Copies that differ in accuracy more than chance allows are none. */
const sameAccuracy = 0.02;
/** Agreement of recorded answers, beyond what each model's liking for an option gives. */
const sameAnswers = 0.6;
/** In pools beyond this many models, only pairs that differ little in right and wrong are looked at closely. */
const mostPaired = 60;

/**
 * Models that look like the same weights behind several names. With repeats: where the two differ no more than
 * two runs of one would, E[(p_a - p_b)^2] being 0 within what can be seen. With one sample a cell, where flips
 * cannot be seen: where they differ on less than half of the rows that the Rasch model of the pool expects. Both
 * are conservative: a copy that flips its own coins on every other query is found by repeats alone.
 */
export function nearCopies(args: NearCopiesArgs): { pairs: NearCopy[]; flags: Flag[] } {
  const { outcomes, table } = args;
  const { quality } = outcomes;
  const models = quality.cols;
  if (quality.rows < fewest || models < 2) return { pairs: [], flags: [] };
  const z = normalQuantile(1 - 0.025 / ((models * (models - 1)) / 2));
  const repeated = repeatedCells(outcomes);
  const bits = rightBits(quality);
  const expected = expectedDisagreement(quality);
  const pairs: NearCopy[] = [];
  for (let a = 0; a < models; a++) {
    for (let b = a + 1; b < models; b++) {
      const model = expected(a, b);
      const seen = unlike(bits, a, b) / quality.rows;
      if (models > mostPaired && seen > closest * model) continue;
      const work = { ...args, a, b, z, expected: model };
      const pair = repeatedPair(repeated, a, b);
      const found = pair.n >= fewest ? byRepeats(work, pair) : bySingles(work, seen);
      if (found) pairs.push(found);
    }
  }
  return { pairs, flags: flagsOf(pairs, table) };
}

interface Pair extends NearCopiesArgs {
  readonly a: number;
  readonly b: number;
  readonly z: number;
  readonly expected: number;
}

function byRepeats({ clusters, a, b, z, expected }: Pair, pair: PairFigures): NearCopy | undefined {
  const { distance, difference, apart, flips, disagreement, variance, n } = pair;
  // The scale is what queries differ in, not what samples do: without it constant models would all be copies.
  if (variance < leastVariance || !(apart < mostApart * variance)) return undefined;
  if (!(apart + z * clusteredStandardError(distance, clusters) < mostApart * variance)) return undefined;
  const lead = difference.reduce((sum, d) => (Number.isNaN(d) ? sum : sum + d / n), 0);
  const reach = normalQuantile(1 - sameAccuracy / 2) * clusteredStandardError(difference, clusters);
  if (Math.abs(lead) > reach) return undefined;
  return { models: [a, b], disagreement, flipRate: flips, expected, n };
}

function bySingles(work: Pair, seen: number): NearCopy | undefined {
  const { outcomes, clusters, table, a, b, z, expected } = work;
  const { rows, cols, data } = outcomes.quality;
  if (seen > closest * expected) return undefined;
  const differs = new Float64Array(rows);
  let [onlyA, onlyB, graded] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const [x, y] = [data[i * cols + a]!, data[i * cols + b]!];
    if (isRight(x) && !isRight(y)) onlyA++;
    if (isRight(y) && !isRight(x)) onlyB++;
    differs[i] = isRight(x) === isRight(y) ? 0 : 1;
    graded += Math.abs(x - y) / rows;
  }
  const error = Math.max(clusteredStandardError(differs, clusters), Math.sqrt(1 / rows) / 10);
  if (!(seen + z * error < closest * expected)) return undefined;
  // Graded scores of copies lie close where the outcome is the same.
  if (graded > closest * expected || mcnemar(onlyA, onlyB).mid < sameAccuracy) return undefined;
  const answers = table.completion && answerKappa(answersOf(table, a), answersOf(table, b));
  if (answers !== undefined && answers < sameAnswers) return undefined;
  return { models: [a, b], disagreement: seen, flipRate: null, expected, n: rows };
}

/** Disagreement of two models of the pool by the Rasch model fitted to it. */
function expectedDisagreement(quality: Matrix): (a: number, b: number) => number {
  const tallies = tallyAll(quality);
  const view = classOf(fitRasch(tallies), 0);
  const weight = nodeWeights(tallies, 0, view);
  const { cols, data } = view.chance;
  return (a, b) => {
    let sum = 0;
    for (let q = 0; q < weight.length; q++) {
      const [x, y] = [data[q * cols + a]!, data[q * cols + b]!];
      sum += weight[q]! * (x * (1 - y) + y * (1 - x));
    }
    return sum / quality.rows;
  };
}

/** One flag for each set of models that pairs link. */
function flagsOf(pairs: readonly NearCopy[], { models }: Pick<Dataset, 'models'>): Flag[] {
  const setOf = new Map<number, Set<number>>();
  for (const { models: both } of pairs) {
    const joined = new Set(both.flatMap((m) => [...(setOf.get(m) ?? [m])]));
    for (const m of joined) setOf.set(m, joined);
  }
  const name = (m: number): string => models[m]!.id;
  return [...new Set(setOf.values())].map((set) => {
    const members = [...set].sort((a, b) => a - b);
    const nearest = pairs
      .filter(({ models: [a] }) => set.has(a))
      .reduce((least, pair) => (pair.disagreement < least.disagreement ? pair : least));
    const names = members.map(name);
    return {
      code: 'near-copies',
      models: names,
      groups: [],
      message:
        `${names.slice(0, -1).join(', ')} and ${names.at(-1)} look like one model under several names: ` +
        `${evidence(nearest, name)} Choosing between them is choosing by luck, and the luck of each raises the ` +
        `oracle: keep the cheapest of them, or read the ceilings with only one of them in the pool.`,
    };
  });
}

function evidence(
  { models: [a, b], disagreement, flipRate, expected, n }: NearCopy,
  name: (m: number) => string,
): string {
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  const found = `${name(a)} and ${name(b)} differ in outcome on ${percent(disagreement)} of ${n} queries`;
  return flipRate === null
    ? `${found}, where different models as able as they are would differ on about ${percent(expected)}.`
    : `${found}, and two runs of one of them on ${percent(flipRate)}.`;
}
