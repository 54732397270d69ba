import { setTimeout as sleep } from 'node:timers/promises';
import { type Chunk, type Completion, UpstreamError } from '../core/completion.ts';
import type { Provider } from '../core/provider.ts';
import { textOf } from '../core/query.ts';
import { rng } from '../math/rng.ts';
import { chatAnswer } from './chat-answer.ts';

export interface Simulation {
  readonly name: string;
  readonly seed: number;
  /** Mean time to the first word, in milliseconds; 0 answers at once. */
  readonly latencyMs: number;
  /** Seconds since 1970. */
  now(): number;
}

/**
 * A model that is none: it answers every prompt with a sentence that says so, after a seeded time. For
 * trying the gateway without keys or network.
 */
export function simulated({ name, seed, latencyMs, now }: Simulation): Provider {
  return {
    name,
    supports: new Set(['new-prompts', 'stream'] as const),
    async *complete({ query, stream }, { signal }): AsyncGenerator<Chunk, Completion> {
      const random = rng(`${seed}/${name}/${query.id}`);
      const prompt = textOf(query);
      const text = `This is a simulated answer of "${name}": no model was called. The prompt had ${prompt.length} characters.`;
      const pieces = text.match(/\S+\s*/g) ?? [text];
      const usage = { tokensIn: Math.ceil(prompt.length / 4), tokensOut: pieces.length };
      const id = `chatcmpl-simulated-${random.int(2 ** 31).toString(36)}`;
      const answer = chatAnswer({ id, model: name, created: now(), pieces, finishReason: 'stop', usage });
      // Exponential: most answers are quick, some are slow, as on a real line.
      const wait = -Math.log(1 - random.next()) * latencyMs;
      await pause(name, wait, signal);
      if (stream) {
        for (const bytes of answer.events) {
          yield { model: name, bytes, content: true };
          await pause(name, wait / pieces.length, signal);
        }
      } else yield { model: name, bytes: answer.body(), content: true };
      return { status: 'ok', finishReason: 'stop', answer: text, usage };
    },
  };
}

async function pause(name: string, ms: number, signal: AbortSignal): Promise<void> {
  try {
    if (ms >= 1) await sleep(ms, undefined, { signal });
    else signal.throwIfAborted();
  } catch (cause) {
    throw new UpstreamError('cancelled', `the call of "${name}" was cancelled`, { cause });
  }
}
