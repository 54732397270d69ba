import { ranking, shares } from '../core/choice.ts';
import type { Context } from '../core/context.ts';
import type { Chooser, Decision } from '../core/decision.ts';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import type { ModelId } from '../core/model.ts';
import type { Plain } from '../core/plain.ts';
import type { Policy } from '../core/policy.ts';
import { keyOf, type Query } from '../core/query.ts';
import type { Encoded, Router } from '../core/router.ts';
import { type GuardState, guardP } from '../feasibility/out-of-distribution.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import type { Artifact } from './artifact.ts';
import { type CostState, predictCosts } from './cost.ts';
import { visible } from './encoded-part.ts';
import { inService, poolChanges } from './in-service.ts';

export interface Parts {
  readonly artifact: Artifact;
  readonly encoder: Encoder;
  readonly router: Router;
  readonly routerParams: object;
  readonly policy: Policy;
  readonly policyParams: object;
  /** Of a policy that learned with the router. */
  readonly policyState?: Plain;
  /** Queries less usual than this share of the training queries go to best single; 0 or absent = none does. */
  readonly guardAlpha?: number;
}

/** A trained router at work: one query in, an ordered choice out. */
export function makeChooser(parts: Parts, context: Context): Chooser {
  const { artifact, encoder, router, routerParams, policy, policyParams, policyState } = parts;
  const { models, bestSingle, weak, strong } = artifact.manifest;
  // With its variant, as it was trained.
  const { name } = artifact.manifest.router;
  const costs = artifact.state.costs as CostState | null;
  const service = inService(artifact.manifest);
  const changed = poolChanges(artifact.manifest);
  const pair = { weak: service.get(weak ?? '') ?? -1, strong: service.get(strong ?? '') ?? -1 };
  const decide = async (query: Query, allowed?: ReadonlySet<ModelId>): Promise<Decision> => {
    const known = models.map((id, m) => service.get(id) === m && (allowed?.has(id) ?? true));
    if (!known.includes(true))
      throw new SignalboxError(
        'unknown-model',
        `None of the models that may answer is known to the router; it knows ${[...service.keys()].join(', ')}.`,
      );
    const input = {
      queries: [query],
      features: await encoder.encode([query], artifact.state.encoder, context),
    };
    const seen = visible(input, router);
    const prediction = await router.predict(seen, artifact.state.router, routerParams, context);
    const cost = prediction.cost ?? (costs === null ? undefined : predictCosts(input, costs));
    const quality = masked(prediction.quality, known, -1);
    const forecasts = {
      models,
      quality,
      ...(cost && { cost: masked(cost, known, Number.MAX_VALUE) }),
      ...(prediction.capable && { capable: masked(prediction.capable, known, 0) }),
      ...(pair.weak >= 0 && pair.strong >= 0 && pair),
    };
    const utility = masked(
      policy.utility(forecasts, policyParams, policyState),
      known,
      Number.NEGATIVE_INFINITY,
    );
    const strange = unlike(parts, input);
    if (strange !== undefined) promote(utility, service.get(bestSingle) ?? -1);
    const share = shares(utility);
    const candidates = dealt(ranking(utility, 0), share, query)
      .filter((m) => known[m])
      .map((m) => ({
        model: models[m]!,
        quality: at(prediction.quality, 0, m),
        ...(cost && Number.isFinite(at(cost, 0, m)) && { cost: at(cost, 0, m) }),
        share: at(share, 0, m),
      }));
    const reasons = [
      ...(strange === undefined ? [] : [strange]),
      ...(router.explain?.(seen, artifact.state.router, routerParams, models) ?? []),
    ];
    return { candidates, router: name, policy: policy.name, bestSingle, reasons };
  };
  return {
    models: [...service.keys()],
    encoder: encoder.name,
    router: name,
    policy: policy.name,
    bestSingle,
    ...(artifact.manifest.verdict && { verdict: artifact.manifest.verdict }),
    ...(changed !== undefined && { changed }),
    decide,
    close: async () => encoder.close?.(),
  };
}

/** Why a query is left to best single: it lies farther from the training queries than all but a few of them do from each other. */
function unlike({ artifact, guardAlpha = 0 }: Parts, { features }: Encoded): string | undefined {
  const guard = artifact.state.guard as GuardState | null | undefined;
  if (!guard || guardAlpha === 0) return undefined;
  const [p] = guardP(guard, features);
  return p! < guardAlpha
    ? `The query is unlike the training queries (p = ${p!.toFixed(3)}): the best single model is taken.`
    : undefined;
}

/** Puts one model first, where it may be chosen at all. */
function promote(utility: Matrix, model: number): void {
  const { data } = utility;
  if (model >= 0 && data[model] !== Number.NEGATIVE_INFINITY) data[model] = Number.POSITIVE_INFINITY;
}

/** Of models that share a query alike, the text of the query says which goes first: even over many queries, the same for one. */
function dealt(order: readonly number[], share: Matrix, query: Query): number[] {
  const tied = order.filter((m) => at(share, 0, m) > 0);
  if (tied.length < 2) return [...order];
  const turn = Number.parseInt(keyOf(query).slice(0, 8), 16) % tied.length;
  return [...tied.slice(turn), ...tied.slice(0, turn), ...order.filter((m) => at(share, 0, m) === 0)];
}

function masked(m: Matrix, known: readonly boolean[], instead: number): Matrix {
  const out = matrix(m.rows, m.cols);
  for (let i = 0; i < out.data.length; i++) {
    const value = m.data[i]!;
    out.data[i] = known[i % m.cols] && !Number.isNaN(value) ? value : instead;
  }
  return out;
}
