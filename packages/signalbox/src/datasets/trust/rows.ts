import { type Matrix, matrix, matrix32, type Numbers, row } from '../../math/matrix.ts';
import type { Rng } from '../../math/rng.ts';
import { columnsOf, type Law } from './law.ts';
import type { TrustParams } from './params.ts';

/** Rows of a world before outcomes: all that is true of them. Matrices are rows x models but for `features`. */
export interface TrueRows {
  /** Group of each row; -1 where there are none. */
  readonly groupOf: Int32Array;
  readonly features: Matrix;
  /** Probability that a sample of this cell is judged right. */
  readonly probability: Matrix;
  /** The same as far as features and group tell it: its mean over the idiosyncrasy. */
  readonly foreseen: Matrix;
  /** US dollars of a call. */
  readonly cost: Matrix;
}

/** @param part whose law the rows follow, where there is a shift */
export function drawRows(work: {
  readonly params: TrustParams;
  readonly law: Law;
  readonly rows: number;
  readonly part: 'train' | 'test';
  readonly random: Rng;
}): TrueRows {
  const { params, law, rows, part, random } = work;
  const models = law.models.length;
  const groupOf = new Int32Array(rows);
  const features = matrix32(rows, params.features);
  const [probability, cost] = [matrix(rows, models), matrix(rows, models)];
  const foreseen = params.idiosyncrasy === 0 ? probability : matrix(rows, models);
  for (let i = 0; i < rows; i++) {
    const group = drawGroup(params, part, random);
    groupOf[i] = group;
    const x = row(features, i);
    drawFeatures({ x, group, part, params, law, random });
    // Long queries are rather hard ones; the factor has mean 1.
    const length = params.costSpread * (0.6 * x[0]! + 0.8 * random.normal()) - params.costSpread ** 2 / 2;
    for (let m = 0; m < models; m++) {
      const cell = i * models + m;
      cost.data[cell] = law.price[m]! * Math.exp(length);
      if (law.originalOf[m] !== m) continue;
      const logit = logitOf({ params, law, x, group, model: m });
      probability.data[cell] = judged(logit + params.idiosyncrasy * random.normal(), params.labelNoise);
      if (foreseen !== probability) foreseen.data[cell] = expected(logit, params);
    }
    copyOriginals(row(probability, i), law);
    copyOriginals(row(foreseen, i), law);
  }
  return { groupOf, features, probability, foreseen, cost };
}

function copyOriginals(cells: Numbers, { originalOf }: Law): void {
  originalOf.forEach((original, m) => {
    cells[m] = cells[original]!;
  });
}

/** Weights rise from group to group in the training part and fall in the test part, as far as there is a shift. */
function drawGroup({ groups, shift }: TrustParams, part: 'train' | 'test', random: Rng): number {
  if (groups === 0) return -1;
  if (shift === 0) return random.int(groups);
  // The weights have mean 1.
  let left = random.next() * groups;
  for (let g = 0; g < groups - 1; g++) {
    const place = part === 'test' ? groups - g : g + 1;
    left -= 1 - shift + (shift * 2 * place) / (groups + 1);
    if (left < 0) return g;
  }
  return groups - 1;
}

function drawFeatures(work: {
  readonly x: Numbers;
  readonly group: number;
  readonly part: 'train' | 'test';
  readonly params: TrustParams;
  readonly law: Law;
  readonly random: Rng;
}): void {
  const { x, group, part, params, law, random } = work;
  const { signal } = columnsOf(params);
  for (let c = 0; c < x.length; c++) {
    const centre =
      c > signal && group >= 0
        ? row(law.centres, group)[c - 1 - signal]!
        : c > 0 && c <= signal && part === 'test'
          ? params.shift
          : 0;
    x[c] = centre + random.normal();
  }
}

function logitOf(work: {
  readonly params: TrustParams;
  readonly law: Law;
  readonly x: Numbers;
  readonly group: number;
  readonly model: number;
}): number {
  const { params, law, x, group, model } = work;
  const ability = x[0]! > params.abilityFrom ? law.ability[model]! : law.ability.at(-1)!;
  let advantage = 0;
  if (params.signal === 'group') advantage = row(law.byGroup, group)[model]!;
  if (params.signal === 'instance') {
    for (let c = 0; c < law.byFeature.rows; c++) advantage += x[c + 1]! * row(law.byFeature, c)[model]!;
  }
  return params.base + ability - params.difficulty * x[0]! + params.strength * advantage;
}

function judged(logit: number, labelNoise: number): number {
  return labelNoise + (1 - 2 * labelNoise) / (1 + Math.exp(-logit));
}

/** Standard normal weights at -5, -4.5, ... 5; the trapezoid is exact to six digits for these functions. */
const nodes = Array.from({ length: 21 }, (_, i) => -5 + i / 2);
const weights = nodes.map((z) => (0.5 * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));

function expected(logit: number, { idiosyncrasy, labelNoise }: TrustParams): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++)
    sum += weights[i]! * judged(logit + idiosyncrasy * nodes[i]!, labelNoise);
  return sum;
}
