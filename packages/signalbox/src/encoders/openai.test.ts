import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, describe, test } from 'node:test';
import { encoderContract, isInterruption, queriesOf, testContext } from './contract.ts';
import { type OpenAiOptions, openai } from './openai.ts';

/** One request as the endpoint saw it. */
interface Seen {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: { readonly model: string; readonly input: string[]; readonly dimensions?: number };
}

type Answer = (body: Seen['body'], response: ServerResponse) => void;

const servers: Server[] = [];
const closeAll = (): void => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
};
afterEach(closeAll);

/** An endpoint on a real socket: gives the answers in turn, the last one from then on. */
async function endpoint(...answers: Answer[]): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString()) as Seen['body'];
    const answer = answers[Math.min(seen.length, answers.length - 1)]!;
    seen.push({ path: request.url!, key: request.headers.authorization, body });
    answer(body, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

const vectorOf = (text: string): number[] => [text.length, text.codePointAt(0) ?? 0, 1];

const good: Answer = ({ input }, response) => {
  // In another order than asked: the index tells.
  const data = input
    .map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }))
    .reverse();
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data }));
};

const status =
  (code: number, headers: Record<string, string> = {}, body = '{"error":{"message":"not now"}}'): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end(body);
  };

const json =
  (value: unknown): Answer =>
  (_, response) => {
    response.end(JSON.stringify(value));
  };

/** Waits nowhere, and notes how long it was to wait. */
function pauses(): { waits: number[]; pause: NonNullable<OpenAiOptions['pause']> } {
  const waits: number[] = [];
  return { waits, pause: async (milliseconds) => void waits.push(milliseconds) };
}

const queries = queriesOf(['one', '', 'three', '  ', 'fourth']);

test('asks in batches, without what is blank, and puts rows where they belong', async () => {
  process.env['SIGNALBOX_TEST_KEY'] = 'sk-test-1';
  const { baseUrl, seen } = await endpoint(good);
  const encoder = openai({
    baseUrl: `${baseUrl}/`,
    model: 'small',
    apiKeyEnv: 'SIGNALBOX_TEST_KEY',
    batch: 3,
  });
  const state = await encoder.fit(queries, testContext());
  assert.deepEqual(state, { width: 3 });
  const rows = await encoder.encode(queries, state, testContext());
  assert.deepEqual([...rows.data], [3, 111, 1, 0, 0, 0, 5, 116, 1, 0, 0, 0, 6, 102, 1]);
  assert.deepEqual(
    seen.map(({ body }) => body.input),
    [['width'], ['one', 'three'], ['fourth']],
  );
  assert.ok(
    seen.every(
      ({ path, key, body }) =>
        path === '/v1/embeddings' && key === 'Bearer sk-test-1' && body.model === 'small',
    ),
  );
  assert.ok(!JSON.stringify(encoder.settings).includes('sk-test'));
  await encoder.close?.();
});

test('dimensions are asked for and need no probe', async () => {
  const { baseUrl, seen } = await endpoint(good);
  const encoder = openai({ baseUrl, model: 'm', dimensions: 3 });
  await encoder.encode(queries, await encoder.fit(queries, testContext()), testContext());
  assert.deepEqual([seen.length, seen[0]!.body.dimensions, seen[0]!.key], [1, 3, undefined]);
  await encoder.close?.();
});

test('tries again on 429 and 5xx, and waits as long as it is told', async () => {
  const { baseUrl, seen } = await endpoint(
    status(429, { 'retry-after': '7' }),
    status(503),
    status(500, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }),
    (_, response) => response.destroy(),
    good,
  );
  const { waits, pause } = pauses();
  const encoder = openai({ baseUrl, model: 'm', dimensions: 3, pause });
  const rows = await encoder.encode(queriesOf(['x']), { width: 3 }, testContext());
  assert.deepEqual([...rows.data], [1, 120, 1]);
  assert.deepEqual(waits, [7000, 1000, 60_000, 4000]);
  assert.equal(seen.length, 5);
  await encoder.close?.();
});

