import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { timeIn } from './files/times.ts';
import { messagesOf } from './logs/chat.ts';
import { type Files, jsonLines, open, refused, written, zeroIsUnknown } from './logs.fixture.ts';
import { sameAfterImport } from './plain.fixture.ts';
import {
  helmLayout,
  langfuseLayout,
  litellmLayout,
  mtBenchLayout,
  openaiBatchLayout,
  openaiEvalsLayout,
} from './services.fixture.ts';

/** Score, samples and status of each cell, by the last line of the text and model. */
function cells(table: Dataset) {
  const cell = (i: number, j: number): string => {
    const status = table.completion?.(i, j)?.status ?? 'absent';
    return `${at(table.quality, i, j)} of ${at(table.k, i, j)}, ${status}`;
  };
  return Object.fromEntries(
    table.examples.map((example, i) => [
      textOf(example).split('\n').at(-1),
      Object.fromEntries(table.models.map(({ id }, j) => [id, cell(i, j)])),
    ]),
  );
}

const groups = ['mmlu', 'gsm8k'];
const usual = { missing: true, tokens: true, answers: true } as const;

test('helm: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'helm',
    holds: { ...usual, references: true, groups },
    layout: helmLayout,
    options: { metrics: ['exact_match'] },
  }));

test('openai-evals: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'openai-evals',
    holds: { ...usual, references: true, groups },
    layout: openaiEvalsLayout,
    options: { metrics: ['score'] },
  }));

test('openai-batch: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, { name: 'openai-batch', holds: usual, layout: openaiBatchLayout }));

test('mt-bench: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'mt-bench',
    holds: { scores: 'binary', missing: true, answers: true, groups },
    layout: mtBenchLayout,
  }));

test('litellm: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'litellm',
    holds: { ...usual, cost: true },
    layout: litellmLayout,
    kept: zeroIsUnknown,
  }));

test('langfuse: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'langfuse',
    holds: { ...usual, cost: true, groups },
    layout: langfuseLayout,
    kept: (table) => zeroIsUnknown(table, ['cost']),
  }));

test('helm: trials are repeats, perturbed instances are counted, a failed request is no wrong answer', async (t) => {
  const table = await open(t, written('helm'), { metrics: ['exact_match'] });
  assert.deepEqual(cells(table), {
    'B. tibia': { 'acme/large': '1 of 1, ok', 'acme/small': '0.5 of 2, ok' },
    'B. stapes': { 'acme/large': 'NaN of 0, error', 'acme/small': '0.5 of 2, ok' },
  });
  assert.deepEqual(table.rowsDropped, { 'perturbed instance': 2 });
  const [bone] = table.examples;
  assert.deepEqual(
    [bone?.group, bone?.reference, bone?.source],
    ['mmlu:subject=anatomy,method=multiple_choice_joint', 'femur', 'test'],
  );
  assert.deepEqual([at(table.latencyMs!, 0, 0), at(table.tokensIn!, 0, 0)], [250, 40]);
  await refused(t, written('helm'), /has several scores: `exact_match`, `quasi_exact_match`\./);
});

test('helm: a run without its statistics is refused, a folder without outcomes is passed over', async (t) => {
  const files = written('helm');
  const without = (pattern: RegExp): Files =>
    Object.fromEntries(Object.entries(files).filter(([name]) => !pattern.test(name)));
  await refused(t, without(/large.per_instance/), /scenario_state\.json: `per_instance_stats\.json` is not/);
  const table = await open(t, without(/large.(per_instance_stats|scenario_state)/), {
    metrics: ['exact_match'],
  });
  assert.match(table.notes.join(' '), /1 folders hold no outcomes/);
});

