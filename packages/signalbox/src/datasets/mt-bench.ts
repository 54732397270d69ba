import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { stopIfAborted } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { firstRecord, recordsOf } from './files/records.ts';
import { logTable } from './logs/logs.ts';
import { isPair, readPairs } from './mt-bench-pairs.ts';
import { chosenMetric } from './table/metric.ts';
import { tableName } from './table/names.ts';

/**
 * MT-Bench (arXiv 2306.05685): judgements of single answers (`model_judgment/gpt-4_single.jsonl`), with the questions
 * and the answers where they are beside them. A query is the first turn of a question; its score is the mean rating of
 * its turns, a tenth of it. Pairwise judgements (`gpt-4_pair.jsonl`) are read where there are no ratings: the score is the
 * share of comparisons that the answer won, ties by half.
 */
export const mtBench: Format = {
  name: 'mt-bench',
  summary: 'judgements of single answers or of pairs, with questions and answers beside them (MT-Bench)',
  metrics: true,
  detect: (files) => files.length > 0 && files.every((file) => kindOf(file) !== undefined),
  read: async (files, options, context) => {
    const logs = logTable();
    const known = await readBeside(files, context);
    const ratings = await readRatings(files, context);
    const paired = files.filter((file) => kindOf(file) === 'pairs');
    const pairs = await readPairs(paired, judgeName, context);
    const byPairs = ratings.all.length === 0 && pairs.all.length > 0;
    const judge = judgeOf(byPairs ? pairs.all : ratings.all, options, files[0]?.path ?? '');
    const run = logs.run();
    const exampleOf = (question: string, prompt: string | undefined, place: Place) => {
      const about = known.questions.get(question);
      const group = about && textIn(about, 'category', place);
      return { id: question, messages: messagesOf(about, prompt), ...(group !== undefined && { group }) };
    };
    const answerOf = (question: string, model: string): string | undefined =>
      known.answers.get(JSON.stringify([question, model]));
    for (const rating of ratings.all.filter((each) => each.judge === judge)) {
      for (const each of rating.repeats()) {
        const { question, model, prompt, place } = rating;
        run({
          key: question,
          example: exampleOf(question, prompt, place),
          model,
          cell: {
            score: each / 10,
            rawScore: each,
            answer: answerOf(question, model),
            status: 'ok',
            kind: 'graded',
            place,
          },
        });
      }
    }
    for (const pairing of byPairs ? pairs.all.filter((each) => each.judge === judge) : []) {
      const { question, model, outcomes, prompt, place } = pairing;
      const score = outcomes.reduce((sum, each) => sum + each, 0) / outcomes.length;
      run({
        key: question,
        example: exampleOf(question, prompt, place),
        model,
        cell: { score, answer: answerOf(question, model), status: 'ok', kind: 'preference', place },
      });
    }
    const others = (byPairs ? pairs.all : ratings.all).filter((each) => each.judge !== judge).length;
    const dropped = {
      [`judged by others than ${judge}`]: others,
      'rating that could not be read': ratings.unread,
      'pairwise judgement beside ratings': byPairs ? 0 : pairs.comparisons,
      'comparison without a verdict': byPairs ? pairs.unread : 0,
    };
    for (const [reason, count] of Object.entries(dropped)) if (count > 0) logs.table.drop(reason, count);
    return logs.finish({ name: tableName(files), format: 'mt-bench', options, file: files[0]?.path ?? '' });
  },
};

function kindOf(file: SourceFile): 'judgements' | 'pairs' | 'questions' | 'answers' | undefined {
  const first = firstRecord(file);
  if (first === undefined || !('question_id' in first)) return undefined;
  const has = (...names: readonly string[]): boolean => names.every((name) => name in first);
  if (has('model', 'judge', 'score', 'turn')) return 'judgements';
  if (isPair(first)) return 'pairs';
  if (has('turns', 'category')) return 'questions';
  return has('model_id', 'choices') ? 'answers' : undefined;
}

