import { normalCdf } from '../math/distributions.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import { type Rng, rng, shuffle } from '../math/rng.ts';
import type { Part } from './routereval-file.ts';

/** What a generated leaderboard is made of. Abilities and difficulties are in units of a row's own luck. */
export const leaderboardParams = {
  models: 6000,
  items: 1319,
  topics: 8,
  families: 300,
  features: 64,
  /** Spread of the families' abilities, and of the copies' within one. */
  ability: 1.2,
  copies: 0.25,
  difficulty: 1.8,
  /** Spread of what a family is better or worse at, by topic. */
  profile: 0.25,
  /** Share of families that are specialists, and how much better they are at their topic. */
  specialists: 0.04,
  specialism: 1.5,
  /** Share of a row's luck that the copies of a family share. */
  shared: 0.8,
  /** Chance that a guess is right. */
  guess: 0.1,
};
export type LeaderboardParams = typeof leaderboardParams;

/** A leaderboard of drawn outcomes whose probabilities are known. */
export interface LeaderboardWorld {
  readonly models: readonly string[];
  /** Models x items, 0 or 1. */
  readonly outcomes: Uint8Array;
  readonly items: number;
  readonly topicOf: Int32Array;
  /** Items of each part, 80 / 10 / 10 within each topic. */
  readonly parts: Readonly<Record<Part, Int32Array>>;
  /** Items x features: the topic, something of the difficulty, and noise. */
  readonly features: Matrix;
  /** That a model is right on an item, known all that is no luck. */
  probability(model: number, item: number): number;
}

/** The same seed draws the same world. */
export function leaderboardWorld(params: LeaderboardParams, seed: number): LeaderboardWorld {
  const random = rng(`leaderboard/${seed}`);
  const items = itemsOf(params, random.fork('items'));
  const pool = modelsOf(params, random.fork('models'));
  const { guess } = params;
  const strength = (model: number, item: number): number =>
    pool.ability[model]! +
    at(pool.profiles, pool.familyOf[model]!, items.topicOf[item]!) -
    items.difficulty[item]!;
  return {
    models: pool.names,
    outcomes: drawn(params, { ...pool, strength }, random.fork('outcomes')),
    items: params.items,
    topicOf: items.topicOf,
    parts: split(items.topicOf, random.fork('split')),
    features: items.features,
    probability: (model, item) => guess + (1 - guess) * normalCdf(strength(model, item)),
  };
}

function itemsOf({ items, topics, difficulty: spread, features: width }: LeaderboardParams, random: Rng) {
  const normal = (): number => random.normal();
  const shift = Array.from({ length: topics }, () => 0.5 * normal());
  const centres = matrix(topics, width);
  for (let c = 0; c < centres.data.length; c++) centres.data[c] = normal();
  const direction = Float64Array.from({ length: width }, normal);
  const topicOf = Int32Array.from({ length: items }, (_, i) => i % topics).sort();
  const difficulty = new Float64Array(items);
  const features = matrix(items, width);
  for (let i = 0; i < items; i++) {
    const own = spread * normal();
    difficulty[i] = shift[topicOf[i]!]! + own;
    for (let f = 0; f < width; f++)
      features.data[i * width + f] =
        (at(centres, topicOf[i]!, f) + 0.5 * own * direction[f]! + 2 * normal()) / Math.sqrt(width);
  }
  return { topicOf, difficulty, features };
}

function modelsOf(params: LeaderboardParams, random: Rng) {
  const { models, families, topics } = params;
  const familyAbility = Float64Array.from({ length: families }, () => params.ability * random.normal());
  const profiles = matrix(families, topics);
  for (let f = 0; f < families; f++) {
    const special = random.next() < params.specialists ? random.int(topics) : -1;
    for (let t = 0; t < topics; t++)
      profiles.data[f * topics + t] =
        params.profile * random.normal() + (t === special ? params.specialism : 0);
  }
  const weights = Float64Array.from({ length: families }, (_, f) => 1 / (f + 1) ** 0.7);
  const total = weights.reduce((a, b) => a + b, 0);
  const familyOf = Int32Array.from({ length: models }, () => {
    let left = random.next() * total;
    for (let f = 0; f < families; f++) {
      left -= weights[f]!;
      if (left < 0) return f;
    }
    return families - 1;
  });
  const sizes = new Int32Array(families);
  const names = Array.from(familyOf, (f) => `family-${f + 1}/copy-${++sizes[f]!}`);
  const ability = Float64Array.from(familyOf, (f) => familyAbility[f]! + params.copies * random.normal());
  return { names, familyOf, profiles, ability };
}

/** Copies of a family share most of their luck on an item, and of its guess. */
function drawn(
  { models, items, families, shared, guess }: LeaderboardParams,
  pool: { readonly familyOf: Int32Array; readonly strength: (model: number, item: number) => number },
  random: Rng,
): Uint8Array {
  const luck = new Float32Array(families * items);
  const guessed = new Uint8Array(families * items);
  for (let c = 0; c < luck.length; c++) {
    luck[c] = Math.sqrt(shared) * random.normal();
    guessed[c] = random.next() < guess ? 1 : 0;
  }
  const own = Math.sqrt(1 - shared);
  const outcomes = new Uint8Array(models * items);
  for (let m = 0, cell = 0; m < models; m++) {
    const family = pool.familyOf[m]! * items;
    for (let i = 0; i < items; i++, cell++) {
      const knows = pool.strength(m, i) + luck[family + i]! + own * random.normal() > 0;
      const guesses = random.next() < shared ? guessed[family + i]! : random.next() < guess ? 1 : 0;
      outcomes[cell] = knows ? 1 : guesses;
    }
  }
  return outcomes;
}

function split(topicOf: Int32Array, random: Rng): Record<Part, Int32Array> {
  const found: Record<Part, number[]> = { train: [], val: [], test: [] };
  for (const topic of new Set(topicOf)) {
    const some = shuffle(
      [...topicOf.keys()].filter((i) => topicOf[i] === topic),
      random,
    );
    const tenth = Math.round(some.length / 10);
    found.test.push(...some.slice(0, tenth));
    found.val.push(...some.slice(tenth, 2 * tenth));
    found.train.push(...some.slice(2 * tenth));
  }
  const sorted = (list: number[]): Int32Array => Int32Array.from(list).sort();
  return { train: sorted(found.train), val: sorted(found.val), test: sorted(found.test) };
}
