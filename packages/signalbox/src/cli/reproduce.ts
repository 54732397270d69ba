import { type Command, Option } from 'commander';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { ResultSet } from '../core/results.ts';
import { type Evaluated, evaluate } from '../pipeline/evaluate.ts';
import type { Judged } from '../pipeline/judged.ts';
import { predictionLines } from '../pipeline/predictions.ts';
import { results } from '../pipeline/report.ts';
import { type Study, studies, studyFolder, thinned } from '../pipeline/studies/index.ts';
import {
  choicesOf,
  curvePolicyOf,
  encoderOf,
  type PartFlags,
  policyOf,
  withPartFlags,
} from './part-options.ts';
import { commandLine, keepOption, type ResultFlags, showResults, withResultFlags } from './report.ts';
import { openSession, type Session, writeFileWhole } from './session.ts';
import { readTable, wholeNumber } from './table-options.ts';

type Flags = PartFlags &
  ResultFlags & {
    data?: string;
    table?: string;
    generated?: boolean;
    quick?: boolean;
    routers?: string;
    seed: number;
    keep?: string;
  } & {
    calls?: number;
    latency?: number;
  };

export function addReproduce(program: Command): void {
  const list = Object.entries(studies).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  const command = program
    .command('reproduce')
    .description('repeat a study of the literature on its published records')
    .argument('<study>', Object.keys(studies).join(', '))
    .option('--data <folder>', 'folder with the published records')
    .option(
      '--table <file>',
      'lessons, newcomer, mmlupro: any other outcome table instead of the published records',
    )
    .option('--generated', 'routereval: records drawn from a known world instead of the published ones')
    .option(
      '--quick',
      'lessons, newcomer, mmlupro, routerbench, routereval: fewer fits and draws, for a first look',
    )
    .addOption(
      new Option('--calls <number>', 'mmlupro: LLMs that a vote may ask for a query, on average').argParser(
        atLeast('--calls', 1),
      ),
    )
    .addOption(
      new Option('--latency <ms>', 'mmlupro: milliseconds that a vote may take, on average').argParser(
        atLeast('--latency', 0),
      ),
    )
    .addHelpText('after', `\nStudies:\n${list.join('\n')}`);
  withResultFlags(withPartFlags(command))
    .option(
      '--routers <list>',
      'routers to compare beside the baselines (the usual ones unless named), or all',
    )
    .addOption(
      new Option('--seed <number>', 'of folds, fits and intervals')
        .default(0)
        .argParser(wholeNumber('--seed')),
    )
    .addOption(keepOption)
    .action(async (name: string, flags: Flags) => {
      const study = Object.hasOwn(studies, name) ? studies[name] : undefined;
      if (study === undefined) {
        const guess = nearest(name, Object.keys(studies));
        throw new SignalboxError(
          'usage',
          `There is no study "${name}"${guess ? `; did you mean "${guess}"?` : '.'} Known: ${Object.keys(studies).join(', ')}.`,
        );
      }
      const unfit = (flag: string, able: (one: Study) => boolean): SignalboxError => {
        const names = Object.keys(studies).filter((one) => able(studies[one]!));
        return new SignalboxError(
          'usage',
          `${flag} belongs to the studies ${names.slice(0, -1).join(', ')} and ${names.at(-1)}, not to ${name}.`,
        );
      };
      const whole = (one: Study): boolean => one.evaluate !== undefined;
      const quick = (one: Study): boolean => whole(one) || one.beside !== undefined || one.run !== undefined;
      if (flags.table !== undefined && !whole(study)) throw unfit('--table', whole);
      if (flags.quick && !quick(study)) throw unfit('--quick', quick);
      if (study.run === undefined && flags.generated)
        throw new SignalboxError('usage', `--generated belongs to the study routereval, not to ${name}.`);
      if (study.run !== undefined && flags.predictions !== undefined)
        throw new SignalboxError('usage', `${name} compares pools of models and writes no predictions.`);
      if (!study.votes && (flags.calls !== undefined || flags.latency !== undefined))
        throw new SignalboxError(
          'usage',
          `--calls and --latency belong to the study mmlupro, not to ${name}.`,
        );
      const session = openSession(flags);
      const encoder = await encoderOf(flags, session);
      try {
        await reproduce(study, { flags, encoder }, session);
      } finally {
        session.close();
        await encoder.close?.();
      }
    });
}

async function reproduce(
  study: Study,
  { flags, encoder }: { readonly flags: Flags; readonly encoder: Encoder },
  session: Session,
): Promise<void> {
  const sets = study.run
    ? await study.run(
        {
          encoder,
          quick: flags.quick === true,
          ...(!flags.generated && { folder: studyFolder(study, flags.data) }),
        },
        session.context,
      )
    : await setsOfTables(study, { flags, encoder }, session);
  await showResults(
    results({ command: commandLine(), startedAt: session.startedAt, sets, context: session.context }),
    flags,
    session,
  );
}

async function setsOfTables(
  study: Study,
  { flags, encoder }: { readonly flags: Flags; readonly encoder: Encoder },
  session: Session,
): Promise<ResultSet[]> {
  const compare = await comparison(study, { flags, encoder }, session);
  const tables =
    flags.table === undefined
      ? await study.sets(studyFolder(study, flags.data), session.context)
      : [{ table: await readTable([flags.table], {}, session.context), references: [] }];
  const sets: ResultSet[] = [];
  const lines: string[] = [];
  for (const [done, { table, references }] of tables.entries()) {
    if (tables.length > 1) session.say(`set ${done + 1} of ${tables.length}: ${table.name}`);
    const evaluated = await compare(table);
    sets.push({ ...evaluated.set, ...(references.length > 0 && { references: [...references] }) });
    if (flags.predictions !== undefined) {
      for (const line of predictionLines(evaluated, evaluated.judged))
        lines.push(`{"set":${JSON.stringify(table.name)},${line.slice(1)}`);
    }
  }
  if (flags.predictions !== undefined) await writeFileWhole(flags.predictions, lines);
  return sets;
}

type Comparison = (table: Dataset) => Promise<Evaluated & { readonly judged: readonly Judged[] }>;

/** As the study compares by itself, or as a report does. */
async function comparison(
  study: Study,
  { flags, encoder }: { readonly flags: Flags; readonly encoder: Encoder },
  { context }: Session,
): Promise<Comparison> {
  const policy = await policyOf(flags);
  if (study.evaluate)
    return (table) =>
      study.evaluate!(
        {
          table,
          encoder,
          quick: flags.quick === true,
          policy,
          ...(flags.routers !== undefined && { routers: flags.routers }),
          budget: {
            ...(flags.calls !== undefined && { calls: flags.calls }),
            ...(flags.latency !== undefined && { latencyMs: flags.latency }),
          },
        },
        context,
      );
  const choices = await choicesOf(flags.routers);
  const judged = [policy];
  const curvePolicy = await curvePolicyOf(policy);
  return async (given) => {
    const table = flags.quick ? thinned(given) : given;
    const evaluated = await evaluate({ table, choices, encoder, judged, curvePolicy }, context);
    const beside = await study.beside?.({ ...evaluated, quick: flags.quick === true }, context);
    return { ...evaluated, set: { ...evaluated.set, ...beside }, judged };
  };
}

function atLeast(name: string, least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < least)
      throw new SignalboxError('usage', `${name} was "${value}"; give a number of ${least} or more.`);
    return number;
  };
}
