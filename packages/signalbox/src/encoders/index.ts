import { cached } from './cached.ts';
import { lsa } from './lsa.ts';
import { minilm } from './minilm.ts';
import { none } from './none.ts';
import { openai } from './openai.ts';
import { stacked } from './stacked.ts';
import { surface } from './surface.ts';
import { tfidf } from './tfidf.ts';

export { defaultEncoder, type EncoderOptions, encoderByName, encoderNames, type Made } from './by-name.ts';
export { cacheFolder } from './minilm/files.ts';

/** The shelf of encoders, by name: each makes an encoder from its options. */
export const encoders = { none, surface, tfidf, lsa, minilm, openai, stacked, cached } as const;
