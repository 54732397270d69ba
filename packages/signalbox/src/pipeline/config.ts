import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { Policy } from '../core/policy.ts';
import type { Router } from '../core/router.ts';
import { policies } from '../policies/index.ts';
import { routers } from '../routers/index.ts';
import type { RouterChoice } from './fitted.ts';
import { isPath, parameterNames, parseRouterName, splitRouterNames, variantParams } from './router-name.ts';

/** The one place where names become parts. */

/** Baselines that stand in every comparison, and the routers that do unless others are named. */
export const baselineNames = Object.entries(routers as Record<string, Router>).flatMap(
  ([name, { baseline }]) => (baseline ? [name] : []),
);
export const routerNames: readonly string[] = [
  'knn',
  'clusters',
  'ridge',
  'multi-label',
  'mlp',
  'residual',
  'residual-text',
] satisfies (keyof typeof routers)[];
/** Every router that is registered; what `--routers all` compares. */
export const allRouterNames: readonly string[] = Object.keys(routers).filter(
  (name) => !baselineNames.includes(name),
);
/** Routers that a model can join without a new training. */
export const admittingRouterNames: readonly string[] = allRouterNames.filter(
  (name) => (routers as Record<string, Router>)[name]!.admit !== undefined,
);
/** Rungs of the ladder that a verdict is given beside, whatever router is trained. */
export const verdictRouters = ['clusters', 'knn', 'ridge'];
export const defaultRouter = 'residual';
export const defaultPolicy = 'utility';

/**
 * A router by its name, or the user's own by the path of a module that exports `router`; parameters checked. A
 * variant's words behind a colon (`multi-label:mlp,balanced`, `knn:k=5`) set theirs over those given, so that the
 * name always tells what was run.
 */
export async function findRouter(name: string, params: unknown = {}): Promise<RouterChoice> {
  const { base, words } = parseRouterName(name);
  const router: Router = await find('router', routers, base);
  const own = Object.hasOwn(routers, base) ? {} : { module: resolve(base) };
  const given = words.length === 0 ? params : { ...(params as object), ...variantParams(router, words) };
  return {
    name: [router.name, words.join(',')].filter(Boolean).join(':'),
    router,
    params: parse('router', router, given),
    ...own,
  };
}

/** The routers of a list with commas. `all`: every one that is registered. */
export function listedRouters(list: string): string[] {
  return splitRouterNames(list, [...Object.keys(routers), 'all']).flatMap((name) =>
    name === 'all' ? allRouterNames : [name],
  );
}

/** A policy by name or path, its parameters checked. */
export async function findPolicy(
  name: string,
  params: unknown = {},
): Promise<{ policy: Policy; params: object }> {
  const policy: Policy = await find('policy', policies, name);
  return { policy, params: parse('policy', policy, params) };
}

async function find<T>(kind: 'router' | 'policy', register: Record<string, T>, name: string): Promise<T> {
  const known = register[name];
  if (known !== undefined && Object.hasOwn(register, name)) return known;
  if (isPath(name)) return load<T>(kind, name);
  const guess = nearest(name, Object.keys(register));
  throw new SignalboxError(
    'usage',
    `There is no ${kind} "${name}"${guess ? `; did you mean "${guess}"?` : '.'} Known: ${Object.keys(register).join(', ')}.`,
  );
}

async function load<T>(kind: 'router' | 'policy', path: string): Promise<T> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new SignalboxError('usage', `The ${kind} could not be loaded: ${(cause as Error).message}.`, {
      file: path,
      cause,
    });
  }
  const part = module[kind] as Record<string, unknown> | undefined;
  const methods = kind === 'router' ? ['fit', 'predict'] : ['utility', 'sweep', 'parameter'];
  if (
    typeof part !== 'object' ||
    part === null ||
    methods.some((method) => typeof part[method] !== 'function')
  )
    throw new SignalboxError(
      'usage',
      `A module that exports \`${kind}\` with ${methods.join(', ')} was expected.`,
      { file: path },
    );
  return part as T;
}

function parse(kind: string, part: Pick<Router, 'name' | 'params'>, params: unknown): object {
  const result = part.params.safeParse(params);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const known = parameterNames(part);
  throw new SignalboxError(
    'usage',
    `The ${kind} "${part.name}" does not take these parameters: ${[...issue.path, issue.message].join(': ')}. It takes ${known.join(', ') || 'none'}.`,
  );
}

/** Tables are read through here by everything above the parts. */
export { readFeatures } from '../datasets/features.ts';
export { makeWorld, type World, worlds } from '../datasets/generated/synthetic.ts';
export { formats } from '../datasets/index.ts';
export { listFiles } from '../datasets/list.ts';
export { openTable } from '../datasets/open.ts';
export { type Prices, priced, readPrices } from '../datasets/prices.ts';
export { normalPrompt, readRouteLlm } from '../datasets/routellm.ts';
export { readRouterEval } from '../datasets/routereval.ts';
export type { RouterEvalFile } from '../datasets/routereval-file.ts';
export {
  maskOf,
  type PoolSetting,
  packed,
  pickPool,
  poolSettings,
  randomPool,
  ranked,
} from '../datasets/routereval-pools.ts';
export {
  type LeaderboardParams,
  type LeaderboardWorld,
  leaderboardParams,
  leaderboardWorld,
} from '../datasets/routereval-world.ts';
export { type OpenedSource, openSources, type RefusedFile } from '../datasets/sources.ts';
export { callsOf, type Merged, mergeTables } from '../datasets/table/merge.ts';
export {
  type FreshRows,
  leastCost,
  type PopulationTruth,
  policyValue,
  populationTruth,
  type TrueRows,
  type TrustParams,
  type TrustTable,
  type TrustWorld,
  type TrustWorldName,
  trustWorld,
  trustWorlds,
} from '../datasets/trust/index.ts';
export { writeRows, writeTable, writtenEnding } from '../datasets/write/write.ts';
export { given } from '../encoders/given.ts';
export type { EncoderOptions, Made } from '../encoders/index.ts';
export { cacheFolder, encoderByName as findEncoder } from '../encoders/index.ts';
/** What stands on the shelf. */
export { policies } from '../policies/index.ts';
/** What `serve` calls models through. */
export { openPools, providers, vendors } from '../providers/index.ts';
export { routers } from '../routers/index.ts';
export { strategies } from '../strategies/index.ts';
