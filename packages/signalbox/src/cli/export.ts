import type { Command } from 'commander';
import { SignalboxError } from '../core/errors.ts';
import { writeRows } from '../pipeline/config.ts';
import { exportLog, type LogRow } from '../pipeline/export-log.ts';
import { openSession } from './session.ts';

interface Flags {
  readonly log: string;
  readonly output: string;
  readonly since?: string;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description('write the log of serving as an outcome table')
    .requiredOption('-o, --output <file>', 'table.jsonl, .csv or .parquet')
    .option('--log <file>', 'the log that the configuration names', 'signalbox.db')
    .option('--since <time>', 'only requests from this time on (ISO 8601)')
    .action(async (flags: Flags) => {
      const session = openSession();
      let [rows, scored] = [0, 0];
      const counted = async function* (): AsyncGenerator<LogRow> {
        for await (const row of exportLog({
          file: flags.log,
          ...(flags.since !== undefined && { since: flags.since }),
        })) {
          rows++;
          if (row.score !== null) scored++;
          yield row;
        }
        if (rows === 0)
          throw new SignalboxError(
            'table',
            'The log holds no request to export; send some through `signalbox serve` first.',
            { file: flags.log },
          );
      };
      await writeRows({ rows: counted() }, flags.output, session.context);
      session.close();
      session.out(`${rows} requests (${scored} with a score) written to ${flags.output}\n`);
    });
}
