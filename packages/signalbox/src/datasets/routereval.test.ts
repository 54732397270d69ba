import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { SignalboxError } from '../core/errors.ts';
import { textOf } from '../core/query.ts';
import { listFiles } from './list.ts';
import { openTable } from './open.ts';
import { array2d, dict, pickled, type Writable } from './pickle/write.fixture.ts';
import { type PlainTable, sameAfterImport } from './plain.fixture.ts';
import { readRouterEval } from './routereval.ts';
import { folderOf, openText, quietContext } from './tables.fixture.ts';

type Scores = readonly (readonly number[])[];

function pool(models: readonly string[], [train, val, test]: readonly [Scores, Scores, Scores]): Writable {
  return dict({
    data: dict({ train_score: array2d(train), val_score: array2d(val), test_score: array2d(test) }),
    model: models,
  });
}

/** Two items of training, one of validation and one of test, as the published files have them. */
const task = dict({
  easy: new Map([
    [
      3,
      dict({
        all_strong: pool(
          ['a', 'b', 'c'],
          [
            [
              [1, 0, 1],
              [0, 1, 1],
            ],
            [[1, 1, 1]],
            [[0, 0, 1]],
          ],
        ),
        all_weak: pool(
          ['c', 'd', 'a'],
          [
            [
              [1, 0, 0],
              [1, 0, 0],
            ],
            [[1, 0, 1]],
            [[1, 0, 0]],
          ],
        ),
      }),
    ],
  ]),
  split_index: dict({ train_index: [3, 0], val_index: [1], test_index: [2] }),
  embedding: dict({
    train_embed: array2d([
      [0.5, 1],
      [0, 1],
    ]),
    val_embed: array2d([[1, 1]]),
    test_embed: array2d([[0, 0]]),
  }),
  prompt: dict({ train_prompt: ['one', 'two'], val_prompt: ['three'], test_prompt: ['four'] }),
});

test('pools of a task are one table of all their models; one name with other scores is another model', async (t) => {
  const table = await openText(t, { name: 'gsm8k_router_dataset.pkl', content: pickled(task) });
  assert.equal(table.format, 'routereval');
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['a', 'b', 'c', 'd', 'a#2'],
  );
  assert.deepEqual(
    table.examples.map((example) => [example.id, example.split, example.source, textOf(example)]),
    [
      ['gsm8k/train/0', 'train', 'train', 'one'],
      ['gsm8k/train/1', 'train', 'train', 'two'],
      ['gsm8k/val/0', 'train', 'val', 'three'],
      ['gsm8k/test/0', 'test', 'test', 'four'],
    ],
  );
  assert.deepEqual([...table.quality.data], [1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0]);
  assert.equal(table.scoreKind, 'binary');
  assert.match(table.notes.join(' '), /2 pools of 3 to 3 models.*The 1 rows of validation are training rows/);
});

test('the study gets the pools one by one, with what they are made of', async (t) => {
  const folder = await folderOf(t, { 'gsm8k_router_dataset.pkl': pickled(task) });
  const [read, ...more] = await readRouterEval(await listFiles([folder]), quietContext());
  assert.deepEqual([read!.task, more.length], ['gsm8k', 0]);
  assert.deepEqual(
    read!.pools.map(({ path, models }) => [path, models]),
    [
      [
        ['easy', '3', 'all_strong'],
        ['a', 'b', 'c'],
      ],
      [
        ['easy', '3', 'all_weak'],
        ['c', 'd', 'a'],
      ],
    ],
  );
  assert.deepEqual([...read!.embeddings!.train.data], [0.5, 1, 0, 1]);
  assert.deepEqual(read!.prompts!.test, ['four']);
});

test('several tasks are groups; labels are told and not read', async (t) => {
  const graded = dict({
    data: dict({
      train_score: array2d([[0.9, 0.88]]),
      train_label: array2d([[1, 1]]),
      val_score: array2d([]),
      test_score: array2d([[0.1, 0.3]]),
    }),
    model: ['a', 'b'],
  });
  const folder = await folderOf(t, {
    'gsm8k_router_dataset.pkl': pickled(task),
    'harness_truthfulqa_mc_0_router_dataset.pkl': pickled(
      dict({
        easy: new Map([
          [
            5,
            dict({
              all_strong: dict({
                ...Object.fromEntries(graded),
                data: dict({ ...Object.fromEntries(graded.get('data') as never), val_score: emptyOf(2) }),
              }),
            }),
          ],
        ]),
      }),
    ),
  });
  const table = await openTable({ paths: [folder], options: {}, context: quietContext() });
  assert.deepEqual(
    table.examples.map(({ group }) => group),
    ['gsm8k', 'gsm8k', 'gsm8k', 'gsm8k', 'harness_truthfulqa_mc_0', 'harness_truthfulqa_mc_0'],
  );
  assert.deepEqual([...table.quality.data].slice(-5), [0.1, 0.3, Number.NaN, Number.NaN, Number.NaN]);
  assert.deepEqual([...table.k.data].slice(-5), [1, 1, 0, 0, 0]);
  assert.match(table.notes.join(' '), /`train_label`.*was not read/);
});

function emptyOf(cols: number): Writable {
  return { array: { dtype: 'f8', shape: [0, cols], cells: [] } };
}

const board = dict({
  data: dict({
    harness_gsm8k_5: dict({
      correctness: array2d(
        [
          [1, 0],
          [0, 0],
        ],
        'b1',
      ),
    }),
    harness_truthfulqa_mc_0: dict({ correctness: array2d([[0.25, 0.1]]) }),
  }),
  model: ['a', 'a'],
});

