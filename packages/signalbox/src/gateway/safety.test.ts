import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { Pool } from 'undici';
import { parseGatewayConfig } from '../pipeline/gateway-config.ts';
import { done, end, event, fakeUpstream, json, role, stream, word } from './faults.fixture.ts';
import { gate } from './gate.ts';
import { startGateway } from './server.ts';
import { fakeChooser, type Trip, trip } from './trip.fixture.ts';

const models = '  - { name: small, upstream: simulated }';
const ask = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };
let house: Trip | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** A request under another Host header, which `fetch` would not send. */
function statusUnder(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/models`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('keys', () => {
  const auth = {
    yaml: 'auth: { keysEnv: KEYS }',
    env: { KEYS: 'first-key-of-some-length, second-key-of-some-length' },
  };

  test('any of them opens everything but /health, which is open', async () => {
    house = await trip(models, auth);
    for (const key of ['first-key-of-some-length', 'second-key-of-some-length']) {
      const response = await house.post('/v1/chat/completions', ask, { authorization: `Bearer ${key}` });
      assert.equal(response.status, 200);
    }
    for (const header of [
      '',
      'Bearer ',
      'Bearer first-key-of-some-lengt',
      'Basic first-key-of-some-length',
    ]) {
      const response = await house.post('/v1/feedback', ask, { authorization: header });
      assert.equal(response.status, 401);
      const { error } = (await response.json()) as { error: { code: string; type: string } };
      assert.equal(error.code, 'invalid_api_key');
      assert.equal(error.type, 'authentication_error');
    }
    assert.equal((await fetch(`${house.gateway.url}/v1/models`)).status, 401);
    const health = await fetch(`${house.gateway.url}/health`);
    assert.equal(health.status, 200);
    assert.equal(((await health.json()) as { status: string }).status, 'ok');
  });

  const refused: Record<string, readonly [string, Record<string, string>, RegExp]> = {
    'another address without a key': [
      'listen: 0.0.0.0:0',
      {},
      /"0\.0\.0\.0" can be reached from other machines, and no key is asked for/,
    ],
    'a variable that is not set': ['auth: { keysEnv: KEYS }', {}, /the variable KEYS holds no key/],
    'a key that can be guessed': ['auth: { keysEnv: KEYS }', { KEYS: 'short' }, /fewer than 16 characters/],
  };
  for (const [name, [yaml, env, sentence]] of Object.entries(refused)) {
    test(`${name} is refused at the start`, async () => {
      const config = parseGatewayConfig('c.yaml', `${yaml}\nmodels:\n${models}\n`);
      await assert.rejects(startGateway({ config, env, chooser: fakeChooser(['small']) }), (error) => {
        assert.match((error as Error).message, sentence);
        assert.equal((error as Error).message.includes('short'), false);
        return true;
      });
    });
  }

  test('without keys, a page of the web does not get in through a name of its own', async () => {
    house = await trip(models);
    assert.equal(await statusUnder(house.gateway.url, 'evil.example'), 401);
    assert.equal(await statusUnder(house.gateway.url, 'localhost:80'), 200);
    const plain = await house.post('/v1/chat/completions', ask, { 'content-type': 'text/plain' });
    assert.equal(plain.status, 415);
  });
});

describe('requests that cannot be taken', () => {
  const cases: Record<string, readonly [string, string, number, RegExp]> = {
    'no JSON': ['/v1/chat/completions', '{"model":', 400, /the body is not JSON/],
    nothing: ['/v1/chat/completions', '', 400, /body/],
    'too much': [
      '/v1/chat/completions',
      JSON.stringify({ ...ask, pad: 'x'.repeat(2000) }),
      413,
      /larger than 1000 bytes \(limits\.bodyBytes/,
    ],
    'another path': ['/v1/completions', '{}', 404, /there is no POST \/v1\/completions here/],
  };
  for (const [name, [path, body, status, sentence]] of Object.entries(cases)) {
    test(name, async () => {
      house = await trip(models, { yaml: 'limits: { bodyBytes: 1000 }' });
      const response = await house.post(path, body);
      assert.equal(response.status, status);
      const { error } = (await response.json()) as { error: { message: string; type: string } };
      assert.match(error.message, sentence);
      assert.equal(error.type, 'invalid_request_error');
    });
  }
});

describe('a router and a pool that do not match', () => {
  test('what stands on one side only is named, and left out of auto', async () => {
    house = await trip(`${models}\n  - { name: stranger, upstream: simulated }`, {
      order: ['gone', 'small'],
    });
    const told = house.told.join('\n');
    assert.match(told, /the router knows models that are not in the pool: gone/);
    assert.match(told, /served by name only, unknown to the router: stranger/);
    const auto = await house.post('/v1/chat/completions', ask);
    assert.equal(auto.headers.get('x-signalbox-served'), 'small');
    assert.equal(auto.headers.get('x-signalbox-best-single-cost'), null);
    const named = await house.post('/v1/chat/completions', { ...ask, model: 'stranger' });
    assert.equal(named.headers.get('x-signalbox-served'), 'stranger');
    assert.equal(named.headers.get('x-signalbox-router'), null);
  });

  test('nothing in common is refused', async () => {
    await assert.rejects(
      trip(models, { order: ['org/other'] }),
      /trained on org\/other: give each model its name there as "trainedAs"/,
    );
  });

  test('without a router, auto is refused and names work', async () => {
    house = await trip(models);
    const config = parseGatewayConfig(
      join(house.folder, 'c.yaml'),
      `listen: 127.0.0.1:0\nmodels:\n${models}\nlog: { text: off }\n`,
    );
    const quiet = { info: () => {}, warn: () => {}, error: () => {} };
    const gateway = await startGateway({ config, env: {}, logger: quiet });
    const post = (model: string): Promise<Response> =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...ask, model }),
      });
    try {
      assert.equal((await post('auto')).status, 404);
      assert.equal((await post('small')).status, 200);
    } finally {
      await gateway.close();
    }
  });

  test('a prompt that is surely too long for a model goes to another', async () => {
    house = await trip(
      '  - { name: narrow, upstream: simulated, contextWindow: 100 }\n  - { name: wide, upstream: simulated }',
    );
    const served = async (length: number): Promise<string | null> => {
      const messages = [{ role: 'user', content: 'x'.repeat(length) }];
      const response = await house!.post('/v1/chat/completions', { model: 'auto', messages });
      return response.headers.get('x-signalbox-served');
    };
    assert.equal(await served(800), 'narrow');
    assert.equal(await served(801), 'wide');
  });
});

describe('the gate', () => {
  const of = (
    quality: 'yes' | 'task-table' | 'no' | 'insufficient',
    cost: 'yes' | 'cascade' | 'no' | 'insufficient' | 'unknown-cost',
  ) => ({
    quality: { answer: quality },
    cost: { answer: cost },
  });
  test('serves quietly, with a warning, or not at all', () => {
    for (const verdict of [
      of('yes', 'no'),
      of('task-table', 'no'),
      of('no', 'yes'),
      of('insufficient', 'cascade'),
    ]) {
      assert.deepEqual(gate(verdict, false), { serve: true });
    }
    for (const verdict of [
      undefined,
      of('insufficient', 'no'),
      of('no', 'insufficient'),
      of('insufficient', 'unknown-cost'),
    ]) {
      const { serve, warning } = gate(verdict, false);
      assert.equal(serve, true);
      assert.ok(warning);
    }
    for (const verdict of [of('no', 'no'), of('no', 'unknown-cost')]) {
      assert.equal(gate(verdict, false).serve, false);
      assert.equal(gate(verdict, true).serve, true);
    }
  });

  test('a no stops the start', async () => {
    await assert.rejects(
      trip(models, { verdict: of('no', 'no') }),
      /routing does not pay here; .*acceptVerdict: true/,
    );
    house = await trip(models, { verdict: of('no', 'no'), yaml: 'acceptVerdict: true' });
    assert.match(house.told.join('\n'), /served because acceptVerdict is true/);
  });
});

describe('stopping', () => {
  test('answers that are open may end', async () => {
    let go = (): void => {};
    const upstream = await fakeUpstream(async (out) => {
      out.writeHead(200, { 'content-type': 'text/event-stream' }).write(role + event({ content: 'one' }));
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      out.end(end + done);
    });
    house = await trip(`  - { name: up, upstream: "${upstream.url}" }`);
    const response = await house.post('/v1/chat/completions', { ...ask, stream: true });
    const closed = house.close();
    house = undefined;
    go();
    assert.match(await response.text(), /\[DONE\]/);
    await closed;
    await upstream.close();
  });

  test('but not for ever: they end with an error event, and the upstream is left', async () => {
    const upstream = await fakeUpstream(stream([role, event({ content: 'one' })], 'hang'));
    house = await trip(`  - { name: up, upstream: "${upstream.url}" }`, {
      yaml: 'timeouts: { drainMs: 50 }',
    });
    const response = await house.post('/v1/chat/completions', { ...ask, stream: true });
    const departed = upstream.departure();
    const closed = house.close();
    house = undefined;
    const text = await response.text();
    assert.match(text, /the gateway is stopping/);
    assert.equal(text.includes('[DONE]'), false);
    await departed;
    await closed;
    await upstream.close();
  });

  test('a port that is taken is told in a sentence', async () => {
    house = await trip(models);
    const port = new URL(house.gateway.url).port;
    const config = parseGatewayConfig(
      join(house.folder, 'c.yaml'),
      `listen: 127.0.0.1:${port}\nmodels:\n${models}\n`,
    );
    const start = startGateway({ config, env: {}, chooser: fakeChooser(['small']) });
    await assert.rejects(
      start,
      /cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\); something else listens there/,
    );
  });
});

/** Waits for what other ends of sockets bring about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('nothing leaks', () => {
  test('1,000 clients that leave at once leave no call behind', async () => {
    const upstream = await fakeUpstream(stream([role, event({ content: 'one' })], 'hang'));
    house = await trip(`  - { name: up, upstream: "${upstream.url}" }`, {
      yaml: 'limits: { connections: 64 }',
    });
    const { gateway } = house;
    const { port } = new URL(gateway.url);
    const body = JSON.stringify({ ...ask, stream: true });
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    const clients = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const socket = connect(Number(port), '127.0.0.1');
        await once(socket, 'connect');
        socket.write(head + body);
        return socket;
      }),
    );
    await until(() => gateway.counts().open === 1000);
    for (const socket of clients) socket.destroy();
    await until(() => gateway.counts().open === 0);
    upstream.behave(word('still here'));
    const response = await house.post('/v1/chat/completions', ask);
    assert.match(await response.text(), /still here/);
    await house.close();
    house = undefined;
    await upstream.close();
    assert.equal(upstream.sockets.size, 0);
  });

  test('10,000 requests, JSON and streams, whole and broken: every socket is closed at the end', async () => {
    const upstream = await fakeUpstream(word('fine'));
    const broken = await fakeUpstream(json('{}', 500));
    house = await trip(
      `  - { name: broken, upstream: "${broken.url}" }\n  - { name: fine, upstream: "${upstream.url}" }`,
      { yaml: 'limits: { connections: 16 }' },
    );
    const total = 10_000;
    const line = new Pool(house.gateway.url, { connections: 32, pipelining: 1 });
    let [next, right] = [0, 0];
    const worker = async (): Promise<void> => {
      while (next < total) {
        const i = next++;
        const model = i % 10 === 0 ? 'auto' : 'fine';
        const sent = JSON.stringify({ ...ask, model, stream: i % 2 === 1 });
        const headers = { 'content-type': 'application/json' };
        const answer = await line.request({
          path: '/v1/chat/completions',
          method: 'POST',
          headers,
          body: sent,
        });
        const text = await answer.body.text();
        if (answer.statusCode === 200 && text.includes('fine') && text.includes('"stop"')) right++;
      }
    };
    await Promise.all(Array.from({ length: 32 }, worker));
    await line.close();
    assert.equal(right, total);
    assert.ok(upstream.mostSockets() <= 16, `${upstream.mostSockets()} sockets to one upstream`);
    assert.equal(house.gateway.counts().open, 0);
    await house.gateway.flush();
    assert.deepEqual(house.gateway.counts(), {
      open: 0,
      upstreamConnections: upstream.sockets.size + broken.sockets.size,
      written: total,
      lost: 0,
    });
    await house.close();
    house = undefined;
    await Promise.all([upstream.close(), broken.close()]);
    assert.equal(upstream.sockets.size + broken.sockets.size, 0);
  });
});