/** Questions by id, and first answers by question and model. */
async function readBeside(files: readonly SourceFile[], context: Context) {
  const questions = new Map<string, Fields>();
  const answers = new Map<string, string>();
  for (const file of files) {
    const kind = kindOf(file);
    if (kind !== 'questions' && kind !== 'answers') continue;
    for await (const { fields, place } of recordsOf(file, context)) {
      const id = requiredText(fields, 'question_id', place);
      if (kind === 'questions') questions.set(id, fields);
      else {
        const text = firstTurn(fields['choices'], place);
        if (text !== undefined)
          answers.set(JSON.stringify([id, requiredText(fields, 'model_id', place)]), text);
      }
    }
  }
  return { questions, answers };
}

function firstTurn(choices: unknown, place: Place): string | undefined {
  const [first] = Array.isArray(choices) ? (choices as unknown[]) : [];
  const { turns } = objectIn(first, 'a choice', place);
  const [text] = Array.isArray(turns) ? (turns as unknown[]) : [];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** What one judge gave one answer. */
interface Rating {
  readonly question: string;
  readonly model: string;
  readonly judge: string;
  readonly place: Place;
  /** By turn, in the order of the file. */
  readonly turns: Map<number, number[]>;
  /** What the judge was shown of the first turn. */
  prompt?: string | undefined;
  /** The n-th mean over the turns that were rated n times. */
  repeats(): readonly number[];
}

async function readRatings(files: readonly SourceFile[], context: Context) {
  const all = new Map<string, Rating>();
  let unread = 0;
  for (const file of files) {
    if (kindOf(file) !== 'judgements') continue;
    for await (const { fields, place } of recordsOf(file, context)) {
      stopIfAborted(context);
      const [question, model] = [
        requiredText(fields, 'question_id', place),
        requiredText(fields, 'model', place),
      ];
      const judge = judgeName(fields, place);
      const key = JSON.stringify([question, model, judge]);
      const rating = all.get(key) ?? newRating({ question, model, judge, place });
      all.set(key, rating);
      const turn = numberIn(fields['turn'], { what: '`turn`', low: 1, high: 9, whole: true, place }) ?? 1;
      const score = numberIn(fields['score'], { what: `the score of ${model}`, low: -1, high: 10, place });
      if (turn === 1) rating.prompt ??= textIn(fields, 'user_prompt', place);
      // -1: no rating was found in what the judge wrote, so that nothing is known of the answer.
      if (score === undefined || score < 0) unread++;
      else rating.turns.set(turn, [...(rating.turns.get(turn) ?? []), score]);
    }
  }
  return { all: [...all.values()], unread };
}

function newRating(of: Pick<Rating, 'question' | 'model' | 'judge' | 'place'>): Rating {
  const turns = new Map<number, number[]>();
  const repeats = (): readonly number[] => {
    const each = [...turns.values()];
    const most = Math.max(...each.map(({ length }) => length));
    return Array.from({ length: most }, (_, n) => {
      const scores = each.flatMap((list) => list[n] ?? []);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    });
  };
  return { ...of, turns, repeats };
}

/** `judge` is the judge's name, or the list of it and its prompt. */
function judgeName(fields: Fields, place: Place): string {
  const { judge } = fields;
  const [name] = Array.isArray(judge) ? (judge as unknown[]) : [judge];
  if (typeof name === 'string' && name !== '') return name;
  throw new SignalboxError('row', '`judge` names no judge.', place);
}

function judgeOf(all: readonly { readonly judge: string }[], options: ReadOptions, file: string): string {
  const names = [...new Set(all.map(({ judge }) => judge))];
  return chosenMetric(names, options, { what: 'the source', place: { file } });
}

/** The question's first turn, or what the judge was shown of it. */
function messagesOf(about: Fields | undefined, prompt = '') {
  const turns = about?.['turns'];
  const [first] = Array.isArray(turns) ? (turns as unknown[]) : [];
  const shown = /\[(?:User )?Question\]\n([\s\S]*?)\n\n\[The Start of /.exec(prompt)?.[1];
  const text = typeof first === 'string' ? first : shown;
  return text === undefined || text === '' ? [] : userMessage(text);
}
