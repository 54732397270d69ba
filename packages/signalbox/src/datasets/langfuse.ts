import type { Context } from '../core/context.ts';
import type { Place } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { sha256, userMessage } from '../core/query.ts';
import { csvHeader } from './files/csv-rows.ts';
import { type Fields, objectIn, textIn } from './files/fields.ts';
import { stopIfAborted } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { firstRecord, recordsOf, rowsOf, type Stored } from './files/records.ts';
import { timeIn } from './files/times.ts';
import { either, flatScores, type LangfuseScores, langfuseScores } from './langfuse-scores.ts';
import { answerOf, messagesOf } from './logs/chat.ts';
import { logTable } from './logs/logs.ts';
import { enterScored, type ScoredCall } from './logs/scored-calls.ts';
import { tableName } from './table/names.ts';

/** Exports of Langfuse: observations and scores, traces beside them or around them. */
export const langfuse: Format = {
  name: 'langfuse',
  summary: 'exported observations, scores and traces of Langfuse, JSON, JSONL or CSV',
  metrics: true,
  detect: (files) => files.length > 0 && files.every((file) => kindOf(file) !== undefined),
  read: async (files, options, context) => {
    const logs = logTable();
    const source = await readSource(files, context);
    const scores = langfuseScores(source.scores, source.generations);
    const calls: ScoredCall[] = [];
    let textless = 0;
    for (const { fields, place } of source.generations) {
      stopIfAborted(context);
      const call = callOf(fields, { scores, traces: source.traces, place });
      if (call === undefined) textless++;
      else calls.push(call);
    }
    enterScored(calls, logs, {
      options,
      file: files[0]?.path ?? '',
      advice: 'export the scores of these observations or traces too, and give both.',
    });
    const dropped = {
      ...scores.left(),
      'no generation': source.others,
      'generation without input or model': textless,
    };
    for (const [reason, count] of Object.entries(dropped)) if (count > 0) logs.table.drop(reason, count);
    return logs.finish({ name: tableName(files), format: 'langfuse', options, file: files[0]?.path ?? '' });
  },
};

type Kind = 'observation' | 'score' | 'trace';

function kindOf(file: SourceFile): Kind | undefined {
  const first = firstRecord(file);
  if (first !== undefined) return kindOfRecord(first);
  const header = csvHeader(file);
  return kindOfRecord(Object.fromEntries(header.map((name) => [name, name])));
}

function kindOfRecord(fields: Fields): Kind | undefined {
  const has = (name: string): boolean => either(fields, name) !== undefined;
  if (!('id' in fields)) return undefined;
  if (has('dataType') && ('value' in fields || has('stringValue')) && 'name' in fields) return 'score';
  if (has('traceId') && has('startTime') && typeof fields['type'] === 'string') return 'observation';
  if (Array.isArray(fields['observations'])) return 'trace';
  return has('timestamp') && 'name' in fields && ('input' in fields || has('sessionId')) && !has('traceId')
    ? 'trace'
    : undefined;
}

interface Source {
  readonly generations: Stored[];
  readonly scores: Stored[];
  readonly traces: Map<string, Fields>;
  others: number;
}

async function readSource(files: readonly SourceFile[], context: Context): Promise<Source> {
  const source: Source = { generations: [], scores: [], traces: new Map(), others: 0 };
  for (const file of files) {
    if (firstRecord(file) === undefined) {
      const kind = kindOf(file);
      for await (const { fields, place } of rowsOf(file, context))
        add(source, { fields: cellsOf(fields), place }, kind);
    } else for await (const stored of recordsOf(file, context)) add(source, stored);
  }
  return source;
}

/** A row of CSV: an empty cell is nothing, and a time may stand there as JSON has it, in quotes. */
function cellsOf(fields: Fields): Fields {
  const cell = (value: unknown): unknown => {
    if (value === '') return null;
    const [, time] = /^"(\d{4}-\d\d-\d\d[T ][^"]*)"$/.exec(String(value)) ?? [];
    return time ?? value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cell(value)]));
}

