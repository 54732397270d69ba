import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { type Example, userMessage } from '../core/query.ts';
import type { Matrix } from '../math/matrix.ts';
import { endingOf, stopIfAborted } from './files/files.ts';
import { withFile } from './pickle/bytes.ts';
import { isPickle, textsAtStart } from './pickle/look.ts';
import { readNpz } from './pickle/npy.ts';
import { readPickle } from './pickle/read.ts';
import { failIn, isDict, type PyDict, typeOf } from './pickle/values.ts';
import {
  isLeaderboard,
  type Leaderboard,
  leaderboardIn,
  parts,
  promptsIn,
  type RouterEvalFile,
  type RouterEvalPool,
  routerEvalIn,
} from './routereval-file.ts';
import { denseTable, distinctNames } from './table/dense.ts';
import { tableName } from './table/names.ts';

/** Cells of a table that one process holds; a leaderboard of RouterEval has up to 170 million. */
const mostCells = 2 ** 28;

/**
 * RouterEval (arXiv 2503.10657): `router_dataset/<task>_router_dataset.pkl` with pools of 3 to 1000 models over the
 * same items; the `.npz` of one pool that its scripts pass on; or `leaderboard_score/*.pkl`, every model's score on
 * every item, with the texts of `leaderboard_prompt/*.pkl` beside it.
 */
export const routereval: Format = {
  name: 'routereval',
  summary: 'pickled pools of a task, the .npz of one pool, or a pickled leaderboard (RouterEval)',
  detect: (files) =>
    files.length > 0 && files.every((file) => looksRight(file) || isPrompts(file)) && files.some(looksRight),
  read: async (files, options, context) => {
    const { tasks, boards, prompts } = await readAll(files, context);
    if (tasks.length > 0 && boards.length > 0)
      throw new SignalboxError(
        'format',
        'pools and leaderboards are given together, and a leaderboard holds the pools: give one of them.',
        { file: files[0]?.path ?? '' },
      );
    return boards.length > 0
      ? leaderboardTable({ boards, prompts, files, options })
      : poolsTable({ tasks, files, options });
  },
};

/** The pools of each task, as they are published. @throws SignalboxError for a file that holds none */
export async function readRouterEval(
  files: readonly SourceFile[],
  context: Context,
): Promise<RouterEvalFile[]> {
  return (await readAll(files.filter(looksRight), context)).tasks;
}

const ownKeys = [
  'all_strong',
  'all_weak',
  'strong_to_weak',
  'train_score',
  'train_embed',
  'train_prompt',
  'split_index',
];

function looksRight(file: SourceFile): boolean {
  if (endingOf(file.name) === 'npz') return /train_(score|embed|prompt)\.npy/.test(latin(file));
  if (!isPickle(file.head)) return false;
  const seen = textsAtStart(file.head);
  if (seen.some((text) => ownKeys.includes(text))) return true;
  return seen.includes('correctness') && ['data', 'model', 'models'].includes(seen[0] ?? '');
}

/** Pickled texts of a leaderboard: told by their name, as a dict of lists could be anything. */
function isPrompts(file: SourceFile): boolean {
  return isPickle(file.head) && /_prompt\.(pkl|pickle)$/.test(file.name);
}

function latin({ head }: SourceFile): string {
  return Buffer.from(head).toString('latin1');
}

interface Read {
  readonly tasks: RouterEvalFile[];
  readonly boards: { readonly board: Leaderboard; readonly file: SourceFile }[];
  readonly prompts: Map<string, readonly string[]>;
}

async function readAll(files: readonly SourceFile[], context: Context): Promise<Read> {
  const read: Read = { tasks: [], boards: [], prompts: new Map() };
  for (const [i, file] of files.entries()) {
    stopIfAborted(context);
    context.progress('reading', i, files.length);
    const fail = failIn(file.path);
    const take = (root: unknown): void => {
      if (!isDict(root)) throw fail(`it holds ${typeOf(root as never)} where a dict was expected.`);
      if (isPrompts(file)) for (const [task, texts] of promptsIn(root, fail)) read.prompts.set(task, texts);
      else if (isLeaderboard(root)) read.boards.push({ board: leaderboardIn(root, fail), file });
      else read.tasks.push(routerEvalIn(root, file, fail));
    };
    if (endingOf(file.name) === 'npz') take(nested(await readNpz(file.path)));
    else await withFile(file.path, (source) => take(readPickle(source)));
  }
  context.progress('reading', files.length, files.length);
  return read;
}

