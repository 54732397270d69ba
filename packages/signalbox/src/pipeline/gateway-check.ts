import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Chooser } from '../core/decision.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import {
  type Env,
  type GatewayConfig,
  isLoopback,
  type PoolModel,
  readGatewayConfig,
} from './gateway-config.ts';

/** What `serve` would do with a configuration. Names variables, never what they hold. */
export interface Explanation {
  readonly url: string;
  /** Label and text, in order; what is listed below a label follows with an empty one. */
  readonly lines: readonly (readonly [label: string, text: string])[];
  /** Why it could not be served as it stands; empty where it can. */
  readonly problems: readonly string[];
}

/**
 * @param open opens the router that the configuration names; undefined where it names none
 * @throws SignalboxError with file and line where the file itself is wrong
 */
export async function checkConfig(
  file: string,
  env: Env,
  open: (config: GatewayConfig) => Promise<Chooser | undefined>,
): Promise<Explanation> {
  const config = await readGatewayConfig(file);
  const problems: string[] = [];
  const chooser = await open(config).catch((error: unknown) => {
    if (!(error instanceof SignalboxError)) throw error;
    problems.push(error.message);
    return undefined;
  });
  try {
    problems.push(...keyProblems(config, env), ...logProblems(config));
    const { host, port } = config;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`;
    const lines = [
      ...serving(config, url),
      ...routing(config, chooser, problems),
      ...pool(config, env, chooser),
    ];
    return { url, lines, problems };
  } finally {
    await chooser?.close();
  }
}

function keyProblems({ host, auth, models }: GatewayConfig, env: Env): string[] {
  const problems: string[] = [];
  if (auth === undefined && !isLoopback(host)) {
    problems.push(`"${host}" can be reached from other machines, and no key is asked for; add auth.keysEnv`);
  }
  if (auth && !env[auth.keysEnv]?.trim()) problems.push(`auth: the variable ${auth.keysEnv} is not set`);
  for (const { name, apiKeyEnv } of models) {
    if (apiKeyEnv !== undefined && !env[apiKeyEnv]?.trim()) {
      problems.push(`"${name}" takes its key from the variable ${apiKeyEnv}, which is not set`);
    }
  }
  return problems;
}

function logProblems({ log }: GatewayConfig): string[] {
  const folder = dirname(log.file);
  return existsSync(folder) ? [] : [`log: the folder ${folder} does not exist; requests would not be logged`];
}

function serving({ auth, host, log, strategy, timeouts }: GatewayConfig, url: string): [string, string][] {
  const reach = isLoopback(host) ? 'this machine alone' : 'other machines too';
  const { use, ...params } = strategy;
  const kept = { full: 'with messages', hash: 'with hashes of the messages', off: 'without messages' }[
    log.text
  ];
  const { connectMs, firstTokenMs, idleMs, answerMs } = timeouts;
  return [
    ['serves', `${url}, ${reach}; ${auth ? `keys from ${auth.keysEnv}` : 'no key asked'}`],
    [
      'strategy',
      [use, ...Object.entries(params).map(([key, value]) => `${key} ${String(value)}`)].join(', '),
    ],
    [
      'waits',
      `${connectMs} ms to connect, ${firstTokenMs} to the first content, ${idleMs} between pieces, ${answerMs} for a JSON answer`,
    ],
    ['log', `${log.file}, ${kept}, for ${log.retentionDays} days`],
  ];
}

function routing(
  config: GatewayConfig,
  chooser: Chooser | undefined,
  problems: string[],
): [string, string][] {
  if (config.router === undefined) return [['router', 'none: models by name only']];
  if (chooser === undefined) return [['router', `${config.router} (cannot be opened)`]];
  const served = new Set(config.models.map(({ trainedAs }) => trainedAs));
  const missing = chooser.models.filter((model) => !served.has(model));
  if (missing.length === chooser.models.length) {
    problems.push(
      `the router knows none of the models; it was trained on ${missing.join(', ')}: give each model its name there as trainedAs`,
    );
  }
  const { encoder, router, policy, bestSingle, verdict, changed } = chooser;
  const lines: [string, string][] = [
    [
      'router',
      `${config.router}: ${router} on ${encoder}, policy ${policy}; best single model ${bestSingle}`,
    ],
  ];
  lines.push([
    'verdict',
    verdict
      ? `quality ${verdict.quality.answer}, cost ${verdict.cost.answer}${config.acceptVerdict ? '; accepted whatever it is (acceptVerdict)' : ''}`
      : 'none: whether routing pays on this traffic is not known',
  ]);
  if (changed !== undefined)
    lines.push(['', `${changed}${verdict ? '; the verdict is of the pool before' : ''}`]);
  if (config.guardAlpha > 0)
    lines.push([
      'guard',
      `queries less usual than ${(100 * config.guardAlpha).toFixed(0)} % of the training queries go to ${bestSingle}`,
    ]);
  if (missing.length > 0) lines.push(['', `trained on models that are not served: ${missing.join(', ')}`]);
  return lines;
}

function pool({ models }: GatewayConfig, env: Env, chooser: Chooser | undefined): [string, string][] {
  return models.map((model, i) => [
    i === 0 ? 'models' : '',
    `${model.name}: ${describe(model, env, chooser)}`,
  ]);
}

function describe(model: PoolModel, env: Env, chooser: Chooser | undefined): string {
  const { name, upstream, apiKeyEnv, price, contextWindow, trainedAs } = model;
  const parts = [
    upstream === 'simulated' ? 'simulated' : `${upstream}${model.model === name ? '' : ` as ${model.model}`}`,
  ];
  if (apiKeyEnv !== undefined) parts.push(`key ${apiKeyEnv} ${env[apiKeyEnv]?.trim() ? 'set' : 'not set'}`);
  else if (upstream !== 'simulated') parts.push('no key');
  parts.push(
    price === 'unknown' ? 'price unknown' : `$${price.input} in, $${price.output} out per million tokens`,
  );
  if (contextWindow !== undefined) parts.push(`${contextWindow} tokens`);
  if (chooser) {
    const near = nearest(trainedAs, chooser.models);
    if (chooser.models.includes(trainedAs))
      parts.push(trainedAs === name ? 'in auto' : `in auto as ${trainedAs}`);
    else
      parts.push(
        `by name only: the router does not know it${near === undefined ? '' : ` (trainedAs: ${near}?)`}`,
      );
  }
  return parts.join('; ');
}
