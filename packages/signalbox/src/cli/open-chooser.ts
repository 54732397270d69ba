import type { Chooser } from '../core/decision.ts';
import { SignalboxError } from '../core/errors.ts';
import type { GatewayConfig } from '../pipeline/gateway-config.ts';
import { openRouter } from '../pipeline/open-router.ts';
import type { Session } from './session.ts';

/** The router that a configuration names, its sentence encoder in a thread of its own. */
export async function openChooser(
  { router, policy, file, guardAlpha }: GatewayConfig,
  session: Session,
): Promise<Chooser | undefined> {
  if (router === undefined) return undefined;
  const { use, ...params } = policy ?? {};
  try {
    return await openRouter(
      {
        folder: router,
        ...(typeof use === 'string' && { policy: { name: use, params } }),
        // What people ask stays in memory while it is answered: no folder keeps their prompts' embeddings.
        encoder: { worker: true },
        guardAlpha,
      },
      session.context,
    );
  } catch (cause) {
    if (cause instanceof SignalboxError && cause.code === 'usage')
      throw new SignalboxError('config', cause.message, { file, cause });
    throw cause;
  }
}
