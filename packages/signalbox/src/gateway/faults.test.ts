import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { exportLog } from '../pipeline/export-log.ts';
import {
  type Behaviour,
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

const messages = [{ role: 'user', content: 'Hello' }];
let first: FakeUpstream;
let second: FakeUpstream;
let house: Trip;

before(async () => {
  first = await fakeUpstream(word('first'));
  second = await fakeUpstream(word('second'));
});
after(async () => {
  await Promise.all([first.close(), second.close()]);
});
beforeEach(async () => {
  first.behave(word('first'));
  second.behave(word('second'));
  house = await trip(
    `  - { name: first, upstream: "${first.url}" }\n  - { name: second, upstream: "${second.url}" }`,
    { yaml: 'timeouts: { drainMs: 100 }' },
  );
});
afterEach(() => house.close());

const ask = (model: string, streaming: boolean): Promise<Response> =>
  house.post('/v1/chat/completions', { model, messages, stream: streaming });

interface Told {
  readonly error: { readonly message: string; readonly type: string; readonly code: string };
}
const told = async (response: Response): Promise<Told['error']> => ((await response.json()) as Told).error;

const hang: Behaviour = () => {};
const cutAtOnce: Behaviour = (out) => void out.socket?.destroy();
const hello = event({ content: 'Hello' });

describe('before the first content, auto goes on to the next model', () => {
  const either: Record<string, Behaviour> = {
    'status 401': json('{"error":{"message":"bad key"}}', 401),
    'status 403': json('{}', 403),
    'status 404': json('{}', 404),
    'status 408': json('{}', 408),
    'status 409': json('{}', 409),
    'status 429': json('{}', 429, { 'retry-after': '7' }),
    'status 500': json('{}', 500),
    'status 502': json('<html>', 502),
    'status 503': json('{}', 503),
    'status 529': json('{}', 529),
    'a context that is too long for it': json('{"error":{"code":"context_length_exceeded"}}', 400),
    'a redirect': (out) => void out.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    'an HTML page under status 200': (out) =>
      void out.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
    'an unknown encoding': (out) => void out.writeHead(200, { 'content-encoding': 'rot13' }).end('x'),
    'broken gzip': (out) => void out.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    'broken HTTP': (out) => void out.socket?.end('nonsense\r\n\r\n'),
    'a cut before headers': cutAtOnce,
  };
  const streams: Record<string, Behaviour> = {
    'a cut after headers': stream([], 'cut'),
    'a cut after the role': stream([role], 'cut'),
    'an end after the role': stream([role]),
    'an empty stream': stream([]),
    '[DONE] alone': stream([done]),
    'an error event first': stream([`data: {"error":{"message":"overloaded"}}\n\n`]),
    'an error event after the role': stream([role, 'event: error\ndata: {"message":"overloaded"}\n\n']),
    'a malformed event': stream([role, 'data: {"choices":[{"del\n\n', done]),
    'JSON instead of a stream': json(completion('no stream')),
  };
  const bodies: Record<string, Behaviour> = {
    'a body that is cut': (out) =>
      void out
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        .write('{"choices":', () => out.socket?.destroy()),
    'a body that is not JSON': json('upstream connect error'),
    'an error under status 200': json('{"error":{"message":"no"}}'),
    'a stream instead of JSON': stream([role, hello, end, done]),
  };
  for (const [fault, behaviour] of Object.entries({ ...either, ...streams })) {
    test(`stream: ${fault}`, async () => {
      first.behave(behaviour);
      const response = await ask('auto', true);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('x-signalbox-chosen'), 'first');
      assert.equal(response.headers.get('x-signalbox-served'), 'second');
      assert.equal(response.headers.get('x-signalbox-attempts'), '2');
      assert.equal(await response.text(), role + event({ content: 'second' }) + end + done);
    });
  }
  for (const [fault, behaviour] of Object.entries({ ...either, ...bodies })) {
    test(`JSON: ${fault}`, async () => {
      first.behave(behaviour);
      const response = await ask('auto', false);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('x-signalbox-served'), 'second');
      assert.equal(await response.text(), completion('second'));
    });
  }
});

