import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Partner } from '../core/context.ts';

/** `done`: a piece of work is kept. `encoded`: the texts are; now the other process can begin. `finished`: nothing is left to it. */
export type Word = 'done' | 'encoded' | 'finished';

/** What one process says to the other. */
export interface Line {
  say(word: Word): void;
  hear(listener: (word: Word) => void): void;
  /** Called once the other process is gone. */
  cut(listener: () => void): void;
}

/**
 * Two processes of one command that share its fits: both go through the same stages, one from the first piece of a stage to
 * the last and one backwards, each takes what the other has not taken, and both read from what is kept what the other made.
 * A piece is taken by the file of its name in `folder`, which only one of them can make.
 */
export function partnerOf({
  folder,
  backwards,
  line,
}: {
  readonly folder: string;
  readonly backwards: boolean;
  readonly line: Line;
}): Partner & { readonly begin: Promise<void> } {
  let [heard, asked] = [0, 0];
  let gone = false;
  let told = false;
  let wake = (): void => {};
  let start = (): void => {};
  const begin = new Promise<void>((resolve) => {
    start = resolve;
  });
  const leave = (): void => {
    gone = true;
    wake();
    start();
  };
  line.hear((word) => {
    if (word === 'encoded') return start();
    // What it took and has not made, it will not make any more.
    if (word === 'finished') return leave();
    heard++;
    wake();
  });
  line.cut(leave);
  return {
    backwards,
    begin,
    take(key) {
      try {
        closeSync(openSync(join(folder, `${key}.taken`), 'wx', 0o600));
        return true;
      } catch (cause) {
        // Where no piece can be taken any more, each process makes what it needs.
        return (cause as NodeJS.ErrnoException).code !== 'EEXIST';
      }
    },
    done: () => line.say('done'),
    encoded() {
      if (!told) line.say('encoded');
      told = true;
    },
    async next() {
      if (heard === asked && !gone)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      asked = heard;
      return !gone;
    },
  };
}
