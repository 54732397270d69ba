import { type Command, Option } from 'commander';
import { SignalboxError } from '../core/errors.ts';

export interface PruneFlags {
  readonly prune?: number;
}

const usual = 100;

export function withPruneFlag(command: Command): Command {
  return command.addOption(
    new Option(
      '--prune [size]',
      'of a large pool, on training rows: keep so many models, first those that none dominates, no near-copies',
    )
      .preset(String(usual))
      .argParser(poolSize),
  );
}

function poolSize(value: string): number {
  const size = Number(value);
  if (Number.isInteger(size) && size >= 2) return size;
  throw new SignalboxError(
    'usage',
    `--prune was "${value}"; give a whole number of at least 2, or nothing (${usual}).`,
  );
}
