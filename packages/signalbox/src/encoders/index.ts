import type { Encoder } from '../core/encoder.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import { lsa } from './lsa.ts';
import { none } from './none.ts';
import { stacked } from './stacked.ts';
import { surface } from './surface.ts';
import { tfidf } from './tfidf.ts';

/** The shelf of encoders, by name: each makes an encoder from its options. */
export const encoders = { none, surface, tfidf, lsa } as const;

export interface EncoderOptions {
  /** Where embeddings are kept between runs; nowhere where absent. */
  readonly cacheFolder?: string;
  /** Run the sentence encoder in a thread of its own: for serving. */
  readonly worker?: boolean;
  /** Children of the default that are left out, by name. */
  readonly without?: readonly string[];
}

/** An encoder, and in a sentence what it does without, if anything. */
export interface Made {
  readonly encoder: Encoder;
  readonly note?: string;
}

/** What is used where nothing is asked for: surface, LSA and MiniLM side by side. */
export async function defaultEncoder(options: EncoderOptions = {}): Promise<Made> {
  const { without = [] } = options;
  const children = [surface(), lsa()].filter(({ name }) => !without.includes(name)) as Encoder[];
  return { encoder: stacked(children) };
}

/**
 * The encoder of a name: `default`, one of the shelf, or several with a plus between them (`surface+lsa`). The
 * `name` of every encoder made here leads back to it.
 * @throws SignalboxError `config` for an unknown name
 */
export async function encoderByName(spec: string, options: EncoderOptions = {}): Promise<Made> {
  if (spec === 'default') return defaultEncoder(options);
  const names = spec.split('+').map((part) => part.trim());
  const children = names.map((name) => {
    const make = (encoders as Record<string, (() => Encoder) | undefined>)[name];
    if (make === undefined) throw unknown(name);
    return make();
  });
  return { encoder: children.length === 1 ? children[0]! : stacked(children) };
}

function unknown(name: string): SignalboxError {
  const known = ['default', ...Object.keys(encoders)];
  const near = nearest(name, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new SignalboxError(
    'config',
    `there is no encoder "${name}".${hint} Known are ${known.join(', ')}, and several joined by + (surface+lsa).`,
  );
}
