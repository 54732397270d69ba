import type { Chooser } from '../core/decision.ts';
import type { GatewayConfig, PoolModel } from '../pipeline/gateway-config.ts';
import type { Routed, RoutedSystem, Runnable } from '../pipeline/respond.ts';
import type { Guard } from './auth.ts';
import type { RequestLog } from './log.ts';
import type { Logger } from './logger.ts';

export type ServedModel = PoolModel & Routed;

/** What the routes of one gateway share. */
export interface Service {
  readonly config: GatewayConfig;
  readonly guard: Guard;
  readonly models: ReadonlyMap<string, ServedModel>;
  /** Absent where there is no router: then models are served by name alone. */
  readonly auto?: RoutedSystem & { readonly chooser: Chooser };
  /** Carries out a request that names its model. */
  readonly named: Runnable;
  readonly log: RequestLog;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  now(): number;
  /** Answers on their way; aborted when the gateway may wait no longer. */
  readonly open: Set<AbortController>;
}
