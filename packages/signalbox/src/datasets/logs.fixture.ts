import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import type { Sample } from './contract.ts';
import { zipBytes } from './files/zip.fixture.ts';
import { openTable } from './open.ts';
import type { PlainCell, PlainRow, PlainTable } from './plain.fixture.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

/**
 * Layouts in which tools write their logs, and logs: those of Inspect, lm-evaluation-harness and promptfoo by the tools
 * themselves (scripts/fixtures), the others by hand after the schema.
 */

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** One observed cell and where it stands. */
interface Observed {
  readonly row: PlainRow;
  readonly i: number;
  readonly cell: PlainCell;
}

/** What a model answered, in the order of the rows. */
export function answersOf({ rows }: PlainTable, model: number): readonly Observed[] {
  return rows.flatMap((row, i) => {
    const cell = row.cells[model]!;
    return cell.score === null ? [] : [{ row, i, cell }];
  });
}

export function groupsOf({ rows }: PlainTable): readonly (string | null)[] {
  return [...new Set(rows.map(({ group }) => group))];
}

export function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** Numbers that a tool writes as 0 where it does not know them. */
export function zeroIsUnknown(
  table: PlainTable,
  of: readonly ('cost' | 'tokensIn' | 'tokensOut')[] = ['cost', 'tokensIn', 'tokensOut'],
): PlainTable {
  return {
    ...table,
    rows: table.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell) => ({
        ...cell,
        ...Object.fromEntries(of.filter((name) => cell[name] === 0).map((name) => [name, null])),
      })),
    })),
  };
}

/** A log for each model and task, of the first model packed. */
export function inspectLayout(table: PlainTable): Files {
  const files: Record<string, string | Uint8Array> = {};
  for (const task of groupsOf(table)) {
    table.models.forEach((model, j) => {
      const header = {
        version: 2,
        status: 'success',
        eval: { run_id: 'r', task, model, dataset: {}, config: { epochs: 1 } },
      };
      const samples = answersOf(table, j)
        .filter(({ row }) => row.group === task)
        .map(({ row, i, cell }) => ({
          id: i,
          epoch: 1,
          input: row.text,
          target: row.reference,
          output: { completion: cell.answer, choices: [{ stop_reason: 'stop' }] },
          scores: { match: { value: cell.score, answer: cell.answer } },
          model_usage: {
            [model]: {
              input_tokens: cell.tokensIn,
              output_tokens: cell.tokensOut,
              total_cost: cell.cost,
            },
          },
        }));
      if (j > 0) files[`${task}-${j}.json`] = JSON.stringify({ ...header, samples }, null, 2);
      else {
        files[`${task}-${j}.eval`] = zipBytes([
          { name: '_journal/start.json', content: JSON.stringify({ version: 2, eval: header.eval }) },
          ...samples.map((sample) => ({
            name: `samples/${sample.id}_epoch_1.json`,
            content: JSON.stringify(sample),
            method: 93 as const,
          })),
          { name: 'header.json', content: JSON.stringify(header) },
        ]);
      }
    });
  }
  return files;
}

/** A folder for each model: a file for each task, each document under two filters, and the summary. */
export function lmEvalLayout(table: PlainTable): Files {
  const files: Record<string, string> = {};
  const date = '2026-11-25T15-02-22.624801';
  table.models.forEach((model, j) => {
    const folder = model.replaceAll('/', '__');
    files[`${folder}/results_${date}.json`] = JSON.stringify({ results: {}, model_name: model }, null, 2);
    for (const task of groupsOf(table)) {
      const some = answersOf(table, j).filter(({ row }) => row.group === task);
      const document = ({ row, i, cell }: Observed, filter: string) => ({
        doc_id: i,
        doc: { question: row.text },
        target: row.reference,
        arguments: { gen_args_0: { arg_0: row.text, arg_1: { until: [] } } },
        resps: [[cell.answer]],
        filtered_resps: [cell.answer],
        filter,
        metrics: ['exact_match'],
        doc_hash: `hash of ${i}`,
        exact_match: filter === 'none' ? cell.score : 0,
      });
      if (some.length > 0)
        files[`${folder}/samples_${task}_${date}.jsonl`] = jsonLines(
          ['strict', 'none'].flatMap((filter) => some.map((each) => document(each, filter))),
        );
    }
  });
  return files;
}

export function promptfooLayout(table: PlainTable): Files {
  const results = table.models.flatMap((id, j) =>
    answersOf(table, j).map(({ row, i, cell }) => ({
      promptIdx: j,
      testIdx: i,
      prompt: { raw: row.text, label: '{{question}}' },
      provider: { id, label: '' },
      vars: { question: row.text },
      response: {
        output: cell.answer,
        cost: cell.cost,
        tokenUsage: { prompt: cell.tokensIn, completion: cell.tokensOut },
      },
      score: cell.score,
      failureReason: cell.score === 1 ? 0 : 1,
    })),
  );
  return {
    'output.json': JSON.stringify({ evalId: 'eval-1', results: { version: 3, prompts: [], results } }),
  };
}

/** A folder of `fixtures` with everything in it: what the tool wrote, or after its schema. */
export function written(tool: string): Files {
  const folder = join(import.meta.dirname, 'fixtures', tool);
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
}

export const toolSamples = {
  inspect: { files: written('inspect'), rows: 5, models: ['mockllm/alpha', 'mockllm/beta'] },
  'lm-eval': {
    files: written('lm-eval'),
    rows: 5,
    models: ['acme/large', 'acme/small'],
    options: { metrics: ['exact_match,flexible-extract', 'exact_match,none', 'acc'] },
  },
  promptfoo: { files: written('promptfoo'), rows: 3, models: ['echo (small)', 'echo (large)'] },
  helm: {
    files: written('helm'),
    rows: 2,
    models: ['acme/large', 'acme/small'],
    options: { metrics: ['quasi_exact_match'] },
  },
  'openai-evals': { files: written('openai-evals'), rows: 2, models: ['acme/small', 'acme/large'] },
  'openai-batch': {
    files: written('openai-batch'),
    rows: 3,
    models: ['large-2025-01-01', 'small-2025-01-01'],
  },
  'mt-bench': { files: written('mt-bench'), rows: 2, models: ['small', 'large'] },
  litellm: { files: written('litellm'), rows: 3, models: ['small', 'large'] },
  langfuse: { files: written('langfuse'), rows: 2, models: ['small', 'large'] },
} satisfies Record<string, Sample>;

/** The table that lies in these files. */
export async function open(t: TestContext, files: Files, options: ReadOptions = {}): Promise<Dataset> {
  return openTable({ paths: [await folderOf(t, files)], options, context: quietContext() });
}

export async function refused(t: TestContext, files: Files, reason: RegExp, options?: ReadOptions) {
  await assert.rejects(open(t, files, options), (error: unknown) => {
    assert.ok(error instanceof SignalboxError, (error as Error).stack);
    assert.match(error.message, reason);
    return true;
  });
}
