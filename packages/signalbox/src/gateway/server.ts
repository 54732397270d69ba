import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { type Logger as Pino, pino } from 'pino';
import type { Chooser } from '../core/decision.ts';
import { SignalboxError } from '../core/errors.ts';
import { type Env, type GatewayConfig, openPool, strategyOf } from '../pipeline/gateway-config.ts';
import { routedPool } from '../pipeline/respond.ts';
import { guard } from './auth.ts';
import { chat } from './chat.ts';
import { feedback } from './feedback.ts';
import { gate, type VerdictAnswers } from './gate.ts';
import { openLog } from './log.ts';
import type { Logger } from './logger.ts';
import { type Problem, problem, problemOf } from './problem.ts';
import type { ServedModel, Service } from './service.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  /** The trained router, opened; absent where the configuration names none. The caller closes it. */
  readonly chooser?: Chooser;
  /** What the router's artifact carries, where it carries one. */
  readonly verdict?: VerdictAnswers;
  readonly env: Env;
  /** Milliseconds since 1970; the machine's clock where absent. */
  readonly clock?: { now(): number };
  /** Warnings to standard error where absent. */
  readonly logger?: Logger;
}

/** A gateway that serves. */
export interface Gateway {
  readonly url: string;
  counts(): {
    readonly open: number;
    readonly upstreamConnections: number;
    readonly written: number;
    readonly lost: number;
  };
  /** Everything logged so far is on disk. */
  flush(): Promise<void>;
  /** Takes no more requests, lets open answers end within `timeouts.drainMs`, and frees everything. */
  close(): Promise<void>;
}