test('openai-evals: matches are scores, and the model is what was asked and not what grades', async (t) => {
  const table = await open(t, written('openai-evals'));
  assert.deepEqual(cells(table), {
    'What is 1 + 1?': { 'acme/small': '1 of 1, ok', 'acme/large': '1 of 1, ok' },
    'What is 2 + 2?': { 'acme/small': '0 of 1, ok', 'acme/large': 'NaN of 0, error' },
  });
  const [first] = table.examples;
  assert.deepEqual(
    [first?.id, first?.group, first?.reference, first?.time],
    ['sums.dev.0', 'sums.dev.v0', '2', '2025-11-25T15:00:00.000Z'],
  );
});

test('openai-batch: answers find their requests and scores, what failed is of the model of its batch', async (t) => {
  const table = await open(t, written('openai-batch'));
  assert.deepEqual(cells(table), {
    'What is 1 + 1?': { 'large-2025-01-01': '1 of 1, ok', 'small-2025-01-01': '1 of 1, ok' },
    'What is 2 + 2?': { 'large-2025-01-01': '1 of 1, ok', 'small-2025-01-01': '0 of 1, ok' },
    'What is 3 + 3?': { 'large-2025-01-01': 'NaN of 0, error', 'small-2025-01-01': '0 of 1, truncated' },
  });
  const { 'scores.csv': _scores, ...bare } = written('openai-batch');
  const unscored = await open(t, bare);
  assert.match(unscored.notes.join(' '), /No call has a score: add a number/);
  const scores = 'custom_id,score\nq1,1\nq9,0\n';
  await refused(
    t,
    { ...bare, 'scores.csv': scores },
    /scores\.csv:2: `q1` was answered by large-2025-01-01 and by small/,
  );
  const { 'large-output.jsonl': _large, ...small } = bare;
  const one = await open(t, { ...small, 'scores.csv': scores });
  assert.deepEqual(one.rowsDropped, { 'score of a call that is not there': 1 });
  await refused(
    t,
    { ...bare, 'scores.jsonl': '{"custom_id":"q1","good":true}\n{"custom_id":"q2","good":3}\n' },
    /scores\.jsonl:2: `good` is 3; a number in \[0, 1\]/,
  );
});

test('openai-batch: the Responses API, refusals, and what no file names a model for', async (t) => {
  const line = (id: string, body: object | undefined, error: object | null = null): object => ({
    id: `batch_req_${id}`,
    custom_id: id,
    response: body === undefined ? null : { status_code: 200, body: { model: 'm', ...body } },
    error,
    score: 0.5,
  });
  const text = (content: object): object => ({
    output: [{ type: 'reasoning' }, { type: 'message', content: [content] }],
  });
  const refusal = { message: { content: null, refusal: 'I cannot.' }, finish_reason: 'stop' };
  const table = await open(t, {
    'output.jsonl': jsonLines([
      line('a', {
        ...text({ type: 'output_text', text: 'hi' }),
        usage: { input_tokens: 3, output_tokens: 1 },
      }),
      line('b', {
        ...text({ type: 'output_text', text: 'lo' }),
        incomplete_details: { reason: 'max_output_tokens' },
      }),
      line('c', text({ type: 'refusal', refusal: 'No.' })),
      line('d', { choices: [refusal] }),
    ]),
    'error.jsonl': jsonLines([line('e', undefined, { code: 'batch_expired', message: 'late' })]),
  });
  assert.deepEqual(
    table.examples.map((example, i) => [example.id, table.completion?.(i, 0)]),
    [
      ['a', { answer: 'hi', status: 'ok' }],
      ['b', { answer: 'lo', status: 'truncated' }],
      ['c', { answer: 'No.', status: 'refused' }],
      ['d', { answer: 'I cannot.', status: 'refused' }],
    ],
  );
  assert.deepEqual([at(table.tokensIn!, 0, 0), at(table.quality, 3, 0)], [3, 0.5]);
  assert.deepEqual(table.rowsDropped, { 'failed without naming a model': 1 });
  assert.match(table.notes.join(' '), /4 calls have no text/);
});

