import { isDeepStrictEqual } from 'node:util';
import type { Encoder } from '../core/encoder.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { Plain } from '../core/plain.ts';
import { cached } from './cached.ts';
import { lsa } from './lsa.ts';
import { loadPackages } from './minilm/packages.ts';
import { minilm } from './minilm.ts';
import { none } from './none.ts';
import { type OpenAiOptions, openai } from './openai.ts';
import { stacked } from './stacked.ts';
import { surface } from './surface.ts';
import { tfidf } from './tfidf.ts';

export interface EncoderOptions {
  /** Where embeddings are kept between runs; nowhere where absent. */
  readonly cacheFolder?: string;
  /** Run the sentence encoder in a thread of its own: for serving. */
  readonly worker?: boolean;
  /** Children of the default that are left out, by name. */
  readonly without?: readonly string[];
  /** Where the encoder `openai` finds its endpoint: baseUrl, model, and the variable that holds the key (apiKeyEnv). */
  readonly openai?: Readonly<Record<string, Plain>>;
  /** The `settings` of the encoder that an artifact was trained with: what is made must have the same. */
  readonly settings?: Plain;
}

/** An encoder, and in a sentence what it does without, if anything. */
export interface Made {
  readonly encoder: Encoder;
  readonly note?: string;
}

type Settings = Readonly<Record<string, Plain>>;

const makers = {
  none: () => none(),
  surface: () => surface(),
  tfidf: (settings: Settings) => tfidf(settings),
  lsa: (settings: Settings) => lsa(settings),
  async minilm(_: Settings, options: EncoderOptions) {
    await loadPackages();
    return kept(minilm({ worker: options.worker === true }), options);
  },
  openai(trained: Settings, options: EncoderOptions) {
    const settings = { ...options.openai, ...trained };
    const { baseUrl, model } = settings as Settings;
    if (typeof baseUrl !== 'string' || typeof model !== 'string') {
      throw new SignalboxError(
        'config',
        'the encoder "openai" needs the settings baseUrl and model: --embeddings \'{"baseUrl":"https://host/v1","model":"name","apiKeyEnv":"VARIABLE"}\'.',
      );
    }
    return kept(openai(settings as unknown as OpenAiOptions), options);
  },
} satisfies Record<string, (settings: Settings, options: EncoderOptions) => Encoder | Promise<Encoder>>;

/** What may stand in a specification, alone or joined by plus signs; `default` stands alone. */
export const encoderNames: readonly string[] = ['default', ...Object.keys(makers)];

/**
 * What is used where nothing is asked for: surface, LSA and MiniLM side by side; where the packages of MiniLM are
 * not installed the other two, and the note says so.
 */
export async function defaultEncoder(options: EncoderOptions = {}): Promise<Made> {
  const names = ['surface', 'lsa', 'minilm'].filter((name) => options.without?.includes(name) !== true);
  try {
    return { encoder: await joined(names, options) };
  } catch (error) {
    if (!(error instanceof SignalboxError) || error.code !== 'encoder') throw error;
    const rest = names.filter((name) => name !== 'minilm');
    const note = `Queries are encoded by ${rest.join(' and ')} alone: ${error.message}`;
    return { encoder: await joined(rest, options), note };
  }
}

/**
 * The encoder of a specification: `default`, a name of the shelf, or several joined by plus signs
 * (`surface+lsa`). The `name` of every encoder made here leads back to it.
 * @throws SignalboxError `config` for an unknown name, `encoder` where a package is absent, `artifact` where the
 * encoder made has other settings than those given
 */
export async function encoderByName(spec: string, options: EncoderOptions = {}): Promise<Made> {
  const made =
    spec === 'default'
      ? await defaultEncoder(options)
      : {
          encoder: await joined(
            spec.split('+').map((name) => name.trim()),
            options,
          ),
        };
  const { settings } = options;
  if (settings !== undefined && !isDeepStrictEqual(settings, made.encoder.settings)) {
    throw new SignalboxError(
      'artifact',
      `the encoder ${made.encoder.name} has other settings here (${JSON.stringify(made.encoder.settings)}) than it was trained with (${JSON.stringify(settings)}). Train again, or use the version of Signalbox that trained it.`,
    );
  }
  return made;
}

async function joined(names: readonly string[], options: EncoderOptions): Promise<Encoder> {
  const children: Encoder[] = [];
  for (const [i, name] of names.entries()) {
    const settings = names.length === 1 ? options.settings : childSettings(options.settings, i);
    children.push(await one(name, { ...options, settings: settings ?? {} }));
  }
  return children.length === 1 ? children[0]! : stacked(children);
}

async function one(name: string, options: EncoderOptions): Promise<Encoder> {
  if (!Object.hasOwn(makers, name)) throw unknown(name);
  return makers[name as keyof typeof makers](options.settings as Settings, options);
}

/** The settings of a stack hold those of its children. */
function childSettings(settings: Plain | undefined, i: number): Plain | undefined {
  const children = (settings as Settings | undefined)?.['children'];
  return Array.isArray(children) ? (children[i] as Settings | undefined)?.['settings'] : undefined;
}

function kept(encoder: Encoder, { cacheFolder }: EncoderOptions): Encoder {
  return cacheFolder === undefined ? encoder : cached(encoder, { folder: cacheFolder });
}

function unknown(name: string): SignalboxError {
  const near = nearest(name, encoderNames);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const known = encoderNames.join(', ');
  const message = `there is no encoder "${name}".${hint} Known are ${known}, and several joined by + (surface+lsa).`;
  return new SignalboxError('config', message);
}
