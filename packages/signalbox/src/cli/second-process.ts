import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Option } from 'commander';
import type { Context, Kept } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { keptFolder } from '../pipeline/kept-fits.ts';
import { type Line, partnerOf, type Word } from '../pipeline/partner.ts';

/** Set for the second process alone: the folder that both share. */
const variable = 'SIGNALBOX_SECOND_OF';
const prefix = 'signalbox-second-';

export const processesOption = new Option(
  '--processes <number>',
  'two work on a large table where the machine has room, unless told otherwise: twice the memory, half of the time',
).choices(['1', '2']);

/** Fewer rows are compared before a second process has read them. */
const leastRows = 5000;
/** Of more cells each of two processes would take more memory than `report` is to take. */
const mostCells = 300_000;
/** Left over for it, in bytes, and so often what this process has taken when the table is read. */
const leastMemory = 2 * 2 ** 30;
const times = 4;

/** Whether a second process is worth its memory on this table and machine. */
export function pays({ examples, models }: Dataset): boolean {
  const learned = examples.filter(({ split }) => split !== 'test').length;
  if (examples.length * models.length > mostCells) return false;
  const room = process.availableMemory() >= leastMemory + times * process.memoryUsage.rss();
  return learned >= leastRows && availableParallelism() > 1 && room;
}

/** A command that two processes share. */
export interface Shared {
  /** With what they keep and how they divide the work. */
  readonly context: Context;
  /** Of the first process: ends the other one and takes away what was kept for it. Of the second: nothing is left to it. */
  close(): Promise<void>;
}

/**
 * Starts this command once more, to work from the other end. `keep`: where the user keeps fits. Undefined where that cannot
 * be: then one process does it all.
 */
export function withSecond(context: Context, keep: string | undefined): Shared | undefined {
  let folder: string | undefined;
  let second: ChildProcess;
  try {
    folder = mkdtempSync(join(tmpdir(), prefix));
    second = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, [variable]: folder },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  } catch {
    if (folder !== undefined) takeAway(folder);
    return undefined;
  }
  const shared = folder;
  let finished = false;
  second.on('message', (word: Word) => {
    finished ||= word === 'finished';
  });
  // Whatever is wrong with it, this process can do all of the work.
  second.on('error', () => {});
  const close = async (): Promise<void> => {
    if (second.exitCode === null && second.signalCode === null && second.pid !== undefined) {
      const ended = new Promise((resolve) => second.once('exit', resolve));
      // One that has work left is in the middle of it, and would not hear.
      if (finished && second.connected) second.disconnect();
      else second.kill('SIGKILL');
      await ended;
    }
    takeAway(shared);
  };
  const partner = partnerOf({ folder, backwards: false, line: lineOf(second) });
  const kept = keep === undefined ? atBest(keptFolder(join(folder, 'fits'))) : keptFolder(keep);
  return { context: { ...context, kept, partner }, close };
}

/** What cannot be read or written is made by each process: no fault of a command that was not asked to keep anything. */
function atBest({ read, write }: Kept): Kept {
  return {
    read: (key) => read(key).catch(() => undefined),
    write: (key, value) => write(key, value).catch(() => undefined),
  };
}

/** Whether this process is the second one of a command. Signals that end the first leave it time to tidy up. */
export function isSecond(): boolean {
  const folder = process.env[variable];
  if (folder === undefined || process.send === undefined) return false;
  if (dirname(folder) !== tmpdir() || !basename(folder).startsWith(prefix)) return false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  return true;
}

/** The second process of a command, once the first has encoded all texts. It ends with the first. */
export async function asSecond(context: Context, keep: string | undefined): Promise<Shared> {
  const folder = process.env[variable]!;
  const orphaned = (): void => {
    takeAway(folder);
    process.exit();
  };
  // It may have gone while this one was starting.
  if (!process.connected) orphaned();
  process.on('disconnect', orphaned);
  const line = lineOf(process);
  const partner = partnerOf({ folder, backwards: true, line });
  await partner.begin;
  return {
    context: { ...context, kept: keptFolder(keep ?? join(folder, 'fits')), partner },
    close: async () => line.say('finished'),
  };
}

/** What another process was about to write there may come late. */
function takeAway(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // It lies where temporary files do.
  }
}

function lineOf(other: ChildProcess | NodeJS.Process): Line {
  return {
    say: (word) => {
      // It may be gone; who waits for an answer hears of that.
      if (other.connected) other.send?.(word, undefined, undefined, () => {});
    },
    hear: (listener) => void other.on('message', (word: Word) => listener(word)),
    cut: (listener) => void other.on('disconnect', listener),
  };
}
