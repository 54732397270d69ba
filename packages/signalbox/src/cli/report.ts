import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { SignalboxError } from '../core/errors.ts';
import type { Results } from '../core/results.ts';
import { assess, assist } from '../pipeline/assess.ts';
import { given, readFeatures } from '../pipeline/config.ts';
import type { Evaluated } from '../pipeline/evaluate.ts';
import { predictionLines } from '../pipeline/predictions.ts';
import { pruneAndReach } from '../pipeline/prune.ts';
import { results } from '../pipeline/report.ts';
import { compare } from './compare.ts';
import {
  choicesOf,
  curvePolicyOf,
  encoderOf,
  type PartFlags,
  policyOf,
  withPartFlags,
} from './part-options.ts';
import { type PruneFlags, withPruneFlag } from './prune-option.ts';
import { asSecond, isSecond, pays, processesOption, withSecond } from './second-process.ts';
import { openSession, type Session, writeFileWhole } from './session.ts';
import { readTable, type TableFlags, wholeNumber, withTableFlags } from './table-options.ts';
import { renderTerminal } from './terminal/terminal.ts';
import { type VerdictFlags, verdictOptions, withVerdictFlags } from './verdict-options.ts';
import type { Truths } from './words/reading.ts';

/** Flags of every command that prints results. */
export interface ResultFlags {
  readonly json?: boolean;
  readonly html: string | false;
  readonly predictions?: string;
}

export function withResultFlags(command: Command): Command {
  return command
    .option('--json', 'print one JSON object (docs/results.schema.json) instead of the terminal tables')
    .option('--html <file>', 'where the page is written', 'report.html')
    .option('--no-html', 'write no page')
    .option('--predictions <file>', 'write a JSON line per system and test row');
}

/** For the commands that fit routers, not those that only measure. */
export const keepOption = new Option(
  '--keep <folder>',
  'keep each fit there; run again with the same folder, a command that was stopped goes on from them',
);

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('is routing between these models worth it, on this outcome table?')
    .argument('[data...]', 'files or folders of one outcome table');
  withVerdictFlags(withResultFlags(withPruneFlag(withPartFlags(withTableFlags(command)))))
    .option(
      '--routers <list>',
      'routers to compare beside the baselines (the usual ones unless named), or all',
    )
    .addOption(
      new Option('--seed <number>', 'of folds, fits and intervals')
        .default(0)
        .argParser(wholeNumber('--seed')),
    )
    .addOption(
      new Option(
        '--features <file>',
        'numbers that are known of each query, instead of an encoding of its text: CSV or Parquet with a column query_id',
      ).conflicts('embeddings'),
    )
    .addOption(keepOption)
    .addOption(processesOption)
    .option('--folds <file>', 'write the folds to this file, or read them if it exists')
    .option('--compare <files...>', 'instead of data: two files that --json printed, side by side')
    .action(async (data: string[], flags: ReportFlags & { seed: number; keep?: string }) => {
      const session = openSession(flags);
      try {
        if (flags.compare) await compare([...flags.compare, ...data], flags, session);
        else if (data.length > 0) await report(data, flags, session);
        else
          throw new SignalboxError(
            'usage',
            'No data was given; give the files or folders of one outcome table, or --compare A.json B.json.',
          );
      } finally {
        session.close();
      }
    });
}

type ReportFlags = TableFlags &
  PartFlags &
  ResultFlags &
  VerdictFlags &
  PruneFlags & {
    readonly features?: string;
    readonly routers?: string;
    readonly folds?: string;
    readonly compare?: string[];
    readonly keep?: string;
    readonly processes?: '1' | '2';
  };

