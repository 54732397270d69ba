import type { Command } from 'commander';
import { SignalboxError } from '../core/errors.ts';
import { openTable, writeTable } from '../pipeline/config.ts';
import { exportLog } from '../pipeline/export-log.ts';
import { openSession, writeFileWhole } from './session.ts';

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
      const ending = /\.(jsonl|csv|parquet)$/.exec(flags.output)?.[1];
      if (ending === undefined)
        throw new SignalboxError(
          'usage',
          `--output was "${flags.output}"; give a file that ends in .jsonl, .csv or .parquet.`,
        );
      const lines: string[] = [];
      let scored = 0;
      for await (const row of exportLog({
        file: flags.log,
        ...(flags.since !== undefined && { since: flags.since }),
      })) {
        if (row.score !== null) scored++;
        lines.push(`${JSON.stringify(row)}\n`);
      }
      if (lines.length === 0)
        throw new SignalboxError(
          'table',
          'The log holds no request to export; send some through `signalbox serve` first.',
          { file: flags.log },
        );
      const first = ending === 'jsonl' ? flags.output : `${flags.output}.jsonl.tmp`;
      await writeFileWhole(first, lines);
      if (ending !== 'jsonl') await convert(first, flags.output, session.context);
      session.close();
      session.out(`${lines.length} requests (${scored} with a score) written to ${flags.output}\n`);
    });
}

/** The rows pass through the reader of the canonical form, so that what is written is what it can read. */
async function convert(from: string, to: string, context: Parameters<typeof writeTable>[2]): Promise<void> {
  const { rm } = await import('node:fs/promises');
  try {
    await writeTable(await openTable({ paths: [from], format: 'jsonl', options: {}, context }), to, context);
  } finally {
    await rm(from, { force: true });
  }
}
