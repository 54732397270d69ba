import type { Dataset } from '../../core/dataset.ts';
import { plainAnswer } from '../../feasibility/answers.ts';
import { answerLetter } from '../../metrics/letter.ts';

/** What a recorded answer shows without the reference: what a cascade sees before it escalates. */
export interface AnswerSignals {
  /** Of each answer: its length (log), whether it is an ordinary answer, whether it names an option. */
  of(row: number, model: number): readonly [length: number, ordinary: number, option: number];
  /** Whether two models give one answer; false where either gave none. */
  agree(row: number, a: number, b: number): boolean;
}

/** Natural logarithms of lengths lie between 0 and about 10. */
const longestLog = 10;

/** Undefined where no answer of the rows is recorded. */
export function answerSignals(table: Dataset, rows: Int32Array): AnswerSignals | undefined {
  const { completion } = table;
  if (completion === undefined) return undefined;
  const recorded = (row: number): boolean =>
    table.models.some((_, m) => completion(row, m)?.answer !== undefined);
  if (!rows.some(recorded)) return undefined;
  const said = (row: number, model: number): string | undefined => {
    const answer = completion(row, model)?.answer;
    return answer === undefined || answer === '' ? undefined : (answerLetter(answer) ?? plainAnswer(answer));
  };
  return {
    of: (row, model) => {
      const { answer = '', status = 'ok' } = completion(row, model) ?? {};
      return [
        Math.log1p(answer.length) / longestLog,
        status === 'ok' ? 1 : 0,
        answerLetter(answer) === undefined ? 0 : 1,
      ];
    },
    agree: (row, a, b) => {
      const one = said(row, a);
      return one !== undefined && one === said(row, b);
    },
  };
}