test('gives up after its tries, and at once where trying again is of no use', async () => {
  const { waits, pause } = pauses();
  const busy = await endpoint(status(503));
  const patient = openai({ baseUrl: busy.baseUrl, model: 'm', dimensions: 3, pause, retries: 2 });
  await assert.rejects(
    patient.encode(queries, { width: 3 }, testContext()),
    /answered with status 503 \(not now\)/,
  );
  assert.deepEqual(waits, [500, 1000]);
  process.env['SIGNALBOX_TEST_KEY'] = 'sk-secret-2';
  const message = '{"error":{"message":"wrong key sk-secret-2"}}';
  const closed = await endpoint(status(401, {}, message));
  const refused = openai({
    baseUrl: closed.baseUrl,
    model: 'm',
    dimensions: 3,
    apiKeyEnv: 'SIGNALBOX_TEST_KEY',
  });
  await assert.rejects(refused.encode(queries, { width: 3 }, testContext()), {
    code: 'encoder',
    message: /status 401 \(wrong key \[redacted\]\)/,
  });
  assert.equal(closed.seen.length, 1);
  await Promise.all([patient.close?.(), refused.close?.()]);
});

test('an answer that is not what was asked for is refused', async () => {
  const answers: [Answer, RegExp][] = [
    [status(200, {}, 'no json'), /no list of embeddings/],
    [json({ data: [{ index: 0, embedding: ['a'] }] }), /no list of embeddings/],
    [json({ data: [{ index: 0, embedding: [1, 2, 3] }] }), /answered with 1 embeddings for 3 texts/],
    [
      json({ data: [0, 0, 1].map((index) => ({ index, embedding: [1, 2, 3] })) }),
      /3 embeddings for 3 texts|no list/,
    ],
    [
      json({ data: [0, 1, 2].map((index) => ({ index, embedding: [1, 2] })) }),
      /2 numbers where 3 were expected/,
    ],
    [status(302, { location: 'http://elsewhere.invalid/' }), /status 302/],
  ];
  for (const [answer, expected] of answers) {
    const { baseUrl } = await endpoint(answer);
    const encoder = openai({ baseUrl, model: 'm', dimensions: 3 });
    await assert.rejects(encoder.encode(queries, { width: 3 }, testContext()), {
      code: 'encoder',
      message: expected,
    });
    await encoder.close?.();
  }
});

test('an endpoint that says nothing is left after the time limit, or when the user stops', async () => {
  const { baseUrl } = await endpoint(() => {});
  const slow = openai({ baseUrl, model: 'm', dimensions: 3, timeoutMs: 30, retries: 0 });
  await assert.rejects(slow.encode(queries, { width: 3 }, testContext()), /did not answer within 30 ms/);
  const controller = new AbortController();
  const stopping = openai({ baseUrl, model: 'm', dimensions: 3 });
  const run = stopping.encode(queries, { width: 3 }, testContext({ signal: controller.signal }));
  controller.abort();
  await assert.rejects(run, isInterruption);
  await Promise.all([slow.close?.(), stopping.close?.()]);
});

test('refuses addresses that are none or that carry a secret, and a key that is not set', async () => {
  for (const baseUrl of [
    'no address',
    'ftp://host/v1',
    'https://user:pw@host/v1',
    'https://host/v1?key=pw',
  ]) {
    assert.throws(
      () => openai({ baseUrl, model: 'm' }),
      (error: Error) => /baseUrl/.test(error.message) && !error.message.includes('pw'),
    );
  }
  const encoder = openai({
    baseUrl: 'http://127.0.0.1:9/v1',
    model: 'm',
    apiKeyEnv: 'SIGNALBOX_TEST_ABSENT',
  });
  await assert.rejects(encoder.fit([], testContext()), /SIGNALBOX_TEST_ABSENT, which is not set/);
});

describe('contract', async () => {
  const { baseUrl } = await endpoint(good);
  const kept = servers.splice(0);
  after(() => {
    servers.push(...kept);
    closeAll();
  });
  encoderContract(() => openai({ baseUrl, model: 'm' }));
});
