import { type Place, SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { endingOf, headText, readBytes, stemOf, stopIfAborted } from './files/files.ts';
import { elements } from './files/json-array.ts';
import { shown } from './files/numbers.ts';
import { openZip, type ZipLimits } from './files/zip.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { tableName } from './table/names.ts';

/** The largest published file unpacks to 70 MB. */
const limits: ZipLimits = { members: 1000, memberBytes: 2 ** 29, totalBytes: 2 ** 30, ratio: 400 };
const fileName = /^model_outputs_(.+?)(_\d+shots?)?\.(zip|json)$/;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * MMLU-Pro (arXiv 2406.01574), `eval_results`: for each model a ZIP file of one JSON array, `{question_id, question,
 * options, answer, category, pred, ...}`; `pred` is the letter that was read from the model's text, empty or null
 * where none could be. The prompt is the question and its lettered options.
 */
export const mmluPro: Format = {
  name: 'mmlu-pro',
  summary: 'model_outputs_<model>_5shots.zip, the questions, options and letters of each model (MMLU-Pro)',
  detect: (files) => files.length > 0 && files.every(looksRight),
  told: modelOf,
  read: async (files, options, context) => {
    const table = tableBuilder();
    const questions: Questions = { known: new Map(), perId: new Map() };
    const counts = { strings: 0, repeated: 0 };
    for (const [done, file] of files.entries()) {
      context.progress('reading models', done, files.length);
      const model = table.model(modelOf(file));
      for (const { value, line } of elements(await arrayOf(file), file.path)) {
        stopIfAborted(context);
        if (typeof value === 'string') counts.strings++;
        else if (!take(value, { table, questions, model, place: { file: file.path, line } }))
          counts.repeated++;
      }
    }
    context.progress('reading models', files.length, files.length);
    note(table, counts, questions);
    return table.finish({ name: tableName(files), format: 'mmlu-pro', options, file: files[0]?.path ?? '' });
  },
};

function looksRight(file: SourceFile): boolean {
  if (!fileName.test(file.name.replace(/^.*[/\\]/, ''))) return false;
  const head = headText(file);
  return endingOf(file.name) === 'zip' ? head.startsWith('PK\u0003\u0004') : head.trimStart().startsWith('[');
}

function modelOf(file: SourceFile): string {
  return fileName.exec(file.name.replace(/^.*[/\\]/, ''))?.[1] ?? stemOf(file.name);
}

/** The array as it is, or the one of the ZIP file; stray members (folders of macOS, hidden files) are passed over. */
async function arrayOf(file: SourceFile): Promise<Buffer> {
  if (endingOf(file.name) !== 'zip') return readBytes(file);
  await using zip = await openZip(file.path, limits);
  const tables = zip.entries.filter(
    ({ name }) => endingOf(name) === 'json' && !/(^|\/)(\.|__MACOSX\/)/.test(name),
  );
  const own = tables.filter(({ name }) => stemOf(name) === stemOf(file.name));
  const [only, ...more] = own.length > 0 ? own : tables;
  if (only === undefined || more.length > 0) {
    const found = only === undefined ? 'none is in it' : `${more.length + 1} are in it`;
    throw new SignalboxError('format', `one JSON file was expected in this ZIP file; ${found}.`, {
      file: file.path,
    });
  }
  return Buffer.from(await zip.read(only.name));
}

/** Rows of the table by id and text: under one id a few models were asked another question. */
interface Questions {
  readonly known: Map<string, { readonly row: number; readonly models: Set<number> }>;
  readonly perId: Map<string, number>;
}

interface Work {
  readonly table: TableBuilder;
  readonly questions: Questions;
  readonly model: number;
  readonly place: Place;
}

/** False where the model has answered this question before. */
function take(value: unknown, { table, questions, model, place }: Work): boolean {
  const { id, prompt, category, answer, pred } = recordOf(value, place);
  const key = `${id}\n${prompt}`;
  let question = questions.known.get(key);
  if (question === undefined) {
    const before = questions.perId.get(id) ?? 0;
    questions.perId.set(id, before + 1);
    const row = table.example({
      id: before === 0 ? `q${id}` : `q${id}#${before + 1}`,
      messages: userMessage(prompt),
      group: category,
      reference: answer,
    });
    question = { row, models: new Set() };
    questions.known.set(key, question);
  }
  if (question.models.has(model)) return false;
  question.models.add(model);
  const said = pred === '' ? ({ status: 'unparsed' } as const) : ({ answer: pred, status: 'ok' } as const);
  table.cell(question.row, model, { score: pred === answer ? 1 : 0, kind: 'binary', ...said, place });
  return true;
}

function recordOf(value: unknown, place: Place) {
  const wrong = (what: string): SignalboxError =>
    new SignalboxError(
      'row',
      `${what}. Each element must be {"question_id", "question", "options", "answer", "category", "pred"}.`,
      place,
    );
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('this element is not an object');
  const { question_id: id, question, options, answer, category, pred } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(id) && (typeof id !== 'string' || id === ''))
    throw wrong(`\`question_id\` is ${shown(id)} where a number was expected`);
  if (typeof question !== 'string') throw wrong(`\`question\` is ${shown(question)} where text was expected`);
  if (
    !Array.isArray(options) ||
    options.length > letters.length ||
    options.some((o) => typeof o !== 'string')
  )
    throw wrong(`\`options\` is ${shown(options)} where an array of at most 26 texts was expected`);
  if (typeof answer !== 'string' || !letters.slice(0, options.length).includes(answer) || answer.length !== 1)
    throw wrong(`\`answer\` is ${shown(answer)} where the letter of an option was expected`);
  if (typeof category !== 'string' || category === '')
    throw wrong(`\`category\` is ${shown(category)} where text was expected`);
  if (pred !== undefined && pred !== null && typeof pred !== 'string')
    throw wrong(`\`pred\` is ${shown(pred)} where a letter or null was expected`);
  const lines = (options as string[]).map((option, i) => `${letters[i]}. ${option}`);
  return {
    id: String(id),
    prompt: [question, ...lines].join('\n'),
    category,
    answer,
    pred: (pred ?? '').trim(),
  };
}

function note(
  table: TableBuilder,
  { strings, repeated }: { readonly strings: number; readonly repeated: number },
  { perId }: Questions,
): void {
  const several = [...perId.values()].filter((texts) => texts > 1).length;
  if (strings > 0) table.note(`${strings} elements are plain text and no records; they were not read.`);
  if (repeated > 0)
    table.note(`${repeated} records repeat a question of the same model; the first of each counts.`);
  if (several > 0)
    table.note(
      `${several} values of question_id stand for several questions; the later ones are called \`id#2\` and so on.`,
    );
}
