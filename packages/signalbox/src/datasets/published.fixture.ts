import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Sample } from './contract.ts';
import { array2d, dict, pickled } from './pickle/write.fixture.ts';
import type { PlainCell, PlainRow, PlainTable } from './plain.fixture.ts';

/** Layouts in which benchmarks publish their tables, written for tests. */

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Every cell with its row and model, absent cells left out. */
function calls({ models, rows }: PlainTable) {
  return rows.flatMap((row, i) =>
    row.cells.flatMap((cell, j) => (cell.score === null ? [] : [{ row, cell, i, j, model: models[j]! }])),
  );
}

function csvText(header: readonly string[], lines: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string =>
    typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value ?? '');
  return [header, ...lines].map((line) => line.map(cell).join(',')).join('\n');
}

function jsonLines(values: readonly object[]): string {
  return values.map((value) => JSON.stringify(value)).join('\n');
}

/** A file for each part that has rows. */
function byPart(
  table: PlainTable,
  name: (part: string) => string,
  write: (some: PlainTable) => string | Uint8Array,
): Files {
  const parts = [...new Set(table.rows.map(({ split }) => split ?? 'all'))];
  return Object.fromEntries(
    parts.map((part) => [
      name(part),
      write({ ...table, rows: table.rows.filter(({ split }) => (split ?? 'all') === part) }),
    ]),
  );
}

export function embedllmLayout(table: PlainTable): Files {
  return {
    ...byPart(
      table,
      (part) => `${part}.csv`,
      (some) =>
        csvText(
          ['prompt_id', 'model_id', 'model_name', 'category_id', 'category', 'label', 'prompt'],
          calls(some).map(({ row, cell, i, j, model }) => [i, j, model, 0, row.group, cell.score, row.text]),
        ),
    ),
    'model_order.csv': csvText(
      ['model_id', 'model_name'],
      table.models.map((model, j) => [j, model]),
    ),
  };
}

export function irtRouterLayout(table: PlainTable): Files {
  return byPart(
    table,
    (part) => `${part}.csv`,
    (some) =>
      csvText(
        [
          'id',
          'question',
          'ground_truth',
          'completion',
          'input_tokens',
          'output_tokens',
          'cost',
          'performance',
          'task',
          'llm',
        ],
        calls(some).map(({ row, cell, i, model }) => [
          i,
          row.text,
          row.reference,
          cell.answer,
          cell.tokensIn,
          cell.tokensOut,
          cell.cost,
          cell.score,
          row.group,
          model,
        ]),
      ),
  );
}

export function avengersProLayout(table: PlainTable): Files {
  const of = (row: PlainRow, value: (cell: PlainCell) => unknown): object =>
    Object.fromEntries(
      table.models.flatMap((model, j) =>
        row.cells[j]!.score === null ? [] : [[model, value(row.cells[j]!)]],
      ),
    );
  return {
    'dataset.jsonl': jsonLines(
      table.rows.map((row, index) => ({
        query: row.text,
        records: of(row, ({ score }) => score),
        usages: of(row, ({ cost }) => ({ cost })),
        dataset: row.group,
        index,
      })),
    ),
  };
}

export function llmrouterLayout(table: PlainTable): Files {
  return {
    ...byPart(
      table,
      (part) => `default_routing_${part}_data.jsonl`,
      (some) =>
        jsonLines(
          calls(some).map(({ row, cell, i, model }) => ({
            task_name: row.group,
            query: row.text,
            ground_truth: row.reference,
            metric: 'em',
            choices: null,
            task_id: null,
            model_name: model,
            response: cell.answer,
            token_num: (cell.tokensIn ?? 0) + (cell.tokensOut ?? 0),
            input_tokens: cell.tokensIn,
            output_tokens: cell.tokensOut,
            performance: cell.score,
            embedding_id: i,
            user_id: null,
          })),
        ),
    ),
    'default_query_train.jsonl': jsonLines([
      { task_name: 'mmlu', query: 'unanswered', ground_truth: 'A', metric: 'em_mc' },
    ]),
  };
}

export function llmrouterbenchLayout({ models, rows }: PlainTable): Files {
  const files: Record<string, string> = {};
  for (const group of new Set(rows.map((row) => row.group!)))
    models.forEach((model, j) => {
      const some = rows.flatMap((row, index) =>
        row.group === group && row.cells[j]!.score !== null ? [{ row, index, cell: row.cells[j]! }] : [],
      );
      const records = some.map(({ row, index, cell }) => ({
        index,
        origin_query: row.text,
        prompt: row.text,
        prediction: cell.answer,
        raw_output: 'the whole answer',
        ground_truth: row.reference,
        score: cell.score,
        prompt_tokens: cell.tokensIn,
        completion_tokens: cell.tokensOut,
        cost: cell.cost,
      }));
      const folder = `${group}/test/model-${j}`;
      const top = { performance: 0.5, time_taken: 1, dataset_name: group, split: 'test', model_name: model };
      const older = [{ ...records[0], score: 0, prediction: 'older' }];
      files[`${folder}/${group}-test-${j}-20250102_030405.json`] = JSON.stringify({
        ...top,
        demo: false,
        records,
      });
      if (records.length === 0) return;
      files[`${folder}/${group}-test-${j}-20240102_030405.json`] = JSON.stringify({ ...top, records: older });
      files[`${folder}/${group}-test-${j}-20260102_030405.json`] = JSON.stringify(
        { ...top, demo: true, records: older },
        null,
        2,
      );
    });
  return files;
}

