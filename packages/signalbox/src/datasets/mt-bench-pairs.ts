import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { SourceFile } from '../core/format.ts';
import { type Fields, requiredText, textIn } from './files/fields.ts';
import { stopIfAborted } from './files/files.ts';
import { recordsOf } from './files/records.ts';

/** How one answer fared against those of other models, as one judge saw it. */
export interface Pairing {
  readonly question: string;
  readonly model: string;
  readonly judge: string;
  readonly place: Place;
  /** Of each comparison: 1 won, 0.5 a tie, 0 lost. */
  readonly outcomes: number[];
  /** What the judge was shown of the first turn. */
  prompt?: string | undefined;
}

/** Whether an object is a pairwise judgement, by its names. */
export function isPair(fields: Fields): boolean {
  return ['question_id', 'model_1', 'model_2', 'g1_winner', 'g2_winner', 'judge'].every(
    (name) => name in fields,
  );
}

/**
 * Pairwise judgements (`gpt-4_pair.jsonl`). Each pair is judged twice, the answers in either order; as MT-Bench counts
 * it, a model has won where both judgements say so, and all else is a tie.
 * @returns `unread`: comparisons whose judge named no winner
 */
export async function readPairs(
  files: readonly SourceFile[],
  judgeName: (fields: Fields, place: Place) => string,
  context: Context,
): Promise<{ readonly all: readonly Pairing[]; readonly comparisons: number; readonly unread: number }> {
  const all = new Map<string, Pairing>();
  let [comparisons, unread] = [0, 0];
  for (const file of files) {
    for await (const { fields, place } of recordsOf(file, context)) {
      stopIfAborted(context);
      const question = requiredText(fields, 'question_id', place);
      const judge = judgeName(fields, place);
      const [first, second] = [winnerIn(fields, 'g1_winner', place), winnerIn(fields, 'g2_winner', place)];
      comparisons++;
      if (first === 'error' || second === 'error') {
        unread++;
        continue;
      }
      for (const side of ['model_1', 'model_2'] as const) {
        const model = requiredText(fields, side, place);
        const key = JSON.stringify([question, model, judge]);
        const pairing = all.get(key) ?? { question, model, judge, place, outcomes: [] };
        all.set(key, pairing);
        const decided = first === second && first !== 'tie';
        pairing.outcomes.push(decided ? Number(first === side) : 0.5);
        if (Number(fields['turn'] ?? 1) === 1) pairing.prompt ??= textIn(fields, 'g1_user_prompt', place);
      }
    }
  }
  return { all: [...all.values()], comparisons, unread };
}

const winners = ['model_1', 'model_2', 'tie', 'error'] as const;

function winnerIn(fields: Fields, name: string, place: Place): (typeof winners)[number] {
  const winner = winners.find((each) => each === fields[name]);
  if (winner !== undefined) return winner;
  throw new SignalboxError(
    'row',
    `\`${name}\` is ${JSON.stringify(fields[name]) ?? 'absent'}; one of ${winners.join(', ')} was expected.`,
    place,
  );
}
