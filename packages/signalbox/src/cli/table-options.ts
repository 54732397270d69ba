import type { Command } from 'commander';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import { formats, openTable, priced, readPrices } from '../pipeline/config.ts';

/** Flags of every command that reads an outcome table. */
export interface TableFlags {
  readonly format?: string;
  readonly primary?: string;
  readonly weak?: string;
  readonly strong?: string;
  readonly prices?: string;
  readonly ignoreColumn?: string[];
  readonly metric?: string[];
}

export function withTableFlags(command: Command): Command {
  return command
    .option(
      '--format <name>',
      `format of the table, found by looking unless named (${Object.keys(formats).join(', ')})`,
    )
    .option('--primary <average>', 'which average is compared: quality (over rows) or macro (over groups)')
    .option('--weak <model>', 'the weak model of a weak / strong pair')
    .option('--strong <model>', 'the strong model of a weak / strong pair')
    .option(
      '--prices <file>',
      'US dollars per million tokens of each model, as JSON {model: {input, output}} or CSV; gives a cost to calls that record tokens and none',
    )
    .option(
      '--ignore-column <name>',
      'a column of a wide table that is no model (may be repeated)',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option(
      '--metric <name>',
      'what is read as the score where a log holds several (may be repeated, one for each task)',
      (value: string, before: string[] = []) => [...before, value],
    );
}

/** @throws SignalboxError for an average that is neither */
export function readOptions(flags: TableFlags): ReadOptions {
  const { primary, weak, strong, ignoreColumn, metric } = flags;
  if (primary !== undefined && primary !== 'quality' && primary !== 'macro')
    throw new SignalboxError('usage', `--primary was "${primary}"; give quality or macro.`);
  return {
    ...(primary !== undefined && { primary }),
    ...(weak !== undefined && { weak }),
    ...(strong !== undefined && { strong }),
    ...(ignoreColumn && { ignoreColumns: ignoreColumn }),
    ...(metric && { metrics: metric }),
  };
}

export async function readTable(
  paths: readonly string[],
  flags: TableFlags,
  context: Context,
): Promise<Dataset> {
  const options = readOptions(flags);
  const { ignoreColumns: _columns, metrics: _metrics, ...roles } = options;
  // Read first: a slip in a small file is told before a large one is read.
  const prices = flags.prices === undefined ? undefined : await readPrices(flags.prices, context);
  const table = await openTable({ paths, format: flags.format, options, context });
  return { ...(prices ? priced(table, prices) : table), ...roles };
}

export function wholeNumber(name: string): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number))
      throw new SignalboxError('usage', `${name} was "${value}"; give a whole number.`);
    return number;
  };
}

export function jsonObject(name: string): (value: string) => object {
  return (value) => {
    try {
      const parsed: unknown = JSON.parse(value);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
    } catch {
      // Said below.
    }
    throw new SignalboxError('usage', `${name} was ${value}; give a JSON object, such as '{"k":[20]}'.`);
  };
}