export function sproutLayout(table: PlainTable): Files {
  const fields = ['score', 'num_input_tokens', 'num_output_tokens', 'response'] as const;
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;
  return byPart(
    table,
    (part) => `${part}-00000-of-00001.parquet`,
    (some) =>
      new Uint8Array(
        parquetWriteBuffer({
          schema: [
            { name: 'root', num_children: 2 + some.models.length },
            { name: 'prompt', ...text },
            { name: 'dataset', ...text },
            ...some.models.flatMap((name) => [
              { name, num_children: 4, repetition_type: 'OPTIONAL' as const },
              ...fields.map((field) =>
                field === 'response'
                  ? { name: field, ...text }
                  : { name: field, type: 'DOUBLE' as const, repetition_type: 'OPTIONAL' as const },
              ),
            ]),
          ],
          columnData: [
            { name: 'prompt', data: some.rows.map((row) => row.text) },
            { name: 'dataset', data: some.rows.map((row) => row.group) },
            ...some.models.map((name, j) => ({
              name,
              data: some.rows.map(({ cells }) => {
                const { score, tokensIn, tokensOut, answer } = cells[j]!;
                return score === null
                  ? null
                  : { score, num_input_tokens: tokensIn, num_output_tokens: tokensOut, response: answer };
              }),
            })),
          ],
        }),
      ),
  );
}

export function carrotLayout({ models, rows }: PlainTable): Files {
  const tasks = [...new Set(rows.map(({ group }) => group!))];
  return {
    'new_leaderboard_processed_20241205.pickle': pickled(
      new Map(
        tasks.map((task) => [
          task,
          dict({
            correctness: array2d(
              models.map((_, j) =>
                rows.filter(({ group }) => group === task).map(({ cells }) => cells[j]!.score!),
              ),
            ),
            models: models.map((model) => [`open-llm-leaderboard/${model.replace('/', '__')}-details`]),
          }),
        ]),
      ),
    ),
  };
}

/** A dict that is given to `np.save`: an array of one object, pickled. */
export function carrotPartsLayout({ models, rows }: PlainTable): Files {
  const of = (split: string) => rows.filter((row) => row.split === split);
  const matrix = (split: string, cell: (cell: PlainCell) => number) => ({
    array: {
      dtype: 'f8' as const,
      shape: [of(split).length, models.length],
      cells: of(split).flatMap(({ cells }) => cells.map(cell)),
    },
  });
  const parts = Object.fromEntries(
    (['train', 'test'] as const).flatMap((split) => [
      [`Q_${split}`, of(split).map(({ text }) => text)],
      [`Y_${split}`, matrix(split, ({ score }) => score!)],
      [`IT_${split}`, matrix(split, ({ tokensIn }) => tokensIn!)],
      [`OT_${split}`, matrix(split, ({ tokensOut }) => tokensOut!)],
    ]),
  );
  const header = `{'descr': '|O', 'fortran_order': False, 'shape': (), }`.padEnd(117, ' ');
  const body = pickled({ object: dict({ ...parts, models }) });
  return {
    'sprout_data_train_test.npy': Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.from([118, 0]),
      Buffer.from(`${header}\n`, 'latin1'),
      body,
    ]),
  };
}

const cell = (score: number): PlainCell => ({
  score,
  cost: 0.5,
  tokensIn: 3,
  tokensOut: 4,
  answer: 'an answer',
});
const row = (text: string, group: string, scores: readonly number[]): PlainRow => ({
  text,
  group,
  split: 'train',
  reference: 'right',
  cells: scores.map(cell),
});
const small: PlainTable = {
  models: ['a', 'b'],
  rows: [row('1+1?', 'maths', [1, 0]), row('Who?', 'history', [0, 1])],
};

function sample(layout: (table: PlainTable) => Files): Sample {
  return { files: layout(small), rows: 2, models: ['a', 'b'] };
}

/** Small sources of formats that benchmarks publish. */
export const publishedSamples = {
  routereval: {
    files: {
      'x_router_dataset.pkl': pickled(
        dict({
          data: dict({
            train_score: array2d([[1, 0]]),
            val_score: array2d([[0, 1]]),
            test_score: array2d([[1, 1]]),
          }),
          model: ['a', 'b'],
        }),
      ),
    },
    rows: 3,
    models: ['a', 'b'],
  },
  embedllm: sample(embedllmLayout),
  llmrouter: sample(llmrouterLayout),
  llmrouterbench: sample(llmrouterbenchLayout),
  sprout: sample(sproutLayout),
  carrot: sample(carrotLayout),
  'irt-router': sample(irtRouterLayout),
  'avengers-pro': sample(avengersProLayout),
} satisfies Record<string, Sample>;
