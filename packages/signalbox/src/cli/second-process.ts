import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import type { Context, Kept } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { keptFolder } from '../pipeline/kept-fits.ts';
import { type Line, partnerOf, type Word } from '../pipeline/partner.ts';

/** Set for the second process alone: the folder that both share. */
const variable = 'SIGNALBOX_SECOND_OF';

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
  /** Of the first process: ends the other one and takes away what was kept for it. */
  close(): void;
}

/**
 * Starts this command once more, to work from the other end. `keep`: where the user keeps fits. Undefined where there is no
 * place for what they share: then one process does it all.
 */
export function withSecond(context: Context, keep: string | undefined): Shared | undefined {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-second-'));
  } catch {
    return undefined;
  }
  const second = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, [variable]: folder },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const close = (): void => {
    second.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  // Whatever is wrong with it, this process can do all of the work.
  second.on('error', () => {});
  const partner = partnerOf({ folder, backwards: false, line: lineOf(second) });
  const kept = keep === undefined ? atBest(keptFolder(join(folder, 'fits'))) : keptFolder(keep);
  return { context: { ...context, kept, partner }, close };
}

/** What cannot be written is made by the other process again: no fault of a command that was not asked to keep anything. */
function atBest({ read, write }: Kept): Kept {
  return { read, write: (key, value) => write(key, value).catch(() => undefined) };
}

/** This process as the second one of a command; undefined where it is the first. Resolves once the first has encoded all texts. */
export async function asSecond(context: Context, keep: string | undefined): Promise<Shared | undefined> {
  const folder = process.env[variable];
  if (folder === undefined || process.send === undefined) return undefined;
  // A key that stops the first process is no reason to leave its folder behind.
  process.on('SIGINT', () => {});
  const orphaned = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  };
  // It may have gone while this one was starting.
  if (!process.connected) orphaned();
  process.on('disconnect', orphaned);
  const close = (): void => {
    process.off('disconnect', orphaned);
    if (process.connected) process.disconnect();
  };
  const partner = partnerOf({ folder, backwards: true, line: lineOf(process) });
  await partner.begin;
  return { context: { ...context, kept: keptFolder(keep ?? join(folder, 'fits')), partner }, close };
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
