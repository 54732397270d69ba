import type { Context } from '../core/context.ts';
import type { Place } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import type { Message } from '../core/query.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { stopIfAborted } from './files/files.ts';
import { firstRecord, recordsOf } from './files/records.ts';
import { answerOf, messagesOf } from './logs/chat.ts';
import { logTable } from './logs/logs.ts';
import { enterScored, type ScoredCall } from './logs/scored-calls.ts';
import { isSideScores, ownScores, readSideScores, type SideScores } from './logs/side-scores.ts';
import { tableName } from './table/names.ts';

/**
 * Output and error files of OpenAI's Batch API, the requests beside them, and scores: a number added to each line, or a
 * file of `custom_id` and score.
 */
export const openaiBatch: Format = {
  name: 'openai-batch',
  summary: "output of OpenAI's Batch API, with requests and scores beside it",
  metrics: true,
  detect: (files) => files.length > 0 && files.every((file) => kindOf(file) !== undefined),
  read: async (files, options, context) => {
    const logs = logTable();
    const of = (kind: ReturnType<typeof kindOf>) => files.filter((file) => kindOf(file) === kind);
    const requests = await readRequests(of('requests'), context);
    const side = await readSideScores(of('scores'), 'custom_id', context);
    const calls: ScoredCall[] = [];
    const seen = { nameless: 0, textless: 0 };
    for (const file of of('output')) {
      const lines: Line[] = [];
      for await (const { fields, place } of recordsOf(file, context)) lines.push(lineOf(fields, place));
      // A batch is of one model: what failed was asked of it too.
      const models = new Set(lines.flatMap(({ model }) => model ?? []));
      const only = models.size === 1 ? [...models][0] : undefined;
      for (const line of lines) {
        stopIfAborted(context);
        const call = callOf(line, { only, requests, side });
        if (call === undefined) seen.nameless++;
        else calls.push(call);
        if (call?.call.example.messages.length === 0) seen.textless++;
      }
    }
    enterScored(calls, logs, {
      options,
      file: files[0]?.path ?? '',
      advice: 'add a number in [0, 1] to each line, or give a file of `custom_id` and score beside it.',
    });
    if (seen.nameless > 0) logs.table.drop('failed without naming a model', seen.nameless);
    if (seen.textless > 0)
      logs.table.note(
        `${seen.textless} calls have no text: give the files of requests too, by whose \`custom_id\` it is found.`,
      );
    if (side.unused() > 0) logs.table.drop('score of a call that is not there', side.unused());
    return logs.finish({
      name: tableName(files),
      format: 'openai-batch',
      options,
      file: files[0]?.path ?? '',
    });
  },
};

function kindOf(file: SourceFile): 'output' | 'requests' | 'scores' | undefined {
  const first = firstRecord(file);
  if (first !== undefined && 'custom_id' in first) {
    if ('response' in first && 'error' in first) return 'output';
    if ('method' in first && 'url' in first && 'body' in first) return 'requests';
  }
  return isSideScores(file, 'custom_id') ? 'scores' : undefined;
}

interface Request {
  readonly model: string | undefined;
  readonly messages: readonly Message[];
}

/** The requests of each `custom_id`; batches of several models may ask under the same one. */
async function readRequests(files: readonly SourceFile[], context: Context) {
  const requests = new Map<string, Request[]>();
  for (const file of files) {
    for await (const { fields, place } of recordsOf(file, context)) {
      const id = requiredText(fields, 'custom_id', place);
      const body = objectIn(fields['body'], '`body`', place);
      const request = { model: textIn(body, 'model', place), messages: messagesOf(body) ?? [] };
      requests.set(id, [...(requests.get(id) ?? []), request]);
    }
  }
  return requests;
}

interface Line {
  readonly id: string;
  readonly fields: Fields;
  readonly body: Fields;
  readonly model: string | undefined;
  readonly failed: boolean;
  readonly place: Place;
}

const known: ReadonlySet<string> = new Set(['id', 'custom_id', 'response', 'error']);

function lineOf(fields: Fields, place: Place): Line {
  const response = objectIn(fields['response'], '`response`', place);
  const code = response['status_code'];
  const failed =
    (fields['error'] !== undefined && fields['error'] !== null) || (typeof code === 'number' && code !== 200);
  const body = objectIn(response['body'], '`body`', place);
  const id = requiredText(fields, 'custom_id', place);
  return { id, fields, body, model: failed ? undefined : textIn(body, 'model', place), failed, place };
}

/** Undefined where nothing tells which model failed. */
function callOf(
  line: Line,
  {
    only,
    requests,
    side,
  }: {
    readonly only: string | undefined;
    readonly requests: ReadonlyMap<string, readonly Request[]>;
    readonly side: SideScores;
  },
): ScoredCall | undefined {
  const { id, place, failed } = line;
  const asked = requests.get(id) ?? [];
  const model = line.model ?? only ?? (asked.length === 1 ? asked[0]?.model : undefined);
  if (model === undefined) return undefined;
  // Answers name a dated version of the model that was asked, `gpt-4o-2024-08-06` of `gpt-4o`.
  const request =
    asked.find((each) => each.model === model) ??
    asked.find((each) => each.model !== undefined && model.startsWith(each.model)) ??
    asked[0];
  return {
    call: {
      key: id,
      example: { id, messages: request?.messages ?? [] },
      model,
      cell: failed ? { status: 'error', place } : { ...answerOf(line.body, place), place },
    },
    scores: new Map([...ownScores(line.fields, known, place), ...side.of(id, model)]),
  };
}
