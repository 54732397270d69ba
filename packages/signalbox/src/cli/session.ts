import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import { cacheFolder } from '../pipeline/config.ts';
import { makeContext } from '../pipeline/context.ts';
import { keptFolder } from '../pipeline/kept-fits.ts';
import { abilities, ascii, paint } from './terminal/paint.ts';
import { makeProgress } from './terminal/progress.ts';

/** Takes the progress line away; it is drawn again at the next report. */
const clearLine = '\r\u001b[2K';

/** One run of a command: its context, and the streams it speaks to. Standard output carries the result alone. */
export interface Session {
  readonly context: Context;
  readonly startedAt: string;
  /** What standard output can show. */
  readonly face: { readonly colour: boolean; readonly unicode: boolean; readonly width: number };
  /** Where embeddings and models are kept between runs. */
  readonly cacheFolder: string;
  out(text: string): void;
  /** A line on standard error, above the progress. */
  say(text: string): void;
  /** Progress gone. */
  close(): void;
}

export function openSession(
  options: { readonly seed?: number; readonly keep?: string | undefined } = {},
): Session {
  const progress = makeProgress(process.stderr, {
    clock: () => performance.now(),
    unicode: abilities(process.stderr, process.env).unicode,
  });
  const face = abilities(process.stdout, process.env);
  const { colour, unicode } = abilities(process.stderr, process.env);
  const say = (text: string): void => {
    const shown = unicode ? text : ascii(text);
    process.stderr.write(`${process.stderr.isTTY ? clearLine : ''}${paint(colour).dim(shown)}\n`);
  };
  const context = makeContext({
    seed: options.seed ?? 0,
    ...(options.keep !== undefined && { kept: keptFolder(options.keep) }),
    progress: progress.progress,
    warn: (text) => say(`warning: ${text}`),
  });
  return {
    context,
    startedAt: new Date().toISOString(),
    face,
    cacheFolder: cacheFolder(),
    out: (text) => {
      if (process.stderr.isTTY) process.stderr.write(clearLine);
      process.stdout.write(text);
    },
    say,
    close: progress.close,
  };
}

/** Written aside, then renamed: a reader never sees half a file. */
export async function writeFileWhole(path: string, data: string | Iterable<string>): Promise<void> {
  const aside = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, data);
    await rename(aside, path);
  } catch (cause) {
    // Where the folder itself is the fault, there is nothing to take away.
    await rm(aside, { force: true }).catch(() => undefined);
    throw new SignalboxError(
      'file',
      `It could not be written (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}). Check the folder, its rights and the space left, or give another path.`,
      { file: path, cause },
    );
  }
}