test('mt-bench: a tenth of the mean rating of the turns, -1 is unknown, the text comes from the prompt too', async (t) => {
  const files = written('mt-bench');
  const table = await open(t, files);
  const scores = { 'Compose a travel blog post.': [0.7, 0.95], 'Which runner is second now?': [0.3, 0.875] };
  const of = (some: Dataset): object =>
    Object.fromEntries(
      some.examples.map((each, i) => [textOf(each), [0, 1].map((j) => at(some.quality, i, j))]),
    );
  assert.deepEqual(of(table), scores);
  assert.deepEqual([...table.rawScore!.data], [7, 9.5, 3, 8.75]);
  assert.deepEqual(table.rowsDropped, { 'rating that could not be read': 1 });
  assert.deepEqual(
    [table.examples[0]?.group, table.completion?.(0, 1)?.answer],
    ['writing', 'The first answer of large.'],
  );
  const name = 'model_judgment/gpt-4_single.jsonl';
  const judgements = { [name]: files[name]! };
  assert.deepEqual(of(await open(t, judgements)), scores);
  const another = String(files[name]).replaceAll('"gpt-4"', '"claude"');
  await refused(
    t,
    { ...files, 'claude_single.jsonl': another },
    /the source has several scores: `claude`, `gpt-4`/,
  );
  const chosen = await open(t, { ...files, 'claude_single.jsonl': another }, { metrics: ['gpt-4'] });
  assert.equal(chosen.rowsDropped['judged by others than gpt-4'], 4);
});

test('litellm: one request is one query, scores come from beside it, what was not kept is counted', async (t) => {
  const table = await open(t, written('litellm'));
  assert.deepEqual(cells(table), {
    'What is 1 + 1?': { small: '1 of 1, ok', large: '1 of 1, ok' },
    'What is 2 + 2?': { small: '0.25 of 2, ok', large: '1 of 1, ok' },
    'What is 3 + 3?': { small: 'NaN of 0, error', large: 'NaN of 0, absent' },
  });
  assert.deepEqual(table.rowsDropped, {
    'no chat or completion whose request was kept': 2,
    'score of a call that is not there': 1,
  });
  assert.ok(Number.isNaN(at(table.latencyMs!, 0, 1)), 'an answer from the cache says nothing of latency');
  assert.equal(at(table.latencyMs!, 0, 0), 500);
});

test('litellm: CSV of the table of spend logs', async (t) => {
  const messages = '"[{""role"": ""user"", ""content"": ""1 + 1?""}]"';
  const head =
    'request_id,call_type,spend,prompt_tokens,completion_tokens,startTime,endTime,model,model_group,messages,response';
  const row = (id: string, model: string): string =>
    `${id},acompletion,0.5,3,4,2025-11-25 15:00:00+00,2025-11-25 15:00:02.5+00,p/${model},${model},${messages},{}`;
  const table = await open(t, {
    'logs.csv': `${head}\n${row('1', 'a')}\n${row('2', 'b')}\n`,
    'scores.csv': 'request_id,good\n1,1\n2,0.5\n',
  });
  assert.deepEqual(cells(table), { '1 + 1?': { a: '1 of 1, ok', b: '0.5 of 1, ok' } });
  assert.deepEqual([at(table.cost!, 0, 1), at(table.latencyMs!, 0, 1)], [0.5, 2500]);
});

test('langfuse: scores of observations, of traces with one generation, and what is left out', async (t) => {
  const table = await open(t, written('langfuse'));
  assert.deepEqual(cells(table), {
    'What is 1 + 1?': { small: '1 of 1, ok', large: '1 of 1, ok' },
    'What is 2 + 2?': { small: '0 of 1, ok', large: '1 of 1, ok' },
  });
  assert.deepEqual(
    table.calls?.(1, 0).map(({ status }) => status),
    ['ok', 'error'],
  );
  assert.deepEqual(table.rowsDropped, {
    'score in words': 1,
    'score of neither a generation nor a trace with only one': 1,
    'no generation': 1,
  });
  assert.deepEqual([at(table.tokensIn!, 0, 0), at(table.latencyMs!, 0, 0)], [18, 750]);
  assert.equal(table.examples[0]?.group, 'sums');
});

