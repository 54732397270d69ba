import { type Command, Option } from 'commander';
import { SignalboxError } from '../core/errors.ts';
import { saveArtifact } from '../pipeline/artifact.ts';
import { baselineNames, defaultRouter, findRouter, verdictRouters } from '../pipeline/config.ts';
import { prunePool } from '../pipeline/prune.ts';
import { train } from '../pipeline/train.ts';
import { encoderOf, type PartFlags, policyOf, withPartFlags } from './part-options.ts';
import { type PruneFlags, withPruneFlag } from './prune-option.ts';
import { openSession } from './session.ts';
import { jsonObject, readTable, type TableFlags, wholeNumber, withTableFlags } from './table-options.ts';

type Flags = TableFlags &
  PartFlags &
  PruneFlags & { output: string; router: string; routerParams?: object; seed: number; verdict: boolean };

export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train a router on an outcome table and write it to a folder')
    .argument('<data...>', 'files or folders of one outcome table; rows whose split is test are left out')
    .requiredOption('-o, --output <folder>', 'where the router is written');
  withPruneFlag(withPartFlags(withTableFlags(command)))
    .option('--router <name>', 'name, or the path of a module that exports `router`', defaultRouter)
    .addOption(
      new Option('--router-params <json>', "the router's parameters as a JSON object").argParser(
        jsonObject('--router-params'),
      ),
    )
    .addOption(new Option('--features <file>').hideHelp().argParser(refuseFeatures))
    .option('--no-verdict', 'do not ask whether routing pays; serve will warn that it is not known')
    .addOption(new Option('--seed <number>', 'of the fit').default(0).argParser(wholeNumber('--seed')))
    .action(async (data: string[], flags: Flags) => {
      const session = openSession({ seed: flags.seed });
      const choice = await findRouter(flags.router, flags.routerParams);
      const { policy, params } = await policyOf(flags);
      const { context } = session;
      const read = await readTable(data, flags, context);
      const table = flags.prune === undefined ? read : prunePool(read, flags.prune, context);
      if (flags.prune !== undefined) session.say(`note: ${table.notes.at(-1)}`);
      if (flags.prune !== undefined && flags.verdict)
        context.warn(
          'The verdict is given on the rows on which the pool was pruned, and so is a little too kind.',
        );
      const encoder = await encoderOf(flags, session);
      try {
        const baselines = await Promise.all(baselineNames.map((name) => findRouter(name)));
        const rungs = await Promise.all(verdictRouters.map((name) => findRouter(name)));
        const trained = await train(
          {
            table,
            choice,
            encoder,
            policy,
            policyParams: params,
            baselines,
            createdAt: session.startedAt,
            ...(flags.verdict && { verdictBeside: rungs }),
          },
          session.context,
        );
        await saveArtifact(flags.output, trained);
        session.close();
        const { models, trainedOn, bestSingle, verdict } = trained.manifest;
        session.out(
          `${choice.name} trained on ${trainedOn.rows} rows of ${trainedOn.name} and ${models.length} models (best single: ${bestSingle}), written to ${flags.output}\n` +
            (verdict
              ? `By cross-validation, ${choice.name} beside the routers of the ladder:\n${verdict.quality.why}\n${verdict.cost.why}\n`
              : '') +
            `Next: signalbox route ${flags.output} "a prompt"    or, to serve it: router: ${flags.output} in signalbox.yaml\n`,
        );
      } finally {
        session.close();
        await encoder.close?.();
      }
    });
}

/** Of `report` alone: what is routed later stands in no file of features (docs/decisions/2026-11-25-given-features.md). */
function refuseFeatures(): never {
  throw new SignalboxError(
    'usage',
    '`train` takes no --features: they are numbers of the queries that a file names, and a query that is routed or served later has none, so that the router could not choose. Train on an encoding of the text (--encoder); `signalbox report --features` says what routing by these features would be worth.',
  );
}
