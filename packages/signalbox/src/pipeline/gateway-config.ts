import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { ModelId, Price } from '../core/model.ts';
import type { Provider } from '../core/provider.ts';
import { checkRequires, type Strategy } from '../core/strategy.ts';
import { openPools, providers, strategies, vendors } from './config.ts';
import { type GatewaySettings, gatewaySchema, type ModelSettings } from './gateway-schema.ts';
import { type PlacedYaml, readYaml, schemaError } from './yaml-place.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A model of the pool, resolved. */
export interface PoolModel {
  readonly name: string;
  /** Its name in the router's table. */
  readonly trainedAs: ModelId;
  /** Base URL without a slash at its end, or `simulated`. */
  readonly upstream: string;
  /** Its name at the upstream. */
  readonly model: string;
  readonly apiKeyEnv?: string;
  readonly price: (Price & { readonly cachedInput?: number | undefined }) | 'unknown';
  readonly contextWindow?: number;
  readonly simulatedLatencyMs: number;
}

/** `signalbox.yaml`, checked and resolved; holds names of variables, never keys. */
export interface GatewayConfig
  extends Omit<GatewaySettings, 'models' | 'listen' | 'router' | 'auth' | 'policy'> {
  readonly file: string;
  /** Absolute. */
  readonly router?: string;
  readonly host: string;
  readonly port: number;
  readonly models: readonly PoolModel[];
  readonly policy?: { readonly use: string; readonly [parameter: string]: unknown };
  readonly auth?: { readonly keysEnv: string };
}

/** @throws SignalboxError with file and line for whatever cannot be served as it is written */
export async function readGatewayConfig(file: string): Promise<GatewayConfig> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SignalboxError('config', `cannot be read (${cause.code ?? cause.message})`, { file, cause });
  });
  return parseGatewayConfig(file, text);
}

/** @param file names the text in errors; relative paths in it are resolved from its folder */
export function parseGatewayConfig(file: string, text: string): GatewayConfig {
  const yaml = readYaml(file, text);
  const parsed = gatewaySchema.safeParse(yaml.value ?? {});
  if (!parsed.success) throw schemaError(file, yaml, { issue: parsed.error.issues[0]!, keysAt });
  const { models, listen, router, policy, auth, ...rest } = parsed.data;
  const reader = { file, yaml };
  strategyOf(parsed.data.strategy, (sentence) => fault(reader, ['strategy'], sentence));
  return {
    ...rest,
    file,
    ...address(reader, listen),
    ...(router !== undefined && { router: resolve(dirname(file), router) }),
    ...(policy && { policy }),
    ...(auth && { auth }),
    log: { ...rest.log, file: resolve(dirname(file), rest.log.file) },
    models: poolModels(reader, models),
  };
}

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

interface Reader {
  readonly file: string;
  readonly yaml: PlacedYaml;
}

function fault({ file, yaml }: Reader, path: readonly PropertyKey[], sentence: string): SignalboxError {
  const line = yaml.line(path);
  return new SignalboxError('config', sentence, { file, ...(line !== undefined && { line }) });
}

function address(reader: Reader, listen: string | number): { host: string; port: number } {
  const [, host, digits] =
    /^(?:(\[[^\]]+\]|[^:]*):)?(\d+)$/.exec(String(listen)) ?? ([] as (string | undefined)[]);
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw fault(reader, ['listen'], `listen: "${listen}" is no address and port; write 127.0.0.1:8080`);
  }
  return { host: host === undefined || host === '' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''), port };
}

function poolModels(reader: Reader, models: readonly ModelSettings[]): PoolModel[] {
  const names = new Set<string>(['auto']);
  const trained = new Map<string, string>();
  return models.map((model, i) => {
    const { name, price, contextWindow } = model;
    const at = (key: string): readonly PropertyKey[] => ['models', i, key];
    if (names.has(name)) {
      const why = name === 'auto' ? 'is what clients write to have a model chosen' : 'stands twice';
      throw fault(reader, at('name'), `models[${i}].name: "${name}" ${why}; take another name`);
    }
    names.add(name);
    const trainedAs = model.trainedAs ?? name;
    const twin = trained.get(trainedAs);
    if (twin !== undefined) {
      throw fault(
        reader,
        at('trainedAs'),
        `"${twin}" and "${name}" are both trained as "${trainedAs}"; leave one`,
      );
    }
    trained.set(trainedAs, name);
    const { upstream, apiKeyEnv } = door(reader, model, i);
    return {
      name,
      trainedAs,
      upstream,
      model: model.model ?? name,
      price,
      simulatedLatencyMs: model.simulatedLatencyMs ?? 0,
      ...(apiKeyEnv !== undefined && { apiKeyEnv }),
      ...(contextWindow !== undefined && { contextWindow }),
    };
  });
}

