import type { Place } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { sha256 } from '../core/query.ts';
import { csvHeader } from './files/csv-rows.ts';
import { type Fields, objectIn, textIn } from './files/fields.ts';
import { stopIfAborted } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { firstRecord, rowsOf } from './files/records.ts';
import { timeIn } from './files/times.ts';
import { answerOf, messagesOf } from './logs/chat.ts';
import { logTable } from './logs/logs.ts';
import { enterScored, type ScoredCall } from './logs/scored-calls.ts';
import { isSideScores, ownScores, readSideScores, type SideScores } from './logs/side-scores.ts';
import { tableName } from './table/names.ts';

/** What names a call: in the table of spend logs, and in the payload that is sent to buckets and callbacks. */
const ids = ['request_id', 'id'] as const;
/** Numbers and truths that LiteLLM itself writes: whatever else is a number was added as a score. */
const known: ReadonlySet<string> = new Set([
  ...[
    'spend',
    'total_tokens',
    'prompt_tokens',
    'completion_tokens',
    'request_duration_ms',
    'cache_hit',
    'stream',
  ],
  ...['startTime', 'endTime', 'completionStartTime', 'response_cost', 'response_time', 'saved_cache_cost'],
  ...['cost_finalized', 'autorouter_savings'],
]);

/** Spend logs of LiteLLM's proxy, with scores of calls added or beside them. */
export const litellm: Format = {
  name: 'litellm',
  summary: 'exported spend logs of LiteLLM, JSON, JSONL or CSV, with scores beside them',
  metrics: true,
  detect: (files) => files.length > 0 && files.every((file) => kindOf(file) !== undefined),
  read: async (files, options, context) => {
    const logs = logTable();
    const side = await readSideScores(
      files.filter((file) => kindOf(file) === 'scores'),
      'request_id',
      context,
    );
    const calls: ScoredCall[] = [];
    let others = 0;
    for (const file of files) {
      if (kindOf(file) !== 'log') continue;
      for await (const { fields, place } of rowsOf(file, context)) {
        stopIfAborted(context);
        const call = callOf(fields, side, place);
        if (call === undefined) others++;
        else calls.push(call);
      }
    }
    enterScored(calls, logs, {
      options,
      file: files[0]?.path ?? '',
      advice: 'add a number in [0, 1] to each row, or give a file of `request_id` and score beside it.',
    });
    if (others > 0) logs.table.drop('no chat or completion whose request was kept', others);
    if (side.unused() > 0) logs.table.drop('score of a call that is not there', side.unused());
    return logs.finish({ name: tableName(files), format: 'litellm', options, file: files[0]?.path ?? '' });
  },
};

function kindOf(file: SourceFile): 'log' | 'scores' | undefined {
  const first = firstRecord(file);
  const has = (name: string): boolean => (first ? name in first : csvHeader(file).includes(name));
  const isLog = has('call_type') && has('model') && (has('spend') || has('response_cost')) && has('messages');
  if (isLog) return 'log';
  return isSideScores(file, 'request_id') ? 'scores' : undefined;
}

/** Undefined for what is no chat, completion or response, and where its request was not kept (the default). */
function callOf(fields: Fields, side: SideScores, place: Place): ScoredCall | undefined {
  const kind = textIn(fields, 'call_type', place) ?? '';
  const model = textIn(fields, 'model_group', place) ?? textIn(fields, 'model', place);
  if (!/completion|responses|messages|generate_content/.test(kind) || model === undefined) return undefined;
  const messages = messagesOf(fields['messages']) ?? messagesOf(fields['proxy_server_request']);
  if (messages === undefined) return undefined;
  const id = ids.map((name) => textIn(fields, name, place)).find((each) => each !== undefined) ?? '';
  const failed = textIn(fields, 'status', place) === 'failure';
  const answered = answerOf(responseIn(fields['response'], place), place);
  const number = (name: string): number | undefined =>
    // What LiteLLM does not know, such as the price of a model, it writes as 0.
    numberIn(fields[name], { what: `\`${name}\``, low: 0, text: true, place }) || undefined;
  const time = timeIn(fields['startTime']);
  const session = textIn(fields, 'session_id', place);
  const key = JSON.stringify(messages);
  return {
    call: {
      // One request may be made many times: it is one query.
      key,
      example: {
        id: sha256(key).slice(0, 16),
        messages,
        ...(session !== undefined && { cluster: session }),
        ...(time !== undefined && { time: new Date(time).toISOString() }),
      },
      model,
      cell: {
        ...(failed ? { status: 'error' as const } : { answer: answered.answer, status: answered.status }),
        cost: failed ? undefined : (number('spend') ?? number('response_cost')),
        tokensIn: failed ? undefined : (number('prompt_tokens') ?? answered.tokensIn),
        tokensOut: failed ? undefined : (number('completion_tokens') ?? answered.tokensOut),
        latencyMs: isCached(fields['cache_hit']) ? undefined : latencyOf(fields, number),
        place,
      },
    },
    scores: new Map([...ownScores(fields, known, place), ...side.of(id, model)]),
  };
}

/** The answer of the API, also as JSON text; none where it was not kept. */
function responseIn(value: unknown, place: Place): Fields {
  if (typeof value !== 'string')
    return objectIn(Array.isArray(value) ? undefined : value, '`response`', place);
  try {
    const body: unknown = JSON.parse(value);
    return objectIn(typeof body === 'string' || Array.isArray(body) ? undefined : body, '`response`', place);
  } catch {
    return {};
  }
}

function isCached(hit: unknown): boolean {
  return hit === true || (typeof hit === 'string' && hit.toLowerCase() === 'true');
}

function latencyOf(fields: Fields, number: (name: string) => number | undefined): number | undefined {
  const [start, end] = [timeIn(fields['startTime']), timeIn(fields['endTime'])];
  const between = start !== undefined && end !== undefined && end >= start ? end - start : undefined;
  return number('request_duration_ms') ?? between;
}
