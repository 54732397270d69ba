import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { textOf, userMessage } from '../core/query.ts';
import { headText, readBytes, stopIfAborted } from './files/files.ts';
import { elements } from './files/json-array.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { type ArenaCall, cachedCall, predictedCall } from './routerarena-call.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { tableName } from './table/names.ts';

/**
 * RouterArena (arXiv 2510.00202): cached results, one JSONL file a model; or the prediction file of a router,
 * a JSON array with the model that it chose for each query.
 */
export const routerarena: Format = {
  name: 'routerarena',
  summary: 'cached results, one JSONL file a model, or the prediction file of a router (RouterArena)',
  detect: (files) => files.length > 0 && files.every((file) => isCached(file) || isPredictions(file)),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const arena = arenaTable(table);
    const optimality: ArenaCall[] = [];
    for (const file of files) {
      for await (const call of callsOf(file, context)) {
        if (call.optimality) optimality.push(call);
        else arena.add(call);
      }
    }
    for (const call of optimality) {
      // These repeat cached calls of the same model, and are no second sample.
      if (arena.has(call)) table.drop('optimality duplicate', 1);
      else arena.add(call);
    }
    arena.end();
    const file = files[0]?.path ?? '';
    return table.finish({ name: tableName(files), format: 'routerarena', options, file });
  },
};

function isCached(file: SourceFile): boolean {
  return /^\s*\{[^\n]*"global_index"\s*:/.test(headText(file));
}

function isPredictions(file: SourceFile): boolean {
  const text = headText(file);
  return isArray(text) && /"global index"\s*:/.test(text);
}

function isArray(text: string): boolean {
  return /^\s*\[/.test(text);
}

async function* callsOf(file: SourceFile, context: Context): AsyncGenerator<ArenaCall> {
  if (!isArray(headText(file))) {
    for await (const { value, place } of readJsonl(file, context)) yield cachedCall(value, place);
    return;
  }
  let index = 0;
  for (const { value, line } of elements(await readBytes(file), file.path)) {
    if (index++ % 1000 === 0) stopIfAborted(context);
    yield predictedCall(value, { file: file.path, line });
  }
}

/** Queries are joined by their index; calls of one model on one query are its repeats. */
function arenaTable(table: TableBuilder) {
  const rows = new Map<string, number>();
  const repeats = new Map<string, number>();
  const seen = tally();
  const cellOf = ({ id, model }: ArenaCall): string => JSON.stringify([id, model]);
  const rowOf = ({ id, text, group, dataset, reference, place }: ArenaCall): number => {
    const given = rows.get(id);
    const known = reference !== undefined && { reference };
    const benchmark = group !== undefined && dataset !== undefined && { group, dataset };
    if (given === undefined) {
      const row = table.example({ id, messages: userMessage(text), ...benchmark, ...known });
      rows.set(id, row);
      return row;
    }
    const before = table.examples[given]!;
    if (textOf(before) !== text) {
      throw new SignalboxError(
        'row',
        `the query ${id} has another text here than where it stands first. Give files of one version of RouterArena.`,
        place,
      );
    }
    if (before.reference === undefined) table.examples[given] = { ...before, ...known };
    return given;
  };
  return {
    has: (call: ArenaCall): boolean => repeats.has(cellOf(call)),
    add: (call: ArenaCall): void => {
      const row = rowOf(call);
      const sample = repeats.get(cellOf(call)) ?? 0;
      repeats.set(cellOf(call), sample + 1);
      seen.count(call, sample);
      table.cell(row, table.model(call.model), { ...call.cell, sample, place: call.place });
    },
    end: () => {
      for (const sentence of seen.sentences()) table.note(sentence);
    },
  };
}

/** What the user should know of the calls, counted. */
function tally() {
  const clipped = new Map<string, { scores: number; low: number; high: number }>();
  const counts = { failed: 0, repeated: 0, hiding: 0, hidden: 0 };
  return {
    count: ({ clipped: metric, cell, hiddenTokens }: ArenaCall, sample: number): void => {
      const raw = cell.rawScore ?? 0;
      if (metric !== undefined) {
        const { scores, low, high } = clipped.get(metric) ?? { scores: 0, low: raw, high: raw };
        clipped.set(metric, { scores: scores + 1, low: Math.min(low, raw), high: Math.max(high, raw) });
      }
      if (cell.status === 'error') counts.failed++;
      if (sample > 0) counts.repeated++;
      if (hiddenTokens > 0) counts.hiding++;
      counts.hidden += hiddenTokens;
    },
    sentences: function* (): Generator<string> {
      for (const [metric, { scores, low, high }] of clipped) {
        const range = low === high ? `${short(low)}` : `between ${short(low)} and ${short(high)}`;
        yield `Clipped to [0, 1]: ${scores} of the scores by ${metric} (${range}); raw_score keeps what was published.`;
      }
      if (counts.failed > 0) {
        const [calls, their] = counts.failed === 1 ? ['call', 'its'] : ['calls', 'their'];
        yield `${counts.failed} ${calls} failed: ${their} status is \`error\` and ${their} quality not observed.`;
      }
      if (counts.repeated > 0) {
        yield `${counts.repeated} calls repeat a query and model of an earlier one; they are taken as its further samples.`;
      }
      if (counts.hiding > 0) {
        yield `On ${counts.hiding} calls total_tokens is more than input and output together, by ${counts.hidden} tokens in all: they are not in tokens_out.`;
      }
    },
  };
}

function short(score: number): string {
  return String(Number(score.toPrecision(3)));
}