test('a leaderboard is a table with a group for each sub-task, and its prompts beside it', async (t) => {
  const prompts = dict({ harness_gsm8k_5: ['one', 'two'], other: ['x'] });
  const folder = await folderOf(t, {
    'leaderboard_score/leaderboard_old.pkl': pickled(board),
    'leaderboard_prompt/old_prompt.pkl': pickled(prompts),
  });
  const table = await openTable({ paths: [folder], options: {}, context: quietContext() });
  assert.deepEqual(
    table.examples.map((example) => [example.id, example.group, textOf(example)]),
    [
      ['harness_gsm8k_5/0', 'harness_gsm8k_5', 'one'],
      ['harness_gsm8k_5/1', 'harness_gsm8k_5', 'two'],
      ['harness_truthfulqa_mc_0/0', 'harness_truthfulqa_mc_0', ''],
    ],
  );
  assert.deepEqual([...table.quality.data], [1, 0, 0, 0, 0.25, 0.1]);
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['a', 'a#2'],
  );
  assert.match(table.notes.join(' '), /1 models of leaderboard_score\/leaderboard_old\.pkl have a name/);
});

test('what does not fit together is refused in a sentence', async (t) => {
  const refused = async (value: Writable, reason: RegExp, name = 'a_router_dataset.pkl'): Promise<void> => {
    await assert.rejects(openText(t, { name, content: pickled(value), format: 'routereval' }), (error) => {
      assert.ok(error instanceof SignalboxError, String(error));
      assert.match(error.message, reason);
      return true;
    });
  };
  const fields = Object.fromEntries(task);
  await refused(['a', 'list'], /holds a list where a dict was expected/);
  await refused(dict({ easy: 'nothing' }), /there is no pool in it/);
  await refused(
    dict({ ...fields, prompt: dict({ train_prompt: ['one'], val_prompt: ['x'], test_prompt: ['y'] }) }),
    /`train_prompt` holds 1 texts beside 2 rows/,
  );
  await refused(
    dict({ easy: dict({ x: pool(['a', 'b'], [[[1]], [[1]], [[1]]]) }) }),
    /`train_score` of easy\/x has 1 rows and 1 columns beside 2 models; items x models/,
  );
  await refused(
    dict({ easy: dict({ x: pool(['a'], [[[2]], [[1]], [[1]]]) }) }),
    /the score of a on a\/train\/0 is 2; a number in \[0, 1\]/,
  );
  const short = pool(['a', 'b', 'c'], [[[1, 1, 1]], [[1, 1, 1]], [[0, 0, 1]]]);
  await refused(
    dict({ ...fields, hard: dict({ y: short }) }),
    /the pool hard\/y has 1 rows in train, the first pool has 2/,
  );
});

test('a canonical table, pickled as RouterEval publishes pools, is the same table', async (t) => {
  const layout = ({ models, rows }: PlainTable) => {
    const of = (split: string) => rows.filter((row) => row.split === split);
    const scores = (some: PlainTable['rows'], columns: readonly number[]): Writable => ({
      array: {
        dtype: 'f8',
        shape: [some.length, columns.length],
        cells: some.flatMap(({ cells }) => columns.map((j) => cells[j]!.score!)),
      },
    });
    const poolOf = (columns: readonly number[]): Writable =>
      dict({
        data: dict({
          train_score: scores(of('train'), columns),
          val_score: scores([], columns),
          test_score: scores(of('test'), columns),
        }),
        model: columns.map((j) => models[j]!),
      });
    const all = [...models.keys()];
    return {
      'x_router_dataset.pkl': pickled(
        dict({
          easy: new Map([
            [3, dict({ all_strong: poolOf(all.slice(0, 2)), strong_to_weak: poolOf([...all].reverse()) })],
          ]),
          prompt: dict({
            train_prompt: of('train').map(({ text }) => text),
            val_prompt: [],
            test_prompt: of('test').map(({ text }) => text),
          }),
        }),
      ),
    };
  };
  await sameAfterImport(t, { name: 'routereval', holds: { splits: ['train', 'test'] }, layout });
});

test('a canonical table, pickled as a leaderboard with its prompts, is the same table', async (t) => {
  const layout = ({ models, rows }: PlainTable) => {
    const tasks = [...new Set(rows.map(({ group }) => group!))];
    const of = (task: string) => rows.filter(({ group }) => group === task);
    const board = dict({
      data: new Map(
        tasks.map((task) => [
          task,
          dict({ correctness: array2d(of(task).map(({ cells }) => cells.map(({ score }) => score!))) }),
        ]),
      ),
      model: models,
    });
    const prompts = new Map(tasks.map((task) => [task, of(task).map(({ text }) => text)]));
    return {
      'leaderboard_new.pkl': pickled(board),
      'new_prompt.pkl': pickled(prompts),
    };
  };
  await sameAfterImport(t, { name: 'routereval', holds: { groups: ['bbh', 'gpqa_main'] }, layout });
});

test('the .npz that the scripts of RouterEval pass on is one pool without names', async (t) => {
  const { readFileSync } = await import('node:fs');
  const { files } = JSON.parse(
    readFileSync(join(import.meta.dirname, 'pickle/fixtures/numpy-2.json'), 'utf8'),
  ) as { files: Record<string, string> };
  const table = await openText(t, { name: 'tmp.npz', content: Buffer.from(files['pool.npz']!, 'base64') });
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['model 1', 'model 2', 'model 3'],
  );
  assert.deepEqual([...table.quality.data], [0, 0.25, 0.5, 0.75, 1, 1, 0, 0.25, 0.5, 0.75, 1, 1]);
  assert.deepEqual(table.examples.map(textOf), ['one', 'two', 'three', 'four']);
});