/** The arrays of an `.npz` in the places where a pickle has them. */
function nested(arrays: PyDict): PyDict {
  const under = (ending: string): PyDict =>
    new Map([...arrays].filter(([name]) => String(name).endsWith(ending)));
  const root: PyDict = new Map([['data', new Map([...under('_score'), ...under('_label')])]]);
  for (const [name, ending] of [
    ['embedding', '_embed'],
    ['prompt', '_prompt'],
  ] as const)
    if (under(ending).size > 0) root.set(name, under(ending));
  return root;
}

/** One table of all models of all pools: a model that stands in several is one column. */
function poolsTable(given: {
  readonly tasks: readonly RouterEvalFile[];
  readonly files: readonly SourceFile[];
  readonly options: ReadOptions;
}): Dataset {
  const { tasks, files, options } = given;
  const about = { name: tableName(files), format: 'routereval', options, file: files[0]?.path ?? '' };
  const columns = new Map<string, number>();
  const placed = tasks.map((task) => ({ task, pools: columnsOf(task, columns) }));
  const examples = tasks.flatMap((task) => examplesOf(task, tasks.length > 1));
  const sources = tasks.flatMap(({ pools }) =>
    pools.flatMap(({ scores }) => parts.map((part) => scores[part])),
  );
  const size = { rows: examples.length, cols: columns.size };
  const covered = placed.every(
    ({ pools }) => new Set(pools.flatMap(({ column }) => column)).size === size.cols,
  );
  const quality = empty(size, { sources, covered, file: about.file });
  let first = 0;
  for (const { task, pools } of placed) {
    for (const { pool, column } of pools) fill(quality, { pool, column, first });
    first += parts.reduce((sum, part) => sum + task.pools[0]!.scores[part].rows, 0);
  }
  return denseTable({ examples, models: [...columns.keys()], quality, notes: notesOf(tasks) }, about);
}

/** Room for the scores of several sources; NaN where nothing will be set. `covered`: a source has every cell. */
function empty(
  { rows, cols }: { readonly rows: number; readonly cols: number },
  of: { readonly sources: readonly Matrix[]; readonly covered: boolean; readonly file: string },
): Matrix {
  if (rows * cols > mostCells)
    throw new SignalboxError(
      'table',
      `together these files are ${rows} rows x ${cols} models, more than one table holds: give one task at a time.`,
      { file: of.file },
    );
  const bytes = of.sources.every(({ data }) => data instanceof Uint8Array);
  if (of.covered && bytes) return { rows, cols, data: new Uint8Array(rows * cols) };
  const double = of.sources.some(({ data }) => data instanceof Float64Array);
  const data = double ? new Float64Array(rows * cols) : new Float32Array(rows * cols);
  return { rows, cols, data: data.fill(Number.NaN) };
}

/** Column of each model of each pool. One name with other scores in another pool is another model: `name#2`. */
function columnsOf(task: RouterEvalFile, columns: Map<string, number>) {
  const seen = new Map<string, { pool: RouterEvalPool; model: number }>();
  return task.pools.map((pool) => ({
    pool,
    column: distinctNames(pool.models).names.map((name, model) => {
      let id = name;
      for (let n = 2; ; n++) {
        const before = seen.get(id);
        if (before === undefined || sameScores(before, { pool, model })) break;
        id = `${name}#${n}`;
      }
      if (!seen.has(id)) seen.set(id, { pool, model });
      if (!columns.has(id)) columns.set(id, columns.size);
      return columns.get(id)!;
    }),
  }));
}

interface Placed {
  readonly pool: RouterEvalPool;
  readonly model: number;
}

function sameScores(a: Placed, b: Placed): boolean {
  return parts.every((part) => {
    const [x, y] = [a.pool.scores[part], b.pool.scores[part]];
    for (let i = 0; i < x.rows; i++)
      if (!Object.is(x.data[i * x.cols + a.model], y.data[i * y.cols + b.model])) return false;
    return true;
  });
}

