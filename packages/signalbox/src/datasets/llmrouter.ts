import type { Context } from '../core/context.ts';
import type { Format, SourceFile } from '../core/format.ts';
import type { Price } from '../core/model.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, objectIn, requiredText } from './files/fields.ts';
import { headText, readBytes } from './files/files.ts';
import { members } from './files/json-object.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { numberIn } from './files/numbers.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { keyedRows, partOfName, splitOf } from './table/keyed-rows.ts';
import { tableName } from './table/names.ts';

/**
 * LLMRouter's routing data: one line for each query and model, train and test apart by the file's name. Query files
 * and LLM candidates may stand beside them; the candidates' prices, in US dollars per million tokens, make costs.
 */
export const llmrouter: Format = {
  name: 'llmrouter',
  summary: 'JSONL of query, model_name and performance, LLM candidates with prices beside it (LLMRouter)',
  detect: (files) =>
    files.some((file) => kindOf(file) === 'routing') && files.every((file) => kindOf(file) !== undefined),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const prices = await pricesIn(
      files.filter((file) => kindOf(file) === 'candidates'),
      table,
    );
    const routing = files.filter((file) => kindOf(file) === 'routing');
    await readRouting(routing.length === 0 ? files : routing, { table, prices }, context);
    const queries = files.filter((file) => kindOf(file) === 'queries').length;
    if (queries > 0) table.note(`${queries} files hold queries without outcomes, and were not read.`);
    return table.finish({ name: tableName(files), format: 'llmrouter', options, file: files[0]?.path ?? '' });
  },
};

async function readRouting(
  files: readonly SourceFile[],
  { table, prices }: { readonly table: TableBuilder; readonly prices: ReadonlyMap<string, Price> },
  context: Context,
): Promise<void> {
  const rows = keyedRows(table);
  let index = 0;
  let priced = 0;
  for (const file of files) {
    const part = partOfName(file.name);
    for await (const { value, place } of readJsonl(file, context)) {
      const [text, task] = [requiredText(value, 'query', place), requiredText(value, 'task_name', place)];
      const [reference, number] = [value['ground_truth'], value['embedding_id']];
      const key = JSON.stringify([part, task, text, reference ?? null, value['metric'] ?? null]);
      const row = rows.row(key, {
        id: `${task}/${typeof number === 'number' ? number : index++}`,
        messages: userMessage(text),
        group: task,
        ...(typeof reference === 'string' && reference !== '' && { reference }),
        ...splitOf(part),
      });
      const model = requiredText(value, 'model_name', place);
      const measure = (name: string) => numberIn(value[name], { what: `\`${name}\``, low: 0, place });
      const failed = isFailed(value['response']);
      const [tokensIn, tokensOut] = [measure('input_tokens'), measure('output_tokens')];
      const price = prices.get(model);
      const cost =
        failed || price === undefined || tokensIn === undefined || tokensOut === undefined
          ? undefined
          : (tokensIn * price.input + tokensOut * price.output) / 1e6;
      if (cost !== undefined) priced++;
      const seconds = measure('response_time');
      const score = numberIn(value['performance'], {
        what: `the performance of ${model}`,
        low: 0,
        high: 1,
        place,
      });
      rows.cell(row, model, {
        // A call that failed shows nothing of the model's quality.
        score: failed ? undefined : score,
        rawScore: failed ? score : undefined,
        cost,
        ...(!failed && {
          tokensIn,
          tokensOut,
          latencyMs: seconds === undefined ? undefined : 1000 * seconds,
        }),
        answer: failed ? undefined : answerOf(value['response']),
        status: failed ? 'error' : undefined,
        kind: 'graded',
        place,
      });
    }
  }
  rows.end();
  if (priced > 0)
    table.note(`The cost of ${priced} calls is from their tokens, by the prices of the LLM candidates.`);
}

/** What LLMRouter writes for an answer where the call failed. */
function isFailed(response: unknown): boolean {
  return typeof response === 'string' && /^(ERROR|API Error)/.test(response);
}

function answerOf(response: unknown): string | undefined {
  return typeof response === 'string' && response !== '' ? response : undefined;
}

async function pricesIn(files: readonly SourceFile[], table: TableBuilder): Promise<Map<string, Price>> {
  const prices = new Map<string, Price>();
  for (const file of files) {
    for (const { name, value, line } of members(await readBytes(file), file.path)) {
      const place = { file: file.path, line };
      const fields: Fields = objectIn(value, `the candidate ${name}`, place);
      const price = (field: string) =>
        numberIn(fields[field], { what: `\`${field}\` of ${name}`, low: 0, place });
      const [input, output] = [price('input_price'), price('output_price')];
      if (input !== undefined && output !== undefined) prices.set(name, { input, output });
    }
  }
  if (files.length > 0 && prices.size === 0)
    table.note('The LLM candidates name no prices, so that no cost is known.');
  return prices;
}

function kindOf(file: SourceFile): 'routing' | 'queries' | 'candidates' | undefined {
  const text = headText(file);
  const first = text.trimStart().split('\n', 1)[0]!;
  if (/^\{/.test(first) && /"task_name"\s*:/.test(first)) {
    const whole = /"model_name"\s*:/.test(first) && /"performance"\s*:/.test(first);
    return whole ? 'routing' : /"query"\s*:/.test(first) ? 'queries' : undefined;
  }
  return /^\s*\{/.test(text) && /"input_price"\s*:/.test(text) && /"feature"\s*:/.test(text)
    ? 'candidates'
    : undefined;
}
