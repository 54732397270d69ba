import type { Dataset } from '../core/dataset.ts';
import type { Flag } from '../core/results.ts';
import { answersOf, isShort } from './answers.ts';

/** How often a model gave each answer, and how many of its answers are recorded. */
export interface AnswerCounts {
  readonly recorded: number;
  readonly of: ReadonlyMap<string, number>;
}

/** What guessing alone gives in multiple choice. */
export interface Guessing {
  readonly options: number;
  /** 1 / options. */
  readonly single: number;
  /** That at least one of all models guesses rightly. */
  readonly oracle: number;
}

/** With fewer recorded answers nothing is said of a model. */
const fewest = 20;
/** Share of a model's answers that are the same, from which it is called constant. */
const constant = 0.9;
/** Most options of a multiple choice. */
const mostOptions = 10;
/** Share of all answers that must be one of the options, and of options that an option must be. */
const covered = 0.8;
const leastShare = 0.01;

export function answerCounts(table: Dataset): AnswerCounts[] {
  if (table.completion === undefined) return [];
  return table.models.map((_, m) => {
    const of = new Map<string, number>();
    let recorded = 0;
    for (const answer of answersOf(table, m)) {
      if (answer === undefined) continue;
      recorded++;
      of.set(answer, (of.get(answer) ?? 0) + 1);
    }
    return { recorded, of };
  });
}

/** Models that give the same answer on more than nine tenths of rows: a canary, since labels that reward them reward anything. */
export function constantAnswers({ models }: Dataset, counts: readonly AnswerCounts[]): Flag[] {
  return counts.flatMap(({ recorded, of }, m) => {
    const [answer, times] = [...of].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0]);
    if (recorded < fewest || times <= constant * recorded) return [];
    const id = models[m]!.id;
    const share = ((100 * times) / recorded).toFixed(1);
    const what = answer === '' ? 'an empty answer' : `the same answer (${shortened(answer)})`;
    return [
      {
        code: 'constant-answer',
        models: [id],
        groups: [],
        message:
          `${id} gives ${what} on ${share} % of queries: where it is right, it is so by accident. ` +
          `It raises the oracle without being of use; leave it out, or look at how it was prompted and parsed.`,
      },
    ];
  });
}

function shortened(answer: string): string {
  const text = answer.length > 40 ? `${answer.slice(0, 40)}...` : answer;
  return JSON.stringify(text);
}

/** Null where answers are not recorded, or not one of two to ten short options. */
export function guessingFloor(counts: readonly AnswerCounts[]): Guessing | null {
  const all = new Map<string, number>();
  let [recorded, short] = [0, 0];
  for (const one of counts) {
    recorded += one.recorded;
    for (const [answer, times] of one.of) {
      if (!isShort(answer)) continue;
      short += times;
      all.set(answer, (all.get(answer) ?? 0) + times);
    }
  }
  const options = [...all.values()].filter((times) => times >= leastShare * short);
  const inOptions = options.reduce((sum, times) => sum + times, 0);
  if (options.length < 2 || options.length > mostOptions) return null;
  if (recorded < fewest || inOptions < covered * recorded) return null;
  const single = 1 / options.length;
  return { options: options.length, single, oracle: 1 - (1 - single) ** counts.length };
}
