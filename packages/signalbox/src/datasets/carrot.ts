import { SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { type Example, userMessage } from '../core/query.ts';
import type { Matrix } from '../math/matrix.ts';
import { withFile } from './pickle/bytes.ts';
import { matrixOf, sizeOf, textsOf } from './pickle/cells.ts';
import { isPickle, textsAtStart } from './pickle/look.ts';
import { isNpy, readNpy } from './pickle/npy.ts';
import { readPickle } from './pickle/read.ts';
import { type Fail, failIn, isDict, type PyDict, type PyValue, typeOf } from './pickle/values.ts';
import { denseTable, distinctNames } from './table/dense.ts';
import { chosenMetric } from './table/metric.ts';
import { tableName } from './table/names.ts';

/**
 * CARROT: the pickled Open LLM Leaderboard v2, `{subtask: {correctness: models x items, models}}`,
 * or the dict that its scripts give to `np.save`: Q_train, Y_train, Q_test, Y_test and models.
 */
export const carrot: Format = {
  name: 'carrot',
  summary: 'pickled leaderboard by sub-task, or the .npy of train and test parts (CARROT)',
  metrics: true,
  detect: (files) => files.length > 0 && files.every(looksRight),
  read: async (files, options) => {
    const blocks: Block[] = [];
    for (const file of files) {
      const fail = failIn(file.path);
      await withFile(file.path, (source) => {
        const root = isNpy(file.head) ? readNpy(source) : readPickle(source);
        if (!isDict(root)) throw fail(`it holds ${typeOf(root)} where a dict was expected.`);
        blocks.push(
          ...(root.has('Y_train') ? partsIn(root, fail) : subtasksIn(root, { options, file, fail })),
        );
      });
    }
    return tableOf(blocks, files, options);
  },
};

function looksRight({ head }: SourceFile): boolean {
  if (isNpy(head)) return textsAtStart(head).some((text) => text === 'Q_train' || text === 'Y_train');
  if (!isPickle(head)) return false;
  const texts = textsAtStart(head);
  return texts.includes('correctness') && !['data', 'model', 'models'].includes(texts[0] ?? '');
}

/** Rows of one kind: a sub-task, or a part. */
interface Block {
  readonly examples: readonly Example[];
  readonly models: readonly string[];
  /** Items x models. */
  readonly scores: Matrix;
  readonly tokensIn?: Matrix;
  readonly tokensOut?: Matrix;
}

function subtasksIn(
  root: PyDict,
  { options, file, fail }: { readonly options: ReadOptions; readonly file: SourceFile; readonly fail: Fail },
): Block[] {
  return [...root].map(([name, entry]) => {
    const task = String(name);
    if (!isDict(entry)) throw fail(`the entry ${task} is ${typeOf(entry)}; a dict was expected.`);
    const models = textsOf(entry.get('models'), `the models of ${task}`, fail).map(plainName);
    const correctness = metricOf(entry.get('correctness'), task, { options, file });
    const what = `the correctness of ${task}`;
    const size = sizeOf(correctness);
    if (size !== undefined && size[0] !== models.length)
      throw fail(`${what} has ${size[0]} rows beside ${models.length} models; models x items was expected.`);
    const scores = transposed(matrixOf(correctness, what, fail));
    const examples = Array.from(
      { length: scores.rows },
      (_, i): Example => ({ id: `${task}/${i}`, messages: [], group: task }),
    );
    return { examples, models, scores };
  });
}

/** IFEval has several scores: the one that --metric names. */
function metricOf(
  value: PyValue | undefined,
  task: string,
  { options, file }: { readonly options: ReadOptions; readonly file: SourceFile },
): PyValue | undefined {
  if (!isDict(value)) return value;
  const of = { what: `the task ${task}`, place: { file: file.path } };
  return value.get(chosenMetric([...value.keys()].map(String), options, of));
}

/** `open-llm-leaderboard/owner__name-details` is `owner/name`. */
function plainName(name: string): string {
  return name
    .replace(/^open-llm-leaderboard\//, '')
    .replace(/-details$/, '')
    .replace('__', '/');
}

function transposed({ rows, cols, data }: Matrix): Matrix {
  const out = data.slice();
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]!;
  return { rows: cols, cols: rows, data: out };
}

function partsIn(root: PyDict, fail: Fail): Block[] {
  const models = textsOf(root.get('models'), '`models`', fail);
  return (['train', 'test'] as const).map((split) => {
    const texts = textsOf(root.get(`Q_${split}`), `\`Q_${split}\``, fail);
    const matrix = (letter: string): Matrix => {
      const what = `\`${letter}_${split}\``;
      const found = matrixOf(root.get(`${letter}_${split}`), what, fail);
      if (texts.length > 0 && (found.rows !== texts.length || found.cols !== models.length))
        throw fail(
          `${what} is ${found.rows} x ${found.cols} beside ${texts.length} texts and ${models.length} models.`,
        );
      return found;
    };
    const examples = texts.map(
      (text, i): Example => ({ id: `${split}/${i}`, messages: userMessage(text), split }),
    );
    const has = (letter: string): boolean => root.has(`${letter}_${split}`);
    return {
      examples,
      models,
      scores: matrix('Y'),
      ...(has('IT') && { tokensIn: matrix('IT') }),
      ...(has('OT') && { tokensOut: matrix('OT') }),
    };
  });
}

function tableOf(blocks: readonly Block[], files: readonly SourceFile[], options: ReadOptions) {
  const about = { name: tableName(files), format: 'carrot', options, file: files[0]?.path ?? '' };
  const notes: string[] = [];
  const columns = new Map<string, number>();
  let repeats = 0;
  const placed = blocks.map((block) => {
    const { names, repeated } = distinctNames(block.models);
    repeats += repeated;
    for (const name of names) if (!columns.has(name)) columns.set(name, columns.size);
    return { block, column: names.map((name) => columns.get(name)!) };
  });
  if (repeats > 0)
    notes.push(
      `${repeats} models have a name that stands before in their task; they are called \`name#2\` and so on.`,
    );
  const examples = blocks.flatMap((block) => block.examples);
  const size = { rows: examples.length, cols: columns.size };
  const whole = (of: (block: Block) => Matrix | undefined): Matrix | undefined => {
    if (blocks.every((block) => of(block) === undefined)) return undefined;
    const exact = blocks.every((block) => !(of(block)?.data instanceof Float64Array));
    const data = exact ? new Float32Array(size.rows * size.cols) : new Float64Array(size.rows * size.cols);
    data.fill(Number.NaN);
    let first = 0;
    for (const { block, column } of placed) {
      const from = of(block);
      for (let i = 0; from !== undefined && i < from.rows; i++)
        for (let m = 0; m < from.cols; m++)
          data[(first + i) * size.cols + column[m]!] = from.data[i * from.cols + m]!;
      first += block.examples.length;
    }
    return { ...size, data };
  };
  const [tokensIn, tokensOut] = [whole((block) => block.tokensIn), whole((block) => block.tokensOut)];
  const ids = new Set(examples.map(({ id }) => id));
  if (ids.size < examples.length)
    throw new SignalboxError('table', 'two of the files hold the same sub-task; give one of them.', {
      file: about.file,
    });
  return denseTable(
    {
      examples,
      models: [...columns.keys()],
      quality: whole((block) => block.scores) ?? { ...size, data: new Float32Array(0) },
      notes,
      more: { ...(tokensIn && { tokensIn }), ...(tokensOut && { tokensOut }) },
    },
    about,
  );
}