async function report(data: readonly string[], flags: ReportFlags, session: Session): Promise<void> {
  const isOther = isSecond();
  const [choices, policy] = [await choicesOf(flags.routers), await policyOf(flags)];
  if (flags.prune !== undefined && flags.folds !== undefined)
    throw new SignalboxError(
      'usage',
      'Folds and --prune do not go together: a pool is pruned on training rows, apart from those that are compared. Give a table with a split, or leave out --folds.',
    );
  const { context } = session;
  const read = await readTable(data, flags, context);
  const encoder =
    flags.features === undefined
      ? await encoderOf(flags, session)
      : given(await readFeatures(flags.features, context));
  const foldOf = flags.folds === undefined ? undefined : await readFolds(flags.folds);
  const second = isOther ? await asSecond(context, flags.keep) : undefined;
  const own = choices.some(({ module }) => module !== undefined);
  const two = flags.processes === '2' || (flags.processes === undefined && !own && pays(read));
  const shared = second ?? (two ? withSecond(context, flags.keep) : undefined);
  try {
    const table =
      flags.prune === undefined ? read : await pruneAndReach(read, { size: flags.prune, encoder }, context);
    const judged = [policy];
    const args = {
      table,
      choices,
      encoder,
      judged,
      curvePolicy: await curvePolicyOf(policy),
      ...(await verdictOptions(flags, session)),
      ...(foldOf && { plan: { foldOf } }),
    };
    if (second !== undefined) {
      await assist(args, second.context);
      return;
    }
    const evaluated = await assess(args, shared?.context ?? context);
    if (flags.folds !== undefined && foldOf === undefined)
      await writeFileWhole(flags.folds, foldLines(evaluated));
    if (flags.predictions !== undefined)
      await writeFileWhole(flags.predictions, predictionLines(evaluated, judged));
    const shown = results({
      command: commandLine(),
      startedAt: session.startedAt,
      sets: [evaluated.set],
      context: session.context,
    });
    await showResults(shown, flags, session);
  } finally {
    await shared?.close();
    await encoder.close?.();
  }
}

/** Prints results as they were asked for, and writes the page. */
export async function showResults(
  shown: Results,
  flags: ResultFlags & { readonly truth?: Truths },
  session: Session,
): Promise<void> {
  const truth = flags.truth && { truth: flags.truth };
  session.out(
    flags.json ? `${JSON.stringify(shown, null, 2)}\n` : renderTerminal(shown, { ...session.face, ...truth }),
  );
  if (flags.html !== false) await writePage(shown, { html: flags.html, ...truth }, session);
}

export async function writePage(
  shown: Results,
  { html, truth }: { readonly html: string; readonly truth?: Truths },
  session: Session,
): Promise<void> {
  const { renderPage } = await import('./page/page.ts');
  await writeFileWhole(html, await renderPage(shown, truth && { truth }));
  session.say(`The page with all charts and tables: ${html}`);
}

/** The command as it was given, for the method box and the JSON. */
export function commandLine(): string {
  return process.argv
    .slice(2)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ');
}

async function readFolds(file: string): Promise<Map<string, number> | undefined> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new SignalboxError('file', `The folds could not be read (${cause.code}).`, { file, cause });
  });
  if (text === undefined) return undefined;
  const folds = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let parsed: { query_id?: unknown; fold?: unknown };
    try {
      parsed = JSON.parse(line) as typeof parsed;
    } catch {
      parsed = {};
    }
    const { query_id: id, fold } = parsed;
    if (typeof id !== 'string' || !Number.isInteger(fold) || (fold as number) < 0)
      throw new SignalboxError('row', 'A line {"query_id": "...", "fold": 0} was expected.', {
        file,
        line: index + 1,
      });
    folds.set(id, fold as number);
  }
  if (new Set(folds.values()).size < 2)
    throw new SignalboxError('table', 'At least two folds were expected.', { file });
  return folds;
}

function* foldLines({ plan }: Evaluated): Generator<string> {
  for (const [fold, { test }] of plan.parts.entries()) {
    for (const row of test) yield `${JSON.stringify({ query_id: plan.table.examples[row]!.id, fold })}\n`;
  }
}
