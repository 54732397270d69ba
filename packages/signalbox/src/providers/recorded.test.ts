import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Chunk, Completion } from '../core/completion.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Provider } from '../core/provider.ts';
import { userMessage } from '../core/query.ts';
import { fromRows } from '../math/matrix.ts';
import { replay } from './replay.ts';
import { simulated } from './simulated.ts';

const table: Dataset = {
  name: 'tiny',
  format: 'test',
  examples: [
    { id: 'q1', messages: userMessage('one') },
    { id: 'q2', messages: userMessage('one') },
  ],
  models: [{ id: 'a', price: 'unknown' }],
  quality: fromRows([[1], [0]]),
  k: fromRows([[1], [1]]),
  tokensIn: fromRows([[3], [Number.NaN]]),
  tokensOut: fromRows([[4], [5]]),
  completion: (row) => (row === 0 ? { answer: 'A', status: 'ok' } : { answer: 'B', status: 'truncated' }),
  primary: 'quality',
  rowsDropped: {},
  notes: [],
  digests: {},
};

async function run(
  provider: Provider,
  id: string,
  stream = false,
): Promise<{ text: string; end: Completion }> {
  const query = { id, messages: userMessage('one') };
  const chunks: AsyncGenerator<Chunk, Completion> = provider.complete(
    { query, stream },
    { signal: new AbortController().signal },
  );
  let text = '';
  for (;;) {
    const step = await chunks.next();
    if (step.done) return { text, end: step.value };
    text += Buffer.from(step.value.bytes).toString();
  }
}

describe('replay', () => {
  const provider = replay(table, 'a');
  test('answers by id, so that rows of one text keep their own outcomes', async () => {
    assert.deepEqual((await run(provider, 'q1')).end, {
      status: 'ok',
      answer: 'A',
      usage: { tokensIn: 3, tokensOut: 4 },
    });
    assert.deepEqual((await run(provider, 'q2')).end, { status: 'truncated', answer: 'B' });
  });
  test('in the shapes of the protocol', async () => {
    const body = JSON.parse((await run(provider, 'q1')).text) as {
      choices: { message: { content: string } }[];
    };
    assert.equal(body.choices[0]?.message.content, 'A');
    assert.match(
      (await run(provider, 'q2', true)).text,
      /"content":"B".*"finish_reason":"length".*\[DONE\]\n\n$/s,
    );
  });
  test('says what is not recorded', async () => {
    await assert.rejects(run(provider, 'q3'), /"a" has no recorded answer to the query "q3"/);
    assert.throws(() => replay(table, 'b'), /tiny: there is no model "b"/);
    const { completion: _, ...outcomes } = table;
    assert.throws(() => replay(outcomes, 'a'), /tiny: no answers are recorded/);
  });
  test('takes no prompt that is new', () => assert.equal(provider.supports.has('new-prompts'), false));
});

describe('simulated', () => {
  const make = (seed: number): Provider => simulated({ name: 'a', seed, latencyMs: 0, now: () => 7 });
  test('the same seed answers alike, and says what it is', async () => {
    const once = await run(make(1), 'q1');
    assert.deepEqual(once, await run(make(1), 'q1'));
    assert.notEqual(once.text, (await run(make(2), 'q1')).text);
    assert.match(once.end.answer ?? '', /^This is a simulated answer of "a": no model was called/);
  });
  test('a stream says the same words', async () => {
    const { text, end } = await run(make(1), 'q1', true);
    const words = text.split('\n\n').flatMap((event): string[] => {
      if (!event.startsWith('data: {')) return [];
      const { choices } = JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] };
      return [choices[0]?.delta.content ?? ''];
    });
    assert.equal(words.join(''), end.answer);
  });
});