test('langfuse: a trace as its page downloads it, with several scores of one name', async (t) => {
  const score = (n: number, value: number): object => ({
    id: `s${n}`,
    name: 'good',
    traceId: 't',
    dataType: 'NUMERIC',
    value,
  });
  const trace = {
    id: 't',
    timestamp: '2025-11-25T15:00:00Z',
    name: 'support',
    sessionId: 'session',
    observations: [
      {
        id: 'o',
        traceId: 't',
        type: 'GENERATION',
        startTime: '2025-11-25T15:00:00Z',
        model: 'm',
        input: { question: 'Hi' },
        output: [{ role: 'assistant', content: 'Ho' }],
      },
    ],
    scores: [
      score(1, 1),
      // As version 3 of the API has it.
      { id: 's2', name: 'good', dataType: 'BOOLEAN', value: false, subject: { kind: 'trace', id: 't' } },
    ],
  };
  const table = await open(t, { 'trace-t.json': JSON.stringify(trace, null, 2) });
  const [only] = table.examples;
  assert.deepEqual(
    [only && textOf(only), only?.group, only?.cluster],
    ['{"question":"Hi"}', 'support', 'session'],
  );
  assert.deepEqual([table.quality.data[0], table.completion?.(0, 0)?.answer], [0.5, 'Ho']);
});

test('langfuse: CSV of a bucket, its details as JSON', async (t) => {
  const table = await open(t, {
    'observations.csv':
      'id,trace_id,type,start_time,end_time,level,input,output,provided_model_name,usage_details,total_cost,trace_name\n' +
      'o1,t1,GENERATION,2025-11-25 15:00:00.000000,2025-11-25 15:00:01.500000,DEFAULT,"[{""role"":""user"",""content"":""1 + 1?""}]",2,a,"{""input"":18,""output"":2}",0.25,sums\n' +
      'o2,t2,GENERATION,2025-11-25 15:00:00.000000,,ERROR,1 + 1?,,b,,,sums\n' +
      'o3,t2,SPAN,2025-11-25 15:00:00.000000,,DEFAULT,,,,,,sums\n',
    'scores.csv':
      'id,trace_id,observation_id,name,value,data_type,string_value\ns1,t1,,good,0.5,NUMERIC,\ns2,t2,,tone,,CATEGORICAL,kind\n',
  });
  assert.deepEqual(cells(table), { '1 + 1?': { a: '0.5 of 1, ok', b: 'NaN of 0, error' } });
  assert.deepEqual(
    [at(table.cost!, 0, 0), at(table.tokensIn!, 0, 0), at(table.latencyMs!, 0, 0)],
    [0.25, 18, 1500],
  );
  assert.deepEqual(table.rowsDropped, { 'score in words': 1, 'no generation': 1 });
});

test('langfuse: CSV of the table of observations, its scores in columns of their own', async (t) => {
  const header = '"id","traceId","type","startTime","input","output","model","good","tone","traceTags"\n';
  const row = (id: string, more: string): string =>
    `"${id}","t${id}","GENERATION",'2025-11-25T15:00:00.000Z',"1 + 1?","2",${more}\n`.replaceAll(
      "'",
      '"'.repeat(3),
    );
  const a = row('1', '"a","[1,0]","[""kind""]","[]"');
  const rest = row('2', '"b","[1]","",""') + row('3', '"c","","",""');
  const table = await open(t, { 'export.csv': header + a + rest });
  assert.deepEqual([...table.quality.data], [0.5, 1, Number.NaN]);
  assert.equal(table.examples[0]?.time, '2025-11-25T15:00:00.000Z');
});

