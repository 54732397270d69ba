import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { userMessage } from '../../core/query.ts';
import { at, matrix } from '../../math/matrix.ts';
import { type Rng, rng } from '../../math/rng.ts';
import { tableBuilder } from '../table/build.ts';
import { makePrompt, topics } from './prompts.ts';
import { type Known, type Truth, truthOf } from './truth.ts';

/**
 * A made-up world of queries and models. A model answers a query rightly with probability
 * `flips + (1 - 2 flips) * logistic(base + ability - difficulty + specialism by group + specialism by feature)`.
 * Effects are in logits.
 */
export interface WorldParams {
  readonly name: string;
  readonly rows: number;
  /** Names of the models, the least able first. */
  readonly models: readonly string[];
  /** US dollars of a call of each model on a query of the least difficulty; each further level costs a fifth more. */
  readonly prices: readonly number[];
  /** Number of groups, at most as many as there are topics. */
  readonly groups: number;
  /** Logits of a middling model on a middling query. */
  readonly base: number;
  /** Difference between the most and the least able model, the others evenly between them. */
  readonly ability: number;
  /** Abilities differ from this level of difficulty (0 to 4) on; below it all are as able as the best. */
  readonly abilityFromLevel: number;
  /** Standard deviation of difficulty, which takes five levels that the text shows. */
  readonly difficulty: number;
  /** Advantage of a model in the groups that are its own, over the others. */
  readonly groupSpecialism: number;
  /** Advantage of a model on queries with (every second one: without) code marks, over the others. */
  readonly featureSpecialism: number;
  /** Probability with which a judgement is turned into its opposite. */
  readonly flips: number;
  /** Samples of each cell. */
  readonly repeats: number;
  /** Share of rows in the test part; 0 = no split. */
  readonly testShare: number;
  /** 0 = both parts have the same mix of groups; 1 = the mix of the test part is reversed. Needs a test part. */
  readonly shift: number;
  /** Outcomes without text, as some tables have them. */
  readonly textless: boolean;
}

export interface World {
  readonly params: WorldParams;
  readonly table: Dataset;
  readonly truth: Truth;
  /** Probability of a right answer, rows x models: what `truth` is made from. */
  readonly probability: Dataset['quality'];
}

/** Midpoints of the five fifths of a standard normal. */
const levels = [-1.2816, -0.5244, 0, 0.5244, 1.2816];

const plain: WorldParams = {
  name: 'synthetic',
  rows: 1500,
  models: ['fern', 'birch', 'maple', 'oak'],
  prices: [0.0002, 0.0005, 0.0012, 0.004],
  groups: 5,
  base: 0.6,
  ability: 0,
  abilityFromLevel: 0,
  difficulty: 0.8,
  groupSpecialism: 0,
  featureSpecialism: 0,
  flips: 0,
  repeats: 1,
  testShare: 0,
  shift: 0,
  textless: false,
};

/** Three worlds whose answer is known beforehand. */
export const worlds = {
  /** Models are good at different things: routing lifts quality. */
  'quality-lifts': {
    ...plain,
    name: 'quality-lifts',
    ability: 0.3,
    groupSpecialism: 1.2,
    featureSpecialism: 2,
  },
  /** A small model is as good as the large one on most queries: no quality to gain, much cost to save. */
  'only-cost': {
    ...plain,
    name: 'only-cost',
    models: ['small', 'large'],
    prices: [0.0003, 0.006],
    base: 1.2,
    ability: 2,
    abilityFromLevel: 3,
    difficulty: 1,
  },
  /** All models are alike but for luck: the gap to the oracle is noise alone. */
  'pure-noise': { ...plain, name: 'pure-noise', groups: 4, prices: [0.001, 0.001, 0.001, 0.001] },
} as const satisfies Record<string, WorldParams>;

/**
 * Draws a world. The same parameters and seed give the same world.
 * @throws SignalboxError for parameters that make no world
 */
export function makeWorld(params: Partial<WorldParams>, seed: number | string): World {
  const full = { ...plain, ...params };
  check(full);
  const random = rng(`${seed}/${full.name}`);
  const queries = drawQueries(full, random.fork('queries'));
  const world = probabilities(full, queries);
  const table = drawTable({ params: full, queries, world, random: random.fork('outcomes') });
  return { params: full, table, truth: truthOf(world), probability: world.probability };
}

function check({ models, prices, groups, rows, testShare, shift, flips, repeats }: WorldParams): void {
  const wrong = [
    [models.length > 0 && prices.length === models.length, 'as many prices as models, at least one'],
    [groups >= 1 && groups <= topics.length && Number.isInteger(groups), `1 to ${topics.length} groups`],
    [rows >= 1 && Number.isInteger(rows), 'at least one row'],
    [
      testShare >= 0 && testShare < 1 && shift >= 0 && shift <= 1,
      'a test share in [0, 1) and a shift in [0, 1]',
    ],
    [shift === 0 || testShare > 0, 'a test part where there is a shift'],
    [flips >= 0 && flips <= 0.5, 'flips in [0, .5]'],
    [repeats >= 1 && Number.isInteger(repeats), 'at least one sample of each cell'],
  ] as const;
  const first = wrong.find(([fits]) => !fits);
  if (first) throw new SignalboxError('usage', `A synthetic world needs ${first[1]}.`);
}

