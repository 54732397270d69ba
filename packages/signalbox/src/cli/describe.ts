import type { Command } from 'commander';
import { describeTable } from '../pipeline/describe.ts';
import { openSession } from './session.ts';
import { readTable, type TableFlags, withTableFlags } from './table-options.ts';
import { descriptionLines } from './terminal/description.ts';
import { ascii } from './terminal/paint.ts';

export function addDescribe(program: Command): void {
  const command = program
    .command('describe')
    .description('what an outcome table holds: rows, models, groups, coverage, repeats, costs')
    .argument('<data...>', 'files or folders of one table')
    .option('--json', 'print one JSON object');
  withTableFlags(command).action(async (paths: string[], flags: TableFlags & { readonly json?: boolean }) => {
    const session = openSession();
    const description = describeTable(await readTable(paths, flags, session.context));
    session.close();
    const { face } = session;
    const text = flags.json
      ? JSON.stringify(description, null, 2)
      : descriptionLines(description, face.width).join('\n');
    session.out(`${face.unicode || flags.json ? text : ascii(text)}\n`);
  });
}
