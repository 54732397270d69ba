import type { Chunk } from '../core/completion.ts';
import type { Candidate, Chooser, Decision } from '../core/decision.ts';
import type { ModelId } from '../core/model.ts';
import type { CompletionRequest, Provider } from '../core/provider.ts';
import type { Query } from '../core/query.ts';
import type { Attempt, Execution, Outcome } from '../core/strategy.ts';

/** A model that may be called. */
export interface Routed {
  readonly name: string;
  /** Its name in the router's table. */
  readonly trainedAs: ModelId;
  readonly contextWindow?: number;
  readonly provider: Provider;
}

/** Everything that answers a query: encoder, router and policy are in the chooser. */
export interface RoutedSystem {
  /** By name in the router's table; every model here is known to the chooser. At least one. */
  readonly pool: ReadonlyMap<ModelId, Routed>;
  readonly chooser: Chooser;
  readonly strategy: Runnable;
}

/** A strategy with its parameters. */
export interface Runnable {
  run(execution: Execution): AsyncGenerator<Chunk, Outcome>;
}

/** The models that can be routed to: those of the pool that the router was trained on. */
export function routedPool(pool: Iterable<Routed>, chooser: Chooser): ReadonlyMap<ModelId, Routed> {
  const known = new Set(chooser.models);
  return new Map(
    [...pool].flatMap((model) => (known.has(model.trainedAs) ? [[model.trainedAs, model]] : [])),
  );
}

/** One answer on its way, and what it rests on. */
export interface Answering {
  readonly decision?: Decision;
  /** The policy's choice; the named model where one was named. */
  readonly chosen: Routed;
  /** Grows while the answer runs. */
  readonly attempts: readonly Attempt[];
  readonly chunks: AsyncGenerator<Chunk, Outcome>;
}

export interface Options {
  readonly signal: AbortSignal;
  now(): number;
}

/** Encode, predict, choose, run: nothing is called before the first step of `chunks`. */
export async function respond(
  system: RoutedSystem,
  request: CompletionRequest,
  options: Options,
): Promise<Answering> {
  const decision = await system.chooser.decide(request.query, allowed(system, request.query));
  const order = decision.candidates.flatMap(({ model }) => system.pool.get(model) ?? []);
  const chosen = order[0];
  if (chosen === undefined) throw new Error('the router chose none of the models that it was given');
  return { decision, chosen, ...run(system.strategy, { request, order, options }) };
}

/** A model by name, without a decision. */
export function respondAs(
  named: Routed,
  strategy: Runnable,
  call: { readonly request: CompletionRequest; readonly options: Options },
): Answering {
  return { chosen: named, ...run(strategy, { ...call, order: [named] }) };
}

function run(
  strategy: Runnable,
  call: { readonly request: CompletionRequest; readonly order: readonly Routed[]; readonly options: Options },
): Pick<Answering, 'attempts' | 'chunks'> {
  const attempts: Attempt[] = [];
  const { request, options, order } = call;
  const chunks = strategy.run({
    request,
    choices: order.map(({ provider }) => provider),
    signal: options.signal,
    now: options.now,
    attempted: (attempt) => attempts.push(attempt),
  });
  return { attempts, chunks };
}

/** The candidate for a model of the pool. */
export function candidateOf(decision: Decision, trainedAs: ModelId): Candidate | undefined {
  return decision.candidates.find(({ model }) => model === trainedAs);
}

/** Characters of text that fit a token at the very most, so that a model is left out only where it must be. */
const mostCharactersPerToken = 8;

/** The models whose window is not surely too small; where all are, all of them. */
function allowed({ pool }: RoutedSystem, query: Query): ReadonlySet<ModelId> {
  const least = characters(query) / mostCharactersPerToken;
  const fitting = new Set<ModelId>();
  for (const [id, { contextWindow }] of pool) {
    if (contextWindow === undefined || contextWindow >= least) fitting.add(id);
  }
  return fitting.size > 0 ? fitting : new Set(pool.keys());
}

function characters({ messages }: Query): number {
  let sum = 0;
  for (const { content } of messages) {
    if (typeof content === 'string') sum += content.length;
    else for (const part of content ?? []) sum += part.text?.length ?? 0;
  }
  return sum;
}