function fill(
  quality: Matrix,
  given: { readonly pool: RouterEvalPool; readonly column: readonly number[]; readonly first: number },
): void {
  let row = given.first;
  for (const part of parts) {
    const scores = given.pool.scores[part];
    for (let i = 0; i < scores.rows; i++, row++)
      for (let m = 0; m < scores.cols; m++)
        quality.data[row * quality.cols + given.column[m]!] = scores.data[i * scores.cols + m]!;
  }
}

/** What the format calls validation is training to us, and told by `source`. */
function examplesOf({ task, pools, prompts }: RouterEvalFile, several: boolean): Example[] {
  return parts.flatMap((part) =>
    Array.from({ length: pools[0]!.scores[part].rows }, (_, i): Example => {
      const text = prompts?.[part][i];
      return {
        id: `${task}/${part}/${i}`,
        messages: text === undefined ? [] : userMessage(text),
        ...(several && { group: task }),
        split: part === 'test' ? 'test' : 'train',
        source: part,
      };
    }),
  );
}

function notesOf(tasks: readonly RouterEvalFile[]): string[] {
  const notes: string[] = [];
  const pools = tasks.flatMap((task) => task.pools);
  if (pools.length > tasks.length)
    notes.push(
      `${pools.length} pools of ${Math.min(...pools.map(({ models }) => models.length))} to ${Math.max(...pools.map(({ models }) => models.length))} models over the same items are one table of all their models; \`reproduce routereval\` takes them one by one.`,
    );
  const validation = tasks.reduce((sum, task) => sum + task.pools[0]!.scores.val.rows, 0);
  if (validation > 0)
    notes.push(`The ${validation} rows of validation are training rows here; \`source\` tells them apart.`);
  const labelled = pools.filter(({ labels }) => labels !== undefined).length;
  if (labelled > 0)
    notes.push('`train_label` (1 from 95 % of the best score on) is not the score, and was not read.');
  return notes;
}

function leaderboardTable(given: {
  readonly boards: readonly { readonly board: Leaderboard; readonly file: SourceFile }[];
  readonly prompts: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly SourceFile[];
  readonly options: ReadOptions;
}): Dataset {
  const { boards, prompts, files, options } = given;
  const about = { name: tableName(files), format: 'routereval', options, file: files[0]?.path ?? '' };
  const notes: string[] = [];
  const columns = new Map<string, number>();
  const placed = boards.map(({ board, file }) => {
    const { names, repeated } = distinctNames(board.models);
    if (repeated > 0)
      notes.push(
        `${repeated} models of ${file.name} have a name that stands before; they are called \`name#2\` and so on.`,
      );
    for (const name of names) if (!columns.has(name)) columns.set(name, columns.size);
    return { board, file, column: names.map((name) => columns.get(name)!) };
  });
  const all = placed.flatMap(({ board, file, column }) =>
    board.scores.map((scores) => ({ ...scores, file, column })),
  );
  const rows = all.reduce((sum, { correctness }) => sum + correctness.rows, 0);
  const quality = empty(
    { rows, cols: columns.size },
    {
      sources: all.map(({ correctness }) => correctness),
      covered: placed.every(({ column }) => column.length === columns.size),
      file: about.file,
    },
  );
  const examples: Example[] = [];
  for (const { task, correctness, file, column } of all) {
    const texts = prompts.get(task);
    if (texts !== undefined && texts.length !== correctness.rows)
      throw failIn(file.path)(
        `${task} has ${correctness.rows} rows of scores beside ${texts.length} prompts.`,
      );
    const first = examples.length;
    for (let i = 0; i < correctness.rows; i++) {
      const text = texts?.[i];
      const messages = text === undefined ? [] : userMessage(text);
      examples.push({ id: `${task}/${i}`, messages, group: task });
      for (let m = 0; m < correctness.cols; m++)
        quality.data[(first + i) * quality.cols + column[m]!] = correctness.data[i * correctness.cols + m]!;
    }
  }
  return denseTable({ examples, models: [...columns.keys()], quality, notes }, about);
}
