import type { Command } from 'commander';
import type { Chooser } from '../core/decision.ts';
import { readGatewayConfig } from '../pipeline/gateway-config.ts';
import { openChooser } from './open-chooser.ts';
import { openSession } from './session.ts';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve a pool of LLMs behind one OpenAI-compatible address; model "auto" routes')
    .argument('<config>', 'signalbox.yaml; `signalbox check` explains it')
    .action(async (file: string) => {
      const session = openSession();
      const config = await readGatewayConfig(file);
      const chooser = await openChooser(config, session);
      try {
        const { startGateway } = await import('../gateway/server.ts');
        const gateway = await startGateway({
          config,
          ...(chooser && { chooser }),
          ...(chooser?.verdict && { verdict: chooser.verdict }),
          env: process.env,
        });
        session.close();
        const auto = chooser
          ? `model "auto" routes by ${chooser.router} (${chooser.policy}); ${verdictOf(chooser)}`
          : 'no router: models by name only';
        if (chooser?.changed !== undefined)
          session.say(`note: ${chooser.changed}; its verdict is of the pool before.`);
        session.say(
          `Signalbox serves ${config.models.length} models at ${gateway.url}/v1; ${auto}. Ctrl-C stops it.`,
        );
        await stopped();
        session.say('Stopping: open answers may end first.');
        await gateway.close();
      } finally {
        await chooser?.close();
      }
    });
}

function verdictOf({ verdict }: Chooser): string {
  return verdict
    ? `its verdict: quality ${verdict.quality.answer}, cost ${verdict.cost.answer}`
    : 'it carries no verdict';
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
