import type { Context } from '../../core/context.ts';
import { count, duration, nbsp } from '../words/numbers.ts';
import { clean, fit } from './width.ts';

/** What progress needs of standard error. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** Fits `Context.progress`. */
  readonly progress: Context['progress'];
  /** Ends the stage that is shown and clears its line; no more is written afterwards. */
  close(): void;
}

/** Redraws at most every so many milliseconds; a log gets a line when a stage ends. */
const every = 100;
const clearLine = '\r\u001b[2K';

interface Stage {
  readonly name: string;
  readonly started: number;
  /** What was done at the first report: the rate counts from there, so that cached rows do not flatter it. */
  readonly from: number;
  done: number;
  total: number | undefined;
  drawn: number;
}

/**
 * One line per stage on standard error with count, rate and time left, gone when done. Without a terminal
 * each stage leaves one line when it ends. `clock` gives milliseconds.
 */
export function makeProgress(
  stream: ProgressStream,
  options: { readonly clock: () => number; readonly unicode?: boolean },
): Progress {
  // A stage inside another leaves the outer one open; a stage of unknown length ends when another begins.
  const open = new Map<string, Stage>();
  let ended: Stage | undefined;
  let closed = false;
  const live = stream.isTTY === true;
  const write = (text: string): void => {
    stream.write(options.unicode === false ? text.replaceAll('…', '~') : text);
  };

  const end = (stage: Stage): void => {
    open.delete(stage.name);
    ended = stage;
    if (live) write(clearLine);
    else write(`${summary(stage, options.clock())}\n`);
  };

  const begin = (name: string, done: number): Stage => {
    for (const other of [...open.values()]) {
      if (other.name === name || other.total === undefined) end(other);
    }
    const drawn = Number.NEGATIVE_INFINITY;
    const stage = { name, started: options.clock(), from: done, done, total: undefined, drawn };
    open.set(name, stage);
    return stage;
  };

  return {
    progress: (name, done, total) => {
      if (closed || (ended?.name === name && ended.done === done && ended.total === total)) return;
      const before = open.get(name);
      const stage = before === undefined || done < before.done ? begin(name, done) : before;
      stage.done = done;
      stage.total = total;
      const now = options.clock();
      if (live && now - stage.drawn >= every) {
        write(`${clearLine}${fit(line(stage, now), Math.max(10, (stream.columns ?? 80) - 1))}`);
        stage.drawn = now;
      }
      if (total !== undefined && done >= total) end(stage);
    },
    close: () => {
      for (const stage of [...open.values()]) end(stage);
      closed = true;
    },
  };
}

const plain = (text: string): string => text.replaceAll(nbsp, ' ');

function line(stage: Stage, now: number): string {
  const { done, total } = stage;
  const seconds = (now - stage.started) / 1000;
  const rate = seconds > 0 ? (done - stage.from) / seconds : 0;
  const of = total === undefined ? count(done) : `${count(done)} of ${count(total)}`;
  const parts = [`${clean(stage.name)}  ${of}`];
  if (seconds >= 0.5 && rate > 0) {
    parts.push(perSecond(rate));
    if (total !== undefined) parts.push(`${plain(duration(Math.max(0, total - done) / rate))} left`);
  }
  return parts.join(', ');
}

const perSecond = (rate: number): string => `${rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1)}/s`;

function summary(stage: Stage, now: number): string {
  const { done, total } = stage;
  const of = total !== undefined && done < total ? `${count(done)} of ${count(total)}` : count(done);
  return `${clean(stage.name)}: ${of} in ${plain(duration((now - stage.started) / 1000))}`;
}