describe('what cannot be reached', () => {
  test('a refused connection and an unknown name are fallen back from; by name they are told', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    const far = await trip(
      `  - { name: closed, upstream: "http://127.0.0.1:${port}/v1" }\n  - { name: nowhere, upstream: "http://nowhere.invalid/v1" }\n  - { name: second, upstream: "${second.url}" }`,
    );
    try {
      const response = await far.post('/v1/chat/completions', { model: 'auto', messages });
      assert.equal(response.headers.get('x-signalbox-attempts'), '3');
      assert.equal(await response.text(), completion('second'));
      const refused = await far.post('/v1/chat/completions', { model: 'closed', messages });
      assert.equal(refused.status, 502);
      const { message, type } = await told(refused);
      assert.match(message, /"closed" could not be reached \(ECONNREFUSED\)/);
      assert.equal(type, 'upstream_error');
      assert.equal(message.includes(String(port)), false);
    } finally {
      await far.close();
    }
  });
});

describe('what the request is at fault for goes back as the upstream said it', () => {
  for (const status of [400, 413, 422]) {
    test(`status ${status}`, async () => {
      const body = '{"error":{"message":"bad tool","type":"invalid_request_error","code":null,"extra":[1]}}';
      first.behave(json(body, status));
      const asked = second.bodies.length;
      const response = await ask('auto', status === 413);
      assert.equal(response.status, status);
      assert.equal(await response.text(), body);
      assert.equal(second.bodies.length, asked);
    });
  }
});

describe('when no model answers', () => {
  test('the client is told what was tried, and not to try again itself', async () => {
    first.behave(json('{"error":{"message":"host 10.1.2.3 is down"}}', 500));
    second.behave(cutAtOnce);
    const response = await ask('auto', true);
    assert.equal(response.status, 502);
    assert.equal(response.headers.get('x-should-retry'), 'false');
    assert.equal(response.headers.get('x-signalbox-attempts'), '2');
    const { message, code } = await told(response);
    assert.equal(message, 'no model answered; tried: first (500), second (cut)');
    assert.equal(code, 'upstream');
  });

  test('limits everywhere are a 429 with the shortest wait', async () => {
    first.behave(json('{}', 429, { 'retry-after': '9' }));
    second.behave(json('{}', 429, { 'retry-after': '4' }));
    const response = await ask('auto', false);
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '4');
    assert.equal(response.headers.get('x-should-retry'), 'false');
  });
});

