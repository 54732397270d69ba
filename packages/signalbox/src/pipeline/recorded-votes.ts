import { primaryMeans, takeRows } from '../core/table.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { Ballots } from '../metrics/ballots.ts';
import { answerLetter } from '../metrics/letter.ts';
import { bestSubset, vote } from '../metrics/votes.ts';
import { comparedQuality, observedCost } from './forecast.ts';
import type { Line } from './line.ts';
import type { Plan } from './protocol.ts';

/** Where fewer answers name an option, the table holds no votes. */
const leastParsed = 0.5;
/** Subsets are sought on at most so many training rows, evenly taken. */
const mostRows = 4000;

/**
 * `vote-all` and `vote-subset` replayed on recorded answers that name the option of a multiple-choice question; none
 * where they do not. Ties go by training accuracy, the subset is the best fixed one on the training rows of its
 * part. They see the answers: no router can, before it has paid for them all.
 */
export function voteLines(plan: Plan): Line[] {
  const { table, compared, parts, folds } = plan;
  const letters = lettersOf(plan);
  if (letters === undefined) return [];
  const models = table.models.length;
  const all = Array.from({ length: models }, (_, m) => m);
  const cost = observedCost(table, compared);
  const blank = (): Float64Array => new Float64Array(compared.length);
  const out = { all: outcome(blank, cost), subset: outcome(blank, cost) };
  for (const [part, { train, test: _ }] of parts.entries()) {
    const rows = Int32Array.from(compared.keys()).filter((i) => folds === undefined || folds[i] === part);
    const accuracy = primaryMeans(takeRows(table, train));
    const whole = train.filter((row) => complete(table.quality, row));
    const step = Math.ceil(whole.length / mostRows);
    const learned = whole.filter((_, i) => i % step === 0);
    const subset = bestSubset(ballotsOf(plan, letters, learned), accuracy);
    const ballots = ballotsOf(
      plan,
      letters,
      Int32Array.from(rows, (i) => compared[i]!),
    );
    for (const [name, members] of [
      ['all', all],
      ['subset', subset],
    ] as const) {
      const won = vote(ballots, { members, accuracy });
      rows.forEach((i, at) => {
        out[name].quality[i] = won.quality[at]!;
        if (won.cost) out[name].cost![i] = won.cost[at]!;
      });
    }
  }
  const share = matrix(compared.length, models, 1 / models);
  return (['all', 'subset'] as const).map((name) => ({
    name: `vote-${name}`,
    kind: 'baseline',
    share,
    outcome: out[name],
    fitted: true,
  }));
}

function outcome(
  blank: () => Float64Array,
  cost: Matrix | undefined,
): { quality: Float64Array; cost?: Float64Array } {
  return { quality: blank(), ...(cost && { cost: blank() }) };
}

/** Of each row of the table and model the letter as a number, -1 where none is named; undefined where most name none. */
export function lettersOf({ table, compared }: Plan): Int32Array | undefined {
  const { completion } = table;
  if (completion === undefined) return undefined;
  const models = table.models.length;
  const numberOf = (row: number, m: number): number => {
    const letter = answerLetter(completion(row, m)?.answer ?? '');
    return letter === undefined ? -1 : letter.charCodeAt(0);
  };
  // A look at some rows spares the reading of all answers where there are none to be had.
  const looked = compared.slice(0, 50);
  const named = Array.from(looked).flatMap((row) => table.models.map((_, m) => numberOf(row, m)));
  if (named.filter((n) => n !== -1).length < leastParsed * named.length) return undefined;
  const out = new Int32Array(table.examples.length * models);
  for (let row = 0; row < table.examples.length; row++)
    for (let m = 0; m < models; m++) out[row * models + m] = numberOf(row, m);
  const parsed = out.reduce((sum, n) => sum + (n === -1 ? 0 : 1), 0);
  return parsed < leastParsed * out.length ? undefined : out;
}

/** Letters, qualities and costs of some rows of the table. */
export function ballotsOf({ table }: Plan, letters: Int32Array, rows: Int32Array): Ballots {
  const models = table.models.length;
  const answers = new Int32Array(rows.length * models);
  rows.forEach((row, i) => {
    answers.set(letters.subarray(row * models, (row + 1) * models), i * models);
  });
  return {
    answers,
    quality: comparedQuality({ table, compared: rows }),
    cost: observedCost(table, rows),
  };
}

/** Whether every model is observed on the row. */
export function complete({ cols, data }: Matrix, row: number): boolean {
  return !data.subarray(row * cols, (row + 1) * cols).some(Number.isNaN);
}
