import { type Command, Option } from 'commander';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { prunePool } from '../pipeline/prune.ts';

export interface PruneFlags {
  readonly prune?: number;
}

const usual = 100;

export function withPruneFlag(command: Command): Command {
  return command.addOption(
    new Option(
      '--prune [size]',
      'of a large pool, on training rows: leave out dominated models and near-copies, then all but so many',
    )
      .preset(String(usual))
      .argParser(poolSize),
  );
}

/** The table as it was given, or with its pool pruned; `test`: rows of it are to be compared. */
export function prunedTable(
  table: Dataset,
  { prune }: PruneFlags,
  { test, context }: { readonly test: boolean; readonly context: Context },
): Dataset {
  return prune === undefined ? table : prunePool(table, { size: prune, test }, context);
}

function poolSize(value: string): number {
  const size = Number(value);
  if (Number.isInteger(size) && size >= 2) return size;
  throw new SignalboxError(
    'usage',
    `--prune was "${value}"; give a whole number of at least 2, or nothing (${usual}).`,
  );
}