describe('a model by name', () => {
  test('is never replaced; its refusal comes through unchanged', async () => {
    const body = '{"error":{"message":"slow down","odd":true}}';
    first.behave(json(body, 429, { 'retry-after': '7', 'x-request-id': 'up-1', 'set-cookie': 'a=b' }));
    const asked = second.bodies.length;
    const response = await ask('first', false);
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.equal(response.headers.get('x-request-id'), 'up-1');
    assert.equal(response.headers.get('set-cookie'), null);
    assert.equal(response.headers.get('x-should-retry'), null);
    assert.equal(await response.text(), body);
    assert.equal(second.bodies.length, asked);
  });

  test('an error event before any content becomes a status', async () => {
    first.behave(stream([role, 'data: {"error":{"message":"too many","code":429}}\n\n']));
    const response = await ask('first', true);
    assert.equal(response.status, 429);
    assert.equal((await told(response)).message, 'too many');
  });

  test('an HTML page under status 200 is an error', async () => {
    first.behave((out) => void out.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    const response = await ask('first', false);
    assert.equal(response.status, 502);
    assert.match((await told(response)).message, /text\/html where JSON was asked for/);
  });

  test('an unknown name is a 404 with the nearest known one', async () => {
    const response = await ask('firsst', false);
    assert.equal(response.status, 404);
    const error = await told(response);
    assert.equal(error.code, 'model_not_found');
    assert.match(error.message, /there is no model "firsst"; did you mean "first"\?/);
  });
});

describe('after the first content, a stream ends with a reason or with an error event', () => {
  const broken: Record<string, readonly [Behaviour, RegExp]> = {
    'a cut': [stream([role, hello], 'cut'), /closed the connection before its answer was complete/],
    'a clean end without a reason': [stream([role, hello]), /ended its stream without saying why/],
    '[DONE] without a reason': [stream([role, hello, done]), /closed its stream without a finish reason/],
    'a malformed event': [stream([role, hello, 'data: {"cho\n\n', end, done]), /not a JSON object/],
    'one of two choices cut off': [
      stream([
        `data: {"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}\n\n`,
        end,
      ]),
      /without saying why/,
    ],
  };
  for (const [fault, [behaviour, expected]] of Object.entries(broken)) {
    test(fault, async () => {
      first.behave(behaviour);
      const response = await ask('auto', true);
      assert.equal(response.status, 200);
      const events = (await response.text()).split('\n\n').filter((text) => text !== '');
      const last = JSON.parse(events.at(-1)!.slice('data: '.length)) as Told;
      assert.match(last.error.message, expected);
      assert.equal(events.includes('data: [DONE]'), false);
    });
  }

  test("the upstream's own error event is passed on as it came", async () => {
    const own = 'event: error\r\ndata: {"error":{"message":"overloaded","extra":1}}\r\n\r\n';
    first.behave(stream([role, hello, own, done]));
    assert.equal(await (await ask('auto', true)).text(), role + hello + own);
  });

  test('an answer whose every choice told its reason is complete, though the closing mark was lost', async () => {
    first.behave(stream([role, hello, end], 'cut'));
    assert.equal(await (await ask('auto', true)).text(), role + hello + end + done);
    first.behave(stream([role, hello, end]));
    assert.equal(await (await ask('auto', true)).text(), role + hello + end + done);
  });

  test('a line that stays open behind [DONE] keeps nobody waiting', async () => {
    first.behave(stream([role, hello, end, done], 'hang'));
    assert.equal(await (await ask('auto', true)).text(), role + hello + end + done);
  });

  test('the log tells cut answers from whole ones', async () => {
    first.behave(stream([role, hello], 'cut'));
    await (await ask('auto', true)).text();
    first.behave(
      stream([role, hello, event({}, 'length', { usage: { prompt_tokens: 3, completion_tokens: 4 } }), done]),
    );
    await (await ask('auto', true)).text();
    first.behave(json('{}', 500));
    second.behave(json('{}', 500));
    await (await ask('auto', true)).text();
    await house.gateway.flush();
    const rows = await collect(exportLog({ file: house.logFile }));
    assert.deepEqual(
      rows.map(({ status, sample, tokens_out }) => ({ status, sample, tokens_out })),
      [
        { status: 'error', sample: 0, tokens_out: undefined },
        { status: 'truncated', sample: 1, tokens_out: 4 },
        { status: 'error', sample: 0, tokens_out: undefined },
      ],
    );
  });
});

describe('bytes come through as the upstream wrote them', () => {
  const odd = event({ content: 'Zürich 🚂 東京' }, null, { unknown: { kept: [1, null] } });
  const whole = Buffer.from(`: welcome\n\n${role}${odd}: ping\n\n${end}${done}`);
  const crlf = Buffer.from(whole.toString().replaceAll('\n', '\r\n'));
  const cr = Buffer.from(whole.toString().replaceAll('\n', '\r'));

  test('split at every byte, with LF, CRLF and CR', async () => {
    for (const bytes of [whole, crlf, cr]) {
      first.behave(stream(Array.from(bytes, (byte) => Buffer.from([byte]))));
      const response = await ask('auto', true);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
    }
  });

  test('compressed, though plain bytes were asked for', async () => {
    const encodings = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };
    for (const [encoding, compress] of Object.entries(encodings)) {
      first.behave((out) => {
        out.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding });
        const bytes = compress(whole);
        out.write(bytes.subarray(0, 20), () => out.end(bytes.subarray(20)));
      });
      assert.deepEqual(Buffer.from(await (await ask('auto', true)).arrayBuffer()), whole);
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      first.behave((out) => void out.writeHead(200, headers).end(compress(completion('packed'))));
      const response = await ask('auto', false);
      assert.equal(await response.text(), completion('packed'));
      assert.equal(response.headers.get('content-encoding'), null);
    }
  });

  test('a JSON body with its spaces, its order and its unknown fields', async () => {
    const body = `{ "x_unknown" : 1e2,\n"choices":[ {"message":{"content":"é"},"finish_reason":"stop"} ] }`;
    first.behave(json(body));
    assert.equal(await (await ask('auto', false)).text(), body);
  });
});

describe('who leaves stops the bill', () => {
  for (const [when, behaviour, streaming] of [
    ['before headers of a stream', hang, true],
    ['before a JSON answer', hang, false],
    ['in the middle of a stream', stream([role, hello], 'hang'), true],
  ] as const) {
    test(`a client that leaves ${when} cancels the call`, async () => {
      await house.close();
      house = await trip(`  - { name: first, upstream: "${first.url}" }`);
      first.behave(behaviour);
      const leave = new AbortController();
      const departed = first.departure();
      const arrived = first.arrival();
      const response = fetch(`${house.gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto', messages, stream: streaming }),
        signal: leave.signal,
      });
      const gone = assert.rejects(response.then((begun) => begun.text()));
      await arrived;
      if (behaviour !== hang) await response;
      leave.abort();
      await departed;
      await gone;
    });
  }
});
