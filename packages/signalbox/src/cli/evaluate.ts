import type { Command } from 'commander';
import { baselineNames, findRouter } from '../pipeline/config.ts';
import { evaluateArtifact } from '../pipeline/evaluate-artifact.ts';
import { openParts } from '../pipeline/open-router.ts';
import { predictionLines } from '../pipeline/predictions.ts';
import { results } from '../pipeline/report.ts';
import { curvePolicyOf } from './part-options.ts';
import { commandLine, type ResultFlags, showResults, withResultFlags } from './report.ts';
import { openSession, writeFileWhole } from './session.ts';
import { readTable, type TableFlags, withTableFlags } from './table-options.ts';

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('how a trained router does on rows that it was not trained on')
    .argument('<router>', 'folder that `signalbox train` wrote')
    .argument('<data...>', 'files or folders of one outcome table');
  withResultFlags(withTableFlags(command)).action(
    async (folder: string, data: string[], flags: TableFlags & ResultFlags) => {
      const session = openSession();
      const parts = await openParts({ folder, encoder: { cacheFolder: session.cacheFolder } });
      try {
        const table = await readTable(data, flags, session.context);
        const judged = [
          {
            policy: parts.policy,
            params: parts.policyParams,
            ...(parts.policyState !== undefined && { state: parts.policyState }),
          },
        ];
        const evaluated = await evaluateArtifact(
          {
            artifact: parts.artifact,
            table,
            encoder: parts.encoder,
            choice: {
              name: parts.artifact.manifest.router.name,
              router: parts.router,
              params: parts.routerParams,
            },
            baselines: await Promise.all(baselineNames.map((name) => findRouter(name))),
            judged,
            curvePolicy: await curvePolicyOf(parts),
          },
          session.context,
        );
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
        session.close();
        await parts.encoder.close?.();
      }
    },
  );
}
