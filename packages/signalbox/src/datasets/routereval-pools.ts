import { type Rng, rng } from '../math/rng.ts';

export const poolSettings = ['all_strong', 'all_weak', 'strong_to_weak'] as const;
export type PoolSetting = (typeof poolSettings)[number];

/** A leaderboard of 0 and 1, packed by model: word w of a model holds items 32 w to 32 w + 31. */
export interface PackedScores {
  readonly words: number;
  readonly bits: Uint32Array;
  readonly models: number;
}

/** @param outcomes models x items, 0 or 1 */
export function packed(outcomes: Uint8Array, items: number): PackedScores {
  const models = outcomes.length / items;
  const words = Math.ceil(items / 32);
  const bits = new Uint32Array(models * words);
  for (let m = 0, cell = 0; m < models; m++)
    for (let i = 0; i < items; i++, cell++)
      if (outcomes[cell] === 1) bits[m * words + (i >>> 5)]! |= 1 << (i & 31);
  return { words, bits, models };
}

/** Items that a pool may be picked by, as bits. */
export function maskOf(rows: Iterable<number>, words: number): Uint32Array {
  const mask = new Uint32Array(words);
  for (const i of rows) mask[i >>> 5]! |= 1 << (i & 31);
  return mask;
}

/** Share of the items of the mask that any of the models has right. */
export function oracleShare(
  { bits, words }: PackedScores,
  models: ArrayLike<number>,
  mask: Uint32Array,
): number {
  let right = 0;
  let all = 0;
  for (let w = 0; w < words; w++) {
    let any = 0;
    for (let k = 0; k < models.length; k++) any |= bits[models[k]! * words + w]!;
    right += ones(any & mask[w]!);
    all += ones(mask[w]!);
  }
  return right / all;
}

function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Models by their mean score on the items of the mask, best first, without those of at most .1 or above .9. */
export function ranked(scores: PackedScores, mask: Uint32Array): Int32Array {
  const share = Float64Array.from({ length: scores.models }, (_, m) => oracleShare(scores, [m], mask));
  return Int32Array.from(share.keys())
    .filter((m) => share[m]! > 0.1 && share[m]! <= 0.9)
    .sort((a, b) => share[b]! - share[a]! || a - b);
}

export interface Picking {
  readonly scores: PackedScores;
  /** As `ranked` gives them. */
  readonly order: Int32Array;
  readonly mask: Uint32Array;
  readonly size: number;
  /** Of what is drawn. */
  readonly seed: string;
  /** Random draws of which the best is kept, strong to weak. */
  readonly draws?: number;
}

/** Models that a pool of this setting is picked from: the best or the worst fifth, or all of them. */
export function stratumOf(order: Int32Array, setting: PoolSetting): Int32Array {
  const fifth = Math.floor(order.length / 5);
  if (setting === 'all_strong') return order.subarray(0, fifth);
  if (setting === 'all_weak') return order.subarray(order.length - fifth);
  return order;
}

/**
 * A pool as RouterEval picks it: of the best (or worst) fifth the run of neighbours in rank whose oracle scores most;
 * strong to weak one model from each of as many bins of ranks as the pool has models, the draw whose oracle scores most.
 * @throws RangeError where there are fewer models than the pool has
 */
export function pickPool(setting: PoolSetting, picking: Picking): Int32Array {
  const stratum = stratumOf(picking.order, setting);
  const { size, draws = 1000 } = picking;
  if (stratum.length < size) throw new RangeError(`${stratum.length} models for a pool of ${size}`);
  const random = rng(picking.seed);
  const candidates =
    setting === 'strong_to_weak'
      ? Array.from({ length: draws }, () => oneOfEachBin(stratum, size, random))
      : Array.from({ length: stratum.length - size + 1 }, (_, s) => stratum.subarray(s, s + size));
  let best = candidates[0]!;
  let most = -1;
  for (const candidate of candidates) {
    const share = oracleShare(picking.scores, candidate, picking.mask);
    if (share > most) [most, best] = [share, candidate];
  }
  return best.slice();
}

/** As many models drawn at random from the same ones: for strong to weak one from each bin, else any. */
export function randomPool(
  setting: PoolSetting,
  { order, size, seed }: Omit<Picking, 'scores' | 'mask'>,
): Int32Array {
  const stratum = stratumOf(order, setting);
  const random = rng(seed);
  if (setting === 'strong_to_weak') return oneOfEachBin(stratum, size, random);
  const left = stratum.slice();
  for (let k = 0; k < size; k++) {
    const other = k + random.int(left.length - k);
    [left[k], left[other]] = [left[other]!, left[k]!];
  }
  return left.slice(0, size);
}

function oneOfEachBin(order: Int32Array, size: number, random: Rng): Int32Array {
  return Int32Array.from({ length: size }, (_, bin) => {
    const from = Math.floor((bin * order.length) / size);
    const to = Math.floor(((bin + 1) * order.length) / size);
    return order[from + random.int(to - from)]!;
  });
}
