import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Behaviour,
  completion,
  done,
  end,
  event,
  type FakeUpstream,
  fakeUpstream,
  role,
  stream,
  word,
} from './faults.fixture.ts';
import { trip } from './trip.fixture.ts';

const messages = [{ role: 'user', content: 'Hello' }];
const hello = event({ content: 'Hello' });
const hang: Behaviour = () => {};
let second: FakeUpstream;
before(async () => {
  second = await fakeUpstream(word('second'));
});
after(() => second.close());

describe('who keeps silent is not waited for', { concurrency: true }, () => {
  const limits = 'timeouts: { firstTokenMs: 1000, idleMs: 1000, answerMs: 1000, drainMs: 100 }';
  const ping: Behaviour = (out) => {
    out.writeHead(200, { 'content-type': 'text/event-stream' });
    const beat = setInterval(() => out.write(': ping\n\n'), 20);
    out.once('close', () => clearInterval(beat));
  };
  const openBody: Behaviour = (out) =>
    void out.writeHead(200, { 'content-type': 'application/json' }).write('{"choices":');
  /** Asks a house of its own, whose first model behaves so. */
  const met = async (
    behaviour: Behaviour,
    streaming: boolean,
    check: (response: Response, silent: FakeUpstream) => Promise<void>,
  ): Promise<void> => {
    const silent = await fakeUpstream(behaviour);
    const models = `  - { name: silent, upstream: "${silent.url}" }\n  - { name: second, upstream: "${second.url}" }`;
    const hasty = await trip(models, { yaml: limits });
    try {
      const response = await hasty.post('/v1/chat/completions', {
        model: 'auto',
        messages,
        stream: streaming,
      });
      await check(response, silent);
    } finally {
      await hasty.close();
      await silent.close();
    }
  };
  const silences: readonly (readonly [string, Behaviour, boolean])[] = [
    ['stream: a hang before headers', hang, true],
    ['stream: a hang after headers', stream([], 'hang'), true],
    ['stream: a hang after the role', stream([role], 'hang'), true],
    ['stream: keepalives for ever', ping, true],
    ['JSON: a hang before headers', hang, false],
    ['JSON: a hang in the body', openBody, false],
  ];
  for (const [name, behaviour, streaming] of silences) {
    test(name, () =>
      met(behaviour, streaming, async (response, silent) => {
        assert.equal(response.headers.get('x-signalbox-served'), 'second');
        const whole = role + event({ content: 'second' }) + end + done;
        assert.equal(await response.text(), streaming ? whole : completion('second'));
        await silent.departure();
      }),
    );
  }

  test('a stall in the middle of a stream is told', () =>
    met(stream([role, hello], 'hang'), true, async (response, silent) => {
      const text = await response.text();
      assert.match(text, /"silent\\" sent nothing for 1000 ms in the middle of its answer/);
      assert.equal(text.includes('[DONE]'), false);
      await silent.departure();
    }));

  test('timeouts everywhere are a 504', async () => {
    const silent = await fakeUpstream(hang);
    const house = await trip(`  - { name: silent, upstream: "${silent.url}" }`, { yaml: limits });
    try {
      const response = await house.post('/v1/chat/completions', { model: 'auto', messages });
      assert.equal(response.status, 504);
      const { error } = (await response.json()) as { error: { code: string } };
      assert.equal(error.code, 'upstream-timeout');
    } finally {
      await house.close();
      await silent.close();
    }
  });
});