/** Where a model is and which variable holds its key. */
function door(reader: Reader, model: ModelSettings, i: number): { upstream: string; apiKeyEnv?: string } {
  const { name, vendor, upstream, apiKeyEnv } = model;
  if ((vendor === undefined) === (upstream === undefined)) {
    const given = vendor === undefined ? 'neither' : 'both';
    const sentence = `"${name}" has ${given} of vendor and upstream; give one (vendors: ${Object.keys(vendors).join(', ')})`;
    throw fault(reader, ['models', i], sentence);
  }
  if (vendor !== undefined) {
    if (!Object.hasOwn(vendors, vendor)) {
      const known = Object.keys(vendors);
      const near = nearest(vendor, known);
      const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
      throw fault(
        reader,
        ['models', i, 'vendor'],
        `models[${i}].vendor: unknown vendor "${vendor}"; ${hint}`,
      );
    }
    const row: { upstream: string; apiKeyEnv?: string } = vendors[vendor as keyof typeof vendors];
    return { ...row, ...(apiKeyEnv !== undefined && { apiKeyEnv }) };
  }
  const keys = apiKeyEnv === undefined ? {} : { apiKeyEnv };
  if (upstream === 'simulated') return { upstream, ...keys };
  return { upstream: baseUrl(upstream!, (why) => fault(reader, ['models', i, 'upstream'], why)), ...keys };
}

/** Never quotes what it refuses to take: a URL may carry a secret. */
function baseUrl(given: string, refuse: (why: string) => SignalboxError): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refuse('upstream: not a URL; write the base of the endpoint, such as https://host/v1');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refuse('upstream: a URL with a user, a query or a fragment is refused; put the key in apiKeyEnv');
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/chat/completions')) {
    throw refuse('upstream: give the base URL, without /chat/completions');
  }
  return `${url.origin}${path}`;
}

/** The keys that the schema knows at a path. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = gatewaySchema;
  for (const part of path) {
    schema = open(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = (schema.shape as Record<string, unknown>)[String(part)];
  }
  schema = open(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [];
}

/** What stands behind defaults, options and choices. */
function open(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return open(schema.unwrap());
  }
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject);
  return schema;
}

/** A strategy with its parameters, ready to run. */
export interface BoundStrategy {
  readonly name: string;
  readonly run: Strategy['run'] extends (execution: infer E, params: never) => infer R
    ? (execution: E) => R
    : never;
  readonly requires: Strategy['requires'];
}

/** @throws what `refuse` makes of a name or a parameter that is unknown */
export function strategyOf(
  { use, ...given }: { readonly use: string; readonly [parameter: string]: unknown },
  refuse: (sentence: string) => Error,
): BoundStrategy {
  if (!Object.hasOwn(strategies, use)) {
    const near = nearest(use, Object.keys(strategies));
    const hint =
      near === undefined ? `known are ${Object.keys(strategies).join(', ')}` : `did you mean "${near}"?`;
    throw refuse(`unknown strategy "${use}"; ${hint}`);
  }
  const strategy: Strategy = strategies[use as keyof typeof strategies];
  const params = strategy.params.safeParse(given);
  if (!params.success) {
    const issue = params.error.issues[0]!;
    throw refuse(`strategy "${use}": ${[...issue.path, issue.message].join(' ')}`);
  }
  return {
    name: use,
    requires: strategy.requires,
    run: (execution) => strategy.run(execution, params.data),
  };
}

/** The pool, with a provider behind each model. */
export interface OpenPool {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Open connections to upstreams. */
  connected(): number;
  close(): Promise<void>;
}

/**
 * @param now milliseconds since 1970
 * @throws SignalboxError where a key is not set, naming its variable
 */
export async function openPool(config: GatewayConfig, env: Env, now: () => number): Promise<OpenPool> {
  const { connectMs, firstTokenMs, idleMs, answerMs } = config.timeouts;
  const pools = await openPools({ connectMs, connections: config.limits.connections });
  const opened = new Map<string, Provider>();
  for (const { name, model, upstream, apiKeyEnv, simulatedLatencyMs } of config.models) {
    if (upstream === 'simulated') {
      const seconds = (): number => Math.floor(now() / 1000);
      opened.set(name, providers.simulated({ name, seed: 0, latencyMs: simulatedLatencyMs, now: seconds }));
      continue;
    }
    const { origin, pathname } = new URL(upstream);
    const key = apiKeyEnv === undefined ? undefined : keyFrom(config.file, env, { name, apiKeyEnv });
    const basePath = pathname === '/' ? '' : pathname;
    const limits = { firstTokenMs, idleMs, answerMs };
    const pool = pools.for(origin);
    opened.set(
      name,
      providers.openai({ name, model, basePath, pool, ...(key !== undefined && { key }), ...limits }),
    );
  }
  checkRequires(
    strategyOf(config.strategy, (sentence) => new SignalboxError('config', sentence, { file: config.file })),
    opened.values(),
  );
  return { providers: opened, connected: pools.connected, close: pools.close };
}

function keyFrom(file: string, env: Env, of: { readonly name: string; readonly apiKeyEnv: string }): string {
  const key = env[of.apiKeyEnv]?.trim();
  if (key === undefined || key === '') {
    const sentence = `"${of.name}" takes its key from the variable ${of.apiKeyEnv}, which is not set; set it, or leave the model out`;
    throw new SignalboxError('config', sentence, { file });
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new SignalboxError('config', `the variable ${of.apiKeyEnv} holds characters that no key has`, {
      file,
    });
  }
  return key;
}
