import type { Command } from 'commander';
import { SignalboxError } from '../core/errors.ts';
import { priced, readPrices, writeTable, writtenEnding } from '../pipeline/config.ts';
import { importTables } from '../pipeline/import.ts';
import { openSession } from './session.ts';
import { readOptions, type TableFlags, withTableFlags } from './table-options.ts';
import { ledgerLines } from './terminal/ledger.ts';
import { ascii } from './terminal/paint.ts';

interface Flags extends TableFlags {
  readonly output: string;
  readonly rename?: string[];
  readonly keep?: string;
  readonly json?: boolean;
}

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .description('write one outcome table from logs, benchmark files and tables of any known format')
    .argument('<sources...>', 'files and folders; of a folder every table below it is read')
    .requiredOption('-o, --output <file>', 'table.parquet, .jsonl or .csv')
    .option(
      '--rename <old=new>',
      'another name for a model; several may become one (may be repeated)',
      (value: string, before: string[] = []) => [...before, renaming(value)],
    )
    .option(
      '--keep <folder>',
      'keep the table of each source there; run again with the same folder, an import that was stopped goes on from them',
    )
    .option('--json', 'print what was read, merged and refused as one JSON object');
  withTableFlags(command).action(async (paths: string[], flags: Flags) => {
    writtenEnding(flags.output);
    const session = openSession();
    const { context } = session;
    const { format, rename = [], keep } = flags;
    const prices = flags.prices === undefined ? undefined : await readPrices(flags.prices, context);
    const { table, ledger } = await importTables({
      paths,
      format,
      rename,
      options: readOptions(flags),
      keep,
      context,
    });
    const finished = prices ? priced(table, prices) : table;
    await writeTable(finished, flags.output, context);
    session.close();
    if (flags.json) {
      session.out(`${JSON.stringify({ output: flags.output, ...ledger, notes: finished.notes }, null, 2)}\n`);
      return;
    }
    for (const note of finished.notes) session.say(`note: ${note}`);
    const { face } = session;
    const lines = [...ledgerLines(ledger, face.width), '', `Written to ${flags.output}`].join('\n');
    session.out(`${face.unicode ? lines : ascii(lines)}\n`);
  });
}

function renaming(value: string): string {
  if (/^.+=.+$/u.test(value)) return value;
  throw new SignalboxError('usage', `--rename was "${value}"; give OLD=NEW.`);
}