interface DrawnQuery {
  readonly group: number;
  readonly code: boolean;
  readonly level: number;
  readonly split?: 'train' | 'test';
  readonly text: string;
}

function drawQueries(params: WorldParams, random: Rng): DrawnQuery[] {
  const { rows, groups, testShare, shift, textless } = params;
  const testRows = Math.round(rows * testShare);
  return Array.from({ length: rows }, (_, i) => {
    const test = i >= rows - testRows;
    const plan = {
      topic: drawGroup({ groups, shift, test }, random),
      code: random.next() < 0.5,
      level: random.int(levels.length),
    };
    return {
      group: plan.topic,
      code: plan.code,
      level: plan.level,
      ...(testShare > 0 && { split: test ? ('test' as const) : ('train' as const) }),
      text: textless ? '' : makePrompt(plan, random),
    };
  });
}

/** Weights rise from group to group in the training part and fall in the test part, as far as there is a shift. */
function drawGroup(mix: { groups: number; shift: number; test: boolean }, random: Rng): number {
  const { groups, shift, test } = mix;
  const weights = Array.from({ length: groups }, (_, g) => {
    const place = test ? groups - g : g + 1;
    return 1 - shift + (shift * 2 * place) / (groups + 1);
  });
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let g = 0; g < groups - 1; g++) {
    left -= weights[g]!;
    if (left < 0) return g;
  }
  return groups - 1;
}

function probabilities(params: WorldParams, queries: readonly DrawnQuery[]): Known {
  const { models, prices, groups, flips, repeats } = params;
  const probability = matrix(queries.length, models.length);
  const cost = matrix(queries.length, models.length);
  for (const [i, query] of queries.entries()) {
    for (let j = 0; j < models.length; j++) {
      const right = 1 / (1 + Math.exp(-logits(params, query, j)));
      probability.data[i * models.length + j] = flips + (1 - 2 * flips) * right;
      cost.data[i * models.length + j] = prices[j]! * (1 + query.level / 5);
    }
  }
  const all = queries.map((_, i) => i);
  const part = (split: 'train' | 'test'): number[] => all.filter((i) => queries[i]!.split === split);
  const bySplit = queries.some(({ split }) => split === 'test');
  return {
    probability,
    cost,
    models,
    groups: topics.slice(0, groups).map(({ name }) => name),
    groupOf: queries.map(({ group }) => group),
    train: bySplit ? part('train') : all,
    test: bySplit ? part('test') : all,
    repeats,
  };
}

function logits(params: WorldParams, { group, code, level }: DrawnQuery, j: number): number {
  const { models, groups, base, ability, abilityFromLevel, difficulty, groupSpecialism, featureSpecialism } =
    params;
  const rank = models.length === 1 ? 0 : j / (models.length - 1) - 0.5;
  const able = level >= abilityFromLevel ? rank : 0.5;
  // Advantages are centred, so that no model gains by them on average.
  const owns = (g: number): boolean => g % models.length === j % groups;
  const owned = Array.from({ length: groups }, (_, g) => g).filter(owns).length / groups;
  const ownGroup = Number(owns(group)) - owned;
  const ownFeature = code === (j % 2 === 1) ? 0.5 : -0.5;
  return (
    base +
    ability * able -
    difficulty * levels[level]! +
    groupSpecialism * ownGroup +
    featureSpecialism * ownFeature
  );
}

function drawTable(work: {
  readonly params: WorldParams;
  readonly queries: readonly DrawnQuery[];
  readonly world: Known;
  readonly random: Rng;
}): Dataset {
  const { params, queries, world, random } = work;
  const builder = tableBuilder();
  for (const [i, { group, text, split }] of queries.entries()) {
    const example = builder.example({
      id: `${params.name}/${i}`,
      messages: text === '' ? [] : userMessage(text),
      group: world.groups[group]!,
      ...(split !== undefined && { split }),
    });
    for (const [j, model] of params.models.entries()) {
      const cost = at(world.cost, i, j);
      for (let sample = 0; sample < params.repeats; sample++) {
        const score = random.next() < at(world.probability, i, j) ? 1 : 0;
        builder.cell(example, builder.model(model), { score, sample, cost, kind: 'binary' });
      }
    }
  }
  builder.note('The rows are simulated: queries and outcomes are drawn from a world whose truth is known.');
  const [weak, strong] = params.models.length === 2 ? params.models : [];
  return builder.finish({
    name: params.name,
    format: 'synthetic',
    weak,
    strong,
    options: {},
    file: params.name,
  });
}
