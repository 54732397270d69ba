import type { Command } from 'commander';
import type { Chooser } from '../core/decision.ts';
import { SignalboxError } from '../core/errors.ts';
import { type GatewayConfig, readGatewayConfig } from '../pipeline/gateway-config.ts';
import { openRouter } from '../pipeline/open-router.ts';
import { openSession, type Session } from './session.ts';

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
        const gateway = await startGateway({ config, ...(chooser && { chooser }), env: process.env });
        session.close();
        const auto = chooser
          ? `model "auto" routes by ${chooser.router} (${chooser.policy})`
          : 'no router: models by name only';
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

/** The router that a configuration names, its sentence encoder in a thread of its own. */
export async function openChooser(
  { router, policy, file }: GatewayConfig,
  session: Session,
): Promise<Chooser | undefined> {
  if (router === undefined) return undefined;
  const { use, ...params } = policy ?? {};
  try {
    return await openRouter(
      {
        folder: router,
        ...(typeof use === 'string' && { policy: { name: use, params } }),
        encoder: { cacheFolder: session.cacheFolder, worker: true },
      },
      session.context,
    );
  } catch (cause) {
    if (cause instanceof SignalboxError && cause.code === 'usage')
      throw new SignalboxError('config', cause.message, { file, cause });
    throw cause;
  }
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
