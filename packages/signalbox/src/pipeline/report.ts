import type { Context } from '../core/context.ts';
import type { ResultSet, Results } from '../core/results.ts';
import { version } from '../version.ts';

/** The envelope around result sets, as `--json` prints it. */
export function results(args: {
  readonly command: string;
  readonly startedAt: string;
  readonly sets: readonly ResultSet[];
  readonly context: Pick<Context, 'seed'>;
}): Results {
  return {
    schema: 'signalbox/results@1',
    command: args.command,
    version,
    seed: args.context.seed,
    startedAt: args.startedAt,
    sets: [...args.sets],
  };
}
