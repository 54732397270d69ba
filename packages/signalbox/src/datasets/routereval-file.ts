import type { SourceFile } from '../core/format.ts';
import type { Matrix } from '../math/matrix.ts';
import { stemOf } from './files/files.ts';
import { matrixOf, sizeOf, textsOf } from './pickle/cells.ts';
import { type Fail, isDict, type PyDict, type PyValue, typeOf } from './pickle/values.ts';

export const parts = ['train', 'val', 'test'] as const;
export type Part = (typeof parts)[number];
type ByPart<T> = Readonly<Record<Part, T>>;

/** Some models of a task, chosen in one way: what a router of RouterEval chooses among. */
export interface RouterEvalPool {
  /** Where it stands: `easy`, `3`, `all_strong`. */
  readonly path: readonly string[];
  readonly models: readonly string[];
  /** Items x models of the pool. */
  readonly scores: ByPart<Matrix>;
  /** Labels to train on where the file has them apart from the scores (TruthfulQA). */
  readonly labels?: Matrix;
}

/** One `<task>_router_dataset.pkl`. */
export interface RouterEvalFile {
  readonly task: string;
  readonly file: string;
  readonly pools: readonly RouterEvalPool[];
  readonly prompts?: ByPart<readonly string[]>;
  readonly embeddings?: ByPart<Matrix>;
}

/** A matrix of every model's score on every item of each sub-task. */
export interface Leaderboard {
  readonly models: readonly string[];
  readonly scores: readonly { readonly task: string; readonly correctness: Matrix }[];
}

/** Whether a dict is a leaderboard: `{data: {task: {correctness}}, model: [...]}`. */
export function isLeaderboard(root: PyDict): boolean {
  const data = root.get('data');
  if (!isDict(data)) return false;
  const [first] = data.values();
  return isDict(first) && first.has('correctness');
}

/** Texts by sub-task, from `leaderboard_prompt`. */
export function promptsIn(root: PyDict, fail: Fail): Map<string, readonly string[]> {
  const prompts = new Map<string, readonly string[]>();
  for (const [task, texts] of root) prompts.set(String(task), textsOf(texts, `the prompts of ${task}`, fail));
  return prompts;
}

/** @throws where something is not as RouterEval publishes it */
export function leaderboardIn(root: PyDict, fail: Fail): Leaderboard {
  const models = textsOf(root.get('model') ?? root.get('models'), '`model`', fail);
  const scores = [...(root.get('data') as PyDict)].map(([task, entry]) => {
    const what = `the correctness of ${task}`;
    if (!isDict(entry)) throw fail(`${what} is ${typeOf(entry)}; a dict was expected.`);
    const given = entry.get('correctness');
    checkCols(given, { what, models, fail });
    return { task: String(task), correctness: matrixOf(given, what, fail) };
  });
  return { models, scores };
}

/** @throws where something is not as RouterEval publishes it */
export function routerEvalIn(root: PyDict, file: SourceFile, fail: Fail): RouterEvalFile {
  const pools = [...poolsIn(root, [], fail)];
  if (pools.length === 0)
    throw fail(
      'there is no pool in it: a dict with `data` (train_score, val_score, test_score) and `model` was expected below easy and hard.',
    );
  const rows = rowsOf(pools[0]!);
  for (const pool of pools) {
    const other = rowsOf(pool);
    const differs = parts.find((part) => other[part] !== rows[part]);
    if (differs !== undefined)
      throw fail(
        `the pool ${pool.path.join('/')} has ${other[differs]} rows in ${differs}, the first pool has ${rows[differs]}: pools of one file share their items.`,
      );
  }
  const prompt = root.get('prompt');
  const embedding = root.get('embedding');
  const task = stemOf(file.name).replace(/_router_dataset$|_dataset$/, '');
  return {
    task,
    file: file.path,
    pools,
    ...(isDict(prompt) && { prompts: promptParts(prompt, rows, fail) }),
    ...(isDict(embedding) && { embeddings: embeddingParts(embedding, rows, fail) }),
  };
}

function* poolsIn(node: PyDict, path: readonly string[], fail: Fail): Generator<RouterEvalPool> {
  const data = node.get('data');
  if (isDict(data) && data.has('test_score')) {
    yield poolIn(node, data, { path, fail });
    return;
  }
  for (const [key, child] of node) if (isDict(child)) yield* poolsIn(child, [...path, String(key)], fail);
}

function poolIn(
  node: PyDict,
  data: PyDict,
  { path, fail }: { readonly path: readonly string[]; readonly fail: Fail },
): RouterEvalPool {
  const where = path.length === 0 ? '' : ` of ${path.join('/')}`;
  const given = node.get('model') ?? node.get('models');
  const width = sizeOf(data.get('test_score'))?.[1] ?? 0;
  const models =
    given === undefined
      ? Array.from({ length: width }, (_, m) => `model ${m + 1}`)
      : textsOf(given, `\`model\`${where}`, fail);
  const scores = (name: string): Matrix => {
    const what = `\`${name}\`${where}`;
    checkCols(data.get(name), { what, models, fail });
    return matrixOf(data.get(name), what, fail);
  };
  const labels = data.has('train_label') ? scores('train_label') : undefined;
  return {
    path,
    models,
    scores: { train: scores('train_score'), val: scores('val_score'), test: scores('test_score') },
    ...(labels && { labels }),
  };
}

function checkCols(
  given: PyValue | undefined,
  { what, models, fail }: { readonly what: string; readonly models: readonly string[]; readonly fail: Fail },
): void {
  const size = sizeOf(given);
  if (size !== undefined && size[1] !== models.length)
    throw fail(
      `${what} has ${size[0]} rows and ${size[1]} columns beside ${models.length} models; items x models was expected.`,
    );
}

function rowsOf({ scores }: RouterEvalPool): ByPart<number> {
  return { train: scores.train.rows, val: scores.val.rows, test: scores.test.rows };
}

function promptParts(prompt: PyDict, rows: ByPart<number>, fail: Fail): ByPart<readonly string[]> {
  const of = (part: Part): readonly string[] => {
    const name = `${part}_prompt`;
    const texts = textsOf(prompt.get(name), `\`${name}\``, fail);
    if (texts.length !== rows[part])
      throw fail(`\`${name}\` holds ${texts.length} texts beside ${rows[part]} rows of scores.`);
    return texts;
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}

function embeddingParts(embedding: PyDict, rows: ByPart<number>, fail: Fail): ByPart<Matrix> {
  const of = (part: Part): Matrix => {
    const name = `${part}_embed`;
    const given = matrixOf(embedding.get(name), `\`${name}\``, fail);
    // Features are 32-bit floats everywhere.
    const vectors =
      given.data instanceof Float32Array ? given : { ...given, data: Float32Array.from(given.data) };
    if (vectors.rows !== rows[part])
      throw fail(`\`${name}\` holds ${vectors.rows} rows beside ${rows[part]} rows of scores.`);
    return vectors;
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}