function add(source: Source, placed: Stored, kind = kindOfRecord(placed.fields)): void {
  const { fields, place } = placed;
  if (kind === 'score') source.scores.push(placed);
  else if (kind === 'observation') {
    if (fields['type'] === 'GENERATION') source.generations.push(placed);
    else source.others++;
  } else if (kind === 'trace') {
    source.traces.set(textIn(fields, 'id', place) ?? '', fields);
    const { observations, scores } = fields;
    // Within a trace from the API scores and observations may be ids alone.
    for (const inside of [observations, scores])
      for (const each of Array.isArray(inside) ? (inside as unknown[]) : [])
        if (typeof each === 'object' && each !== null) add(source, { fields: each as Fields, place });
  } else source.others++;
}

interface Work {
  readonly scores: LangfuseScores;
  readonly traces: ReadonlyMap<string, Fields>;
  readonly place: Place;
}

/** Undefined where it is not known what was asked, or of which model. */
function callOf(fields: Fields, { scores, traces, place }: Work): ScoredCall | undefined {
  const model = ['model', 'providedModelName', 'internalModelId']
    .map((name) => textIn({ name: either(fields, name) }, 'name', place))
    .find((each) => each !== undefined);
  const { input } = fields;
  const unknown = input === undefined || input === null || input === '';
  if (model === undefined || unknown) return undefined;
  const messages = messagesOf(input) ?? userMessage(JSON.stringify(input));
  const trace = traces.get(String(either(fields, 'traceId')));
  const text = (name: string, ...from: (Fields | undefined)[]): string | undefined =>
    from.map((each) => each && textIn({ name: either(each, name) }, 'name', place)).find(Boolean);
  const group = text('traceName', fields) ?? text('name', trace);
  const session = text('sessionId', fields, trace);
  const failed = fields['level'] === 'ERROR';
  const time = timeIn(either(fields, 'startTime'));
  const key = JSON.stringify([group, messages]);
  return {
    call: {
      key,
      example: {
        id: sha256(key).slice(0, 16),
        messages,
        ...(group !== undefined && { group }),
        ...(session !== undefined && { cluster: session }),
        ...(time !== undefined && { time: new Date(time).toISOString() }),
      },
      model,
      cell: {
        ...measures(fields, place),
        ...(failed ? { status: 'error' as const } : outputOf(fields, place)),
        place,
      },
    },
    scores: new Map([...flatScores(fields, place), ...scores.of(fields)]),
  };
}

function measures(fields: Fields, place: Place) {
  const usage = detailsIn(fields, 'usageDetails', place);
  const costs = detailsIn(fields, 'costDetails', place);
  const amount = (value: unknown, what: string): number | undefined =>
    numberIn(value, { what, low: 0, text: true, place });
  // As Langfuse itself sums them: `input`, `input_cached_tokens` and whatever else is of the input.
  const sum = (word: string): number | undefined => {
    const some = Object.entries(usage).filter(([name]) => name.toLowerCase().includes(word));
    if (some.length === 0) return undefined;
    return some.reduce((total, [name, value]) => total + (amount(value, `\`${name}\``) ?? 0), 0);
  };
  const [start, end] = [timeIn(either(fields, 'startTime')), timeIn(either(fields, 'endTime'))];
  const cost =
    amount(either(fields, 'totalCost'), '`totalCost`') ?? amount(costs['total'], '`total` of the cost');
  return {
    cost: cost === 0 ? undefined : cost,
    tokensIn: sum('input'),
    tokensOut: sum('output'),
    latencyMs: start !== undefined && end !== undefined && end >= start ? end - start : undefined,
  };
}

/** An object, also as JSON text. */
function detailsIn(fields: Fields, name: string, place: Place): Fields {
  const value = either(fields, name);
  if (typeof value !== 'string') return objectIn(value, `\`${name}\``, place);
  try {
    return objectIn(JSON.parse(value), `\`${name}\``, place);
  } catch {
    return {};
  }
}

/** Text, a message, or the answer of an API, each also as JSON text. */
function outputOf(fields: Fields, place: Place) {
  const { output } = fields;
  if (output === undefined || output === null || output === '') return { status: 'ok' as const };
  const value = typeof output === 'string' && /^\s*[{[]/.test(output) ? parsed(output) : output;
  if (typeof value === 'string') return { answer: value, status: 'ok' as const };
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  if (typeof last !== 'object' || last === null)
    return { answer: JSON.stringify(value), status: 'ok' as const };
  const isBody = 'choices' in last || ('output' in last && Array.isArray(last.output));
  const { answer, status } = answerOf(isBody ? (last as Fields) : { choices: [{ message: last }] }, place);
  return { answer: answer ?? JSON.stringify(value), status };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