test('mt-bench: pairs are read where there are no ratings; a win is one that both orders give', async (t) => {
  const pair = (models: readonly [string, string], winners: readonly [string, string], turn = 1): string =>
    `${JSON.stringify({
      question_id: 81,
      model_1: models[0],
      model_2: models[1],
      g1_winner: winners[0],
      g2_winner: winners[1],
      judge: ['gpt-4', 'pair-v2'],
      g1_user_prompt: "[User Question]\nCompose a post.\n\n[The Start of Assistant A's Answer]\n...",
      turn,
    })}\n`;
  const file =
    pair(['a', 'b'], ['model_1', 'model_1']) +
    pair(['a', 'b'], ['model_1', 'model_2'], 2) +
    pair(['c', 'a'], ['model_1', 'model_1']) +
    pair(['c', 'b'], ['error', 'tie']);
  const table = await open(t, { 'gpt-4_pair.jsonl': file });
  assert.deepEqual(cells(table), {
    'Compose a post.': { a: '0.5 of 1, ok', b: '0.25 of 1, ok', c: '1 of 1, ok' },
  });
  assert.deepEqual(
    [table.scoreKind, table.rowsDropped],
    ['preference', { 'comparison without a verdict': 1 }],
  );
  const both = { ...written('mt-bench'), 'model_judgment/gpt-4_pair.jsonl': file };
  const beside = await open(t, both);
  assert.deepEqual([beside.models.length, beside.rowsDropped['pairwise judgement beside ratings']], [2, 4]);
  await refused(
    t,
    { 'gpt-4_pair.jsonl': pair(['a', 'b'], ['A', 'B']) },
    /gpt-4_pair\.jsonl:1: `g1_winner` is "A"; one of model_1/,
  );
});

test('what is wrong in a log is said with its place', async (t) => {
  const spec = '{"spec":{"completion_fns":["m"],"eval_name":"e"}}\n';
  const event = (type: string, data: object): string => JSON.stringify({ sample_id: 'e.0', type, data });
  await refused(
    t,
    { 'a.jsonl': spec + event('metrics', { score: 7 }) },
    /a\.jsonl:2: the score of e\.0 is 7/,
  );
  await refused(
    t,
    { 'a.jsonl': spec + event('match', { correct: 'yes' }) },
    /a\.jsonl:2: `correct` of a match/,
  );
  await refused(
    t,
    { 'a.jsonl': '{"question_id":1,"model":"m","judge":["j"],"score":"high","turn":1}\n' },
    /a\.jsonl:1: the score of m is "high"/,
  );
  await refused(
    t,
    { 'a.jsonl': '{"custom_id":"q","response":{"status_code":200,"body":[]},"error":null}\n' },
    /a\.jsonl:1: `body` is \[\] where an object/,
  );
});

test('messages are read from whatever a log keeps them in', () => {
  const user = [{ role: 'user', content: 'Hi' }];
  for (const value of [
    'Hi',
    user,
    { messages: user },
    JSON.stringify(user),
    JSON.stringify({ input: 'Hi' }),
    { prompt: user },
  ])
    assert.deepEqual(messagesOf(value), user, JSON.stringify(value));
  assert.deepEqual(messagesOf({ instructions: 'Be brief.', input: 'Hi' }), [
    { role: 'system', content: 'Be brief.' },
    ...user,
  ]);
  assert.deepEqual(messagesOf('{not json'), [{ role: 'user', content: '{not json' }]);
  for (const value of ['', null, 3, [], ['Hi'], {}, [{ role: 'user' }]])
    assert.equal(messagesOf(value), undefined, JSON.stringify(value));
});

test('times are read as the tools write them', () => {
  const noon = Date.UTC(2025, 10, 25, 12);
  for (const value of [
    '2025-11-25T12:00:00Z',
    '2025-11-25 12:00:00.000000',
    '2025-11-25 13:00:00+01',
    noon / 1000,
  ])
    assert.equal(timeIn(value), noon, String(value));
  for (const value of ['', 'today', null, {}, '2025-11-25', Number.NaN])
    assert.equal(timeIn(value), undefined);
});
