import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Chunk, type Completion, UpstreamError } from '../core/completion.ts';
import type { Provider } from '../core/provider.ts';
import { type Attempt, checkRequires, type Execution, type Strategy } from '../core/strategy.ts';
import { strategies } from './index.ts';

/** Answers with these pieces, then ends or fails; '' is a piece without content. */
function scripted(
  name: string,
  pieces: readonly string[],
  failure?: UpstreamError,
): Provider & { left: number } {
  const provider = {
    name,
    left: 0,
    supports: new Set(['new-prompts', 'stream'] as const),
    async *complete(): AsyncGenerator<Chunk, Completion> {
      let whole = false;
      try {
        for (const piece of pieces) yield { model: name, bytes: Buffer.from(piece), content: piece !== '' };
        if (failure) throw failure;
        whole = true;
        return { status: 'ok' };
      } finally {
        if (!whole && failure === undefined) provider.left++;
      }
    },
  };
  return provider;
}

function execution(choices: readonly Provider[], signal = new AbortController().signal) {
  const attempts: Attempt[] = [];
  let time = 0;
  const run: Execution = {
    request: { query: { id: 'q', messages: [] }, stream: true },
    choices,
    signal,
    now: () => time++,
    attempted: (attempt) => attempts.push(attempt),
  };
  return { run, attempts };
}

async function all(strategy: Strategy, run: Execution): Promise<{ text: string; served: string }> {
  const chunks = strategy.run(run, strategy.params.parse({}));
  let text = '';
  for (;;) {
    const step = await chunks.next();
    if (step.done) return { text, served: step.value.served };
    text += Buffer.from(step.value.bytes).toString();
  }
}

const down = new UpstreamError('connect', '"a" could not be reached');
const slow = new UpstreamError('status', '"a" answered with status 429', {
  refusal: { status: 429, headers: { 'retry-after': '3' }, body: new Uint8Array() },
});
const wrong = new UpstreamError('status', '"a" answered with status 400', { requestAtFault: true });
const { single, fallback } = strategies;

describe('single', () => {
  test('calls the first choice alone', async () => {
    const { run, attempts } = execution([scripted('a', ['x', 'y']), scripted('b', ['z'])]);
    assert.deepEqual(await all(single, run), { text: 'xy', served: 'a' });
    assert.deepEqual(attempts, [{ model: 'a', result: 'ok', latencyMs: 1 }]);
  });
  test('passes its failure on', async () => {
    const { run } = execution([scripted('a', [], down), scripted('b', ['z'])]);
    await assert.rejects(all(single, run), down);
  });
});

describe('fallback', () => {
  test('goes on before the first content, and nothing of the failed call is seen', async () => {
    const { run, attempts } = execution([
      scripted('a', ['', ''], slow),
      scripted('b', [], down),
      scripted('c', ['z']),
    ]);
    assert.deepEqual(await all(fallback, run), { text: 'z', served: 'c' });
    assert.deepEqual(
      attempts.map(({ model, result, status, retryAfter }) => ({ model, result, status, retryAfter })),
      [
        { model: 'a', result: 'status', status: 429, retryAfter: 3 },
        { model: 'b', result: 'connect', status: undefined, retryAfter: undefined },
        { model: 'c', result: 'ok', status: undefined, retryAfter: undefined },
      ],
    );
  });
  test('does not go on after it', async () => {
    const { run, attempts } = execution([scripted('a', ['x'], down), scripted('b', ['z'])]);
    await assert.rejects(all(fallback, run), down);
    assert.equal(attempts.length, 1);
  });
  test('nor where the request is at fault, nor for a client that has left', async () => {
    const refused = execution([scripted('a', [], wrong), scripted('b', ['z'])]);
    await assert.rejects(all(fallback, refused.run), wrong);
    const left = new AbortController();
    left.abort();
    const gone = execution([scripted('a', [], down), scripted('b', ['z'])], left.signal);
    await assert.rejects(all(fallback, gone.run), down);
  });
  test('tries as many as it may', async () => {
    const { run, attempts } = execution(['a', 'b', 'c', 'd'].map((name) => scripted(name, [], down)));
    await assert.rejects(all(fallback, run), down);
    assert.equal(attempts.length, 3);
  });
  test('ends the call of a reader who leaves between two pieces', async () => {
    for (const strategy of [single, fallback] as readonly Strategy[]) {
      const provider = scripted('a', ['', 'x', 'y']);
      const { run, attempts } = execution([provider]);
      for await (const chunk of strategy.run(run, strategy.params.parse({}))) {
        assert.equal(chunk.content, false);
        break;
      }
      assert.equal(provider.left, 1);
      assert.equal(attempts[0]?.result, 'cancelled');
    }
  });
});

test('what a strategy needs and a provider lacks is told before the first call', () => {
  const needy = { name: 'needy', requires: ['tools', 'stream'] as const };
  assert.throws(
    () => checkRequires(needy, [scripted('a', [])]),
    /the strategy "needy" needs tools, which "a" does not offer/,
  );
});
