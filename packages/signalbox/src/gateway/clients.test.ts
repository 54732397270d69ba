import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import OpenAI from 'openai';
import {
  completion,
  done,
  end,
  event,
  type FakeUpstream,
  fakeUpstream,
  json,
  role,
  stream,
  word,
} from './faults.fixture.ts';
import { collect, type Trip, trip } from './trip.fixture.ts';

let upstream: FakeUpstream;
let house: Trip;
let client: OpenAI;
const messages = [{ role: 'user' as const, content: 'Hello' }];

before(async () => {
  upstream = await fakeUpstream(word('fine'));
  house = await trip(
    `  - { name: first, model: upstream-first, upstream: "${upstream.url}", apiKeyEnv: UPSTREAM_KEY, price: { input: 2, output: 10, cachedInput: 1 } }`,
    { env: { UPSTREAM_KEY: 'sk-canary-0123456789' } },
  );
  client = new OpenAI({ baseURL: `${house.gateway.url}/v1`, apiKey: 'client-key', maxRetries: 0 });
});
after(async () => {
  await house.close();
  await upstream.close();
});

const tools = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

describe('the official openai client', () => {
  test('JSON: what it sent reaches the upstream, all but the name of the model', async () => {
    upstream.behave(word('fine'));
    const answer = await client.chat.completions.create({ model: 'auto', messages, tools, seed: 7 });
    assert.equal(answer.choices[0]?.message.content, 'fine');
    const sent = upstream.bodies.at(-1)?.toString();
    assert.equal(sent, JSON.stringify({ model: 'upstream-first', messages, tools, seed: 7 }));
    const headers = upstream.headers.at(-1);
    assert.equal(headers?.authorization, 'Bearer sk-canary-0123456789');
    assert.equal(headers?.['user-agent'], undefined);
  });

  test('stream: interleaved tool calls with gaps arrive as they were', async () => {
    const call = (index: number, more: object): string => event({ tool_calls: [{ index, ...more }] });
    upstream.behave(
      stream([
        role,
        call(0, { id: 'a', type: 'function', function: { name: 'weather', arguments: '' } }),
        call(2, { id: 'b', type: 'function', function: { name: 'weather', arguments: '{"ci' } }),
        call(0, { function: { arguments: '{"city":"Bern"}' } }),
        call(2, { function: { arguments: 'ty":"Köln"}' } }),
        event({}, 'tool_calls'),
        `data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}\n\n`,
        done,
      ]),
    );
    const pieces = await collect(
      await client.chat.completions.create({ model: 'auto', messages, tools, stream: true }),
    );
    const calls = new Map<number, string>();
    for (const { choices } of pieces) {
      for (const { index, function: called } of choices[0]?.delta.tool_calls ?? []) {
        calls.set(index, (calls.get(index) ?? '') + (called?.arguments ?? ''));
      }
    }
    assert.deepEqual(
      [...calls],
      [
        [0, '{"city":"Bern"}'],
        [2, '{"city":"Köln"}'],
      ],
    );
    assert.equal(pieces.at(-1)?.usage?.total_tokens, 14);
  });

  test('its stream helper puts the answer together', async () => {
    upstream.behave(stream([role, event({ content: 'one ' }), event({ content: 'two' }), end, done]));
    const final = await client.chat.completions.stream({ model: 'auto', messages }).finalContent();
    assert.equal(final, 'one two');
  });

  test('abort cancels the call of the upstream', async () => {
    upstream.behave(stream([role, event({ content: 'one' })], 'hang'));
    const departed = upstream.departure();
    const running = await client.chat.completions.create({ model: 'auto', messages, stream: true });
    for await (const piece of running) if (piece.choices[0]?.delta.content) running.controller.abort();
    await departed;
  });

  test('a broken stream throws instead of ending', async () => {
    upstream.behave(stream([role, event({ content: 'one' })], 'cut'));
    const running = await client.chat.completions.create({ model: 'auto', messages, stream: true });
    await assert.rejects(collect(running), /closed the connection before its answer was complete/);
  });

  test('refusals have the classes of the client', async () => {
    const unknown = client.chat.completions.create({ model: 'nobody', messages });
    await assert.rejects(
      unknown,
      (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found',
    );
    upstream.behave(json('{"error":{"message":"slow down"}}', 429));
    const limited = client.chat.completions.create({ model: 'first', messages });
    await assert.rejects(limited, (error) => error instanceof OpenAI.RateLimitError);
  });

  test('after exhausted fallbacks it does not try again', async () => {
    upstream.behave(json('{}', 503));
    const patient = client.withOptions({ maxRetries: 2 });
    const asked = upstream.bodies.length;
    await assert.rejects(
      patient.chat.completions.create({ model: 'auto', messages }),
      OpenAI.InternalServerError,
    );
    assert.equal(upstream.bodies.length, asked + 1);
  });
});

describe('keys', () => {
  test('an upstream that repeats its key is not passed on', async () => {
    upstream.behave(json('{"error":{"message":"Incorrect API key provided: sk-canary-0123456789"}}', 401));
    const response = await house.post('/v1/chat/completions', { model: 'first', messages });
    assert.equal(response.status, 401);
    assert.equal(await response.text(), '{"error":{"message":"Incorrect API key provided: [redacted]"}}');
  });

  test('none was ever told to the operator', () => {
    assert.equal(house.told.join('\n').includes('canary'), false);
  });
});

describe('large and slow', () => {
  test('a prompt of 10 MB passes, byte for byte', async () => {
    upstream.behave(word('read'));
    const content = 'A "quoted" \\ prompt. '.repeat(500_000);
    const response = await house.post('/v1/chat/completions', {
      model: 'auto',
      messages: [{ role: 'user', content }],
    });
    assert.equal(await response.text(), completion('read'));
    const sent = JSON.parse(upstream.bodies.at(-1)!.toString()) as { messages: { content: string }[] };
    assert.equal(sent.messages[0]?.content, content);
  });

  test('a client that does not read stops its upstream, and gets every byte once it does', async () => {
    const piece = event({ content: 'x'.repeat(60_000) });
    let sent = 0;
    let stopped = (): void => {};
    const stop = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    upstream.behave(async (out) => {
      out.writeHead(200, { 'content-type': 'text/event-stream' });
      for (; sent < 1000; sent++) {
        if (out.write(piece)) continue;
        // The first wait that does not end by itself at once is the one that backpressure causes.
        const drained = new Promise<void>((resolve) => out.once('drain', resolve));
        const idle = new Promise<'idle'>((resolve) => setTimeout(resolve, 200, 'idle'));
        if ((await Promise.race([drained, idle])) === 'idle') stopped();
        await drained;
      }
      out.end(end + done);
    });
    const response = await house.post('/v1/chat/completions', { model: 'auto', messages, stream: true });
    await stop;
    assert.ok(sent < 900, `the upstream had sent ${sent} of 1000 pieces that nobody read`);
    assert.equal((await response.arrayBuffer()).byteLength, 1000 * piece.length + end.length + done.length);
  });
});
