import { type Command, Option } from 'commander';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { ResultSet } from '../core/results.ts';
import { evaluate } from '../pipeline/evaluate.ts';
import { predictionLines } from '../pipeline/predictions.ts';
import { results } from '../pipeline/report.ts';
import { studies, studyFolder } from '../pipeline/reproduce.ts';
import {
  choicesOf,
  curvePolicyOf,
  encoderOf,
  type PartFlags,
  policyOf,
  withPartFlags,
} from './part-options.ts';
import { commandLine, type ResultFlags, showResults, withResultFlags } from './report.ts';
import { openSession, writeFileWhole } from './session.ts';
import { wholeNumber } from './table-options.ts';

type Flags = PartFlags & ResultFlags & { data?: string; routers: string; seed: number };

export function addReproduce(program: Command): void {
  const list = Object.entries(studies).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  const command = program
    .command('reproduce')
    .description('repeat a study of the literature on its published records')
    .argument('<study>', Object.keys(studies).join(', '))
    .option('--data <folder>', 'folder with the published records')
    .addHelpText('after', `\nStudies:\n${list.join('\n')}`);
  withResultFlags(withPartFlags(command))
    .option('--routers <list>', 'routers to compare beside the baselines, or all', 'all')
    .addOption(
      new Option('--seed <number>', 'of folds, fits and intervals')
        .default(0)
        .argParser(wholeNumber('--seed')),
    )
    .action(async (name: string, flags: Flags) => {
      const study = Object.hasOwn(studies, name) ? studies[name] : undefined;
      if (study === undefined) {
        const guess = nearest(name, Object.keys(studies));
        throw new SignalboxError(
          'usage',
          `There is no study "${name}"${guess ? `; did you mean "${guess}"?` : '.'} Known: ${Object.keys(studies).join(', ')}.`,
        );
      }
      const session = openSession({ seed: flags.seed });
      const [choices, policy] = [await choicesOf(flags.routers), await policyOf(flags)];
      const folder = studyFolder(study, flags.data);
      const encoder = await encoderOf(flags, session);
      try {
        const sets: ResultSet[] = [];
        const lines: string[] = [];
        const judged = { policy: policy.policy, policyParams: policy.params };
        const curvePolicy = await curvePolicyOf(policy);
        const tables = await study.sets(folder, session.context);
        for (const [done, { table, references }] of tables.entries()) {
          if (tables.length > 1) session.say(`set ${done + 1} of ${tables.length}: ${table.name}`);
          const evaluated = await evaluate(
            { table, choices, encoder, ...judged, curvePolicy },
            session.context,
          );
          sets.push({ ...evaluated.set, ...(references.length > 0 && { references: [...references] }) });
          if (flags.predictions !== undefined) {
            for (const line of predictionLines(evaluated, judged))
              lines.push(`{"set":${JSON.stringify(table.name)},${line.slice(1)}`);
          }
        }
        if (flags.predictions !== undefined) await writeFileWhole(flags.predictions, lines);
        await showResults(
          results({ command: commandLine(), startedAt: session.startedAt, sets, context: session.context }),
          flags,
          session,
        );
      } finally {
        session.close();
        await encoder.close?.();
      }
    });
}