/** @throws SignalboxError where the configuration cannot be served */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, chooser, env } = options;
  const now = options.clock ? () => options.clock!.now() : Date.now;
  const logger = options.logger ?? quietLogger();
  const admit = guard({ file: config.file, host: config.host, ...config.auth }, env);
  passGate(options, logger);
  const pool = await openPool(config, env, now);
  try {
    const models = new Map<string, ServedModel>(
      config.models.map((model) => [model.name, { ...model, provider: pool.providers.get(model.name)! }]),
    );
    const auto = chooser && routed(config, models, { chooser, logger });
    const log = openLog({ ...config.log, now, logger });
    const service: Service = {
      config,
      guard: admit,
      models,
      ...(auto && { auto }),
      named: strategyOf({ use: 'single' }, configError(config)),
      log,
      logger,
      now,
      open: new Set(),
    };
    const app = routes(service, options.verdict);
    await listen(app, config).catch(async (error: unknown) => {
      await log.close();
      throw error;
    });
    return {
      url: urlOf(app, config.host),
      counts: () => ({ open: service.open.size, upstreamConnections: pool.connected(), ...log.counts() }),
      flush: log.flush,
      async close() {
        await drain(app, service);
        await pool.close();
        await log.close();
      },
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function quietLogger(): Pino {
  return pino(
    { level: 'warn', redact: ['*.authorization', '*.headers'] },
    pino.destination({ fd: 2, sync: true }),
  );
}

function configError({ file }: GatewayConfig): (sentence: string) => SignalboxError {
  return (sentence) => new SignalboxError('config', sentence, { file });
}

function passGate({ config, chooser, verdict }: GatewayOptions, logger: Logger): void {
  if (!chooser) return;
  const { serve, warning } = gate(verdict, config.acceptVerdict);
  if (!serve) throw configError(config)(warning ?? '');
  if (warning !== undefined) logger.warn({}, warning);
}

/** The pool as the router knows it; what stands on one side only is named and left out of `auto`. */
function routed(
  config: GatewayConfig,
  models: ReadonlyMap<string, ServedModel>,
  { chooser, logger }: { readonly chooser: Chooser; readonly logger: Logger },
): NonNullable<Service['auto']> {
  const pool = routedPool(models.values(), chooser);
  const unserved = chooser.models.filter((model) => !pool.has(model));
  const untrained = [...models.values()].flatMap(({ name, trainedAs }) => (pool.has(trainedAs) ? [] : name));
  if (unserved.length > 0) {
    logger.warn(
      { models: unserved },
      `the router knows models that are not in the pool: ${unserved.join(', ')}`,
    );
  }
  if (untrained.length > 0) {
    logger.warn({ models: untrained }, `served by name only, unknown to the router: ${untrained.join(', ')}`);
  }
  if (pool.size === 0) {
    const sentence = `the router knows none of the models in the pool; it was trained on ${chooser.models.join(', ')}: give each model its name there as "trainedAs"`;
    throw configError(config)(sentence);
  }
  return { pool, chooser, strategy: strategyOf(config.strategy, configError(config)) };
}

function routes(service: Service, verdict: VerdictAnswers | undefined): FastifyInstance {
  const { config, models, auto, now } = service;
  const app = fastify({ bodyLimit: config.limits.bodyBytes, logger: false, forceCloseConnections: 'idle' });
  const started = Math.floor(now() / 1000);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => {
    // Whether it lives may be asked by anyone.
    if (request.url !== '/health') service.guard(request.raw);
  });
  app.setErrorHandler((error: FastifyError, _, reply) => {
    const told = tell(service, error);
    return reply.code(told.status).send({ error: told.error });
  });
  app.setNotFoundHandler((request, reply) => {
    const { error } = problem('request', `there is no ${request.method} ${request.url.split('?')[0]} here`);
    return reply.code(404).send({ error });
  });
  app.post('/v1/chat/completions', (request, reply) => chat(service, request, reply));
  app.post('/v1/feedback', (request) => feedback(service, request));
  app.get('/v1/models', async () => ({
    object: 'list',
    data: [...(auto ? ['auto'] : []), ...models.keys()].map((id) => ({
      id,
      object: 'model',
      created: started,
      owned_by: 'signalbox',
      ...(id === 'auto' && { signalbox: { verdict: answersOf(verdict) } }),
    })),
  }));
  app.get('/health', async () => ({ status: 'ok', log: service.log.counts() }));
  return app;
}

/** What may be known of the verdict by every client: the two answers; null where the router carries none. */
function answersOf(verdict: VerdictAnswers | undefined): { quality: string; cost: string } | null {
  return verdict === undefined ? null : { quality: verdict.quality.answer, cost: verdict.cost.answer };
}

/** What a client is told of an error before its request was taken in hand. */
function tell(service: Service, error: FastifyError): Problem {
  if (error instanceof SignalboxError)
    return problemOf(error, error.code === 'unknown-model' ? 'model' : null);
  if (error.statusCode === 413) {
    const limit = service.config.limits.bodyBytes;
    return problem(
      'too-large',
      `the body is larger than ${limit} bytes (limits.bodyBytes of the configuration)`,
    );
  }
  if (error.statusCode === 415) {
    return { ...problem('request', 'send the body as application/json'), status: 415 };
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return { ...problem('request', error.message), status: error.statusCode };
  }
  service.logger.error({ err: error }, 'a request failed inside the gateway');
  return problemOf(error);
}

async function listen(app: FastifyInstance, config: GatewayConfig): Promise<void> {
  const { host, port } = config;
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const advice =
      code === 'EADDRINUSE' ? 'something else listens there; change "listen", or stop it' : 'change "listen"';
    throw new SignalboxError('config', `cannot listen on ${host}:${port} (${code}); ${advice}`, {
      file: config.file,
      cause,
    });
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function drain(app: FastifyInstance, { open, config }: Service): Promise<void> {
  const late = setTimeout(() => {
    for (const controller of open) controller.abort();
    // Answers that are aborted tell so in an error event; sockets that take nothing any more are cut.
    setTimeout(() => app.server.closeAllConnections(), 1000).unref();
  }, config.timeouts.drainMs);
  // A client that keeps its connection alive must not keep the gateway alive.
  const idle = setInterval(() => app.server.closeIdleConnections(), 20);
  await app.close();
  clearInterval(idle);
  clearTimeout(late);
}
