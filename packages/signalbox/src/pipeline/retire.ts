import { nearest, SignalboxError } from '../core/errors.ts';
import type { ModelId } from '../core/model.ts';
import { matrix } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import type { Manifest } from './artifact.ts';
import type { Parts } from './chooser.ts';
import { inService } from './in-service.ts';
import type { Trained } from './train.ts';

export interface RetireArgs {
  /** The trained router, opened. */
  readonly parts: Parts;
  readonly model: ModelId;
  readonly at: string;
}

/**
 * The artifact without a model: its column stays in the state, so that every other prediction remains what it was,
 * and is never chosen again. Who was best single gives way to the next best by the training means.
 * @returns notes: which roles passed to whom, in sentences
 */
export function retire({ parts, model, at }: RetireArgs): {
  readonly artifact: Trained;
  readonly notes: readonly string[];
} {
  const { artifact } = parts;
  const { manifest } = artifact;
  const service = inService(manifest);
  const column = service.get(model);
  if (column === undefined) throw unknown(model, [...service.keys()]);
  if (service.size === 1)
    throw new SignalboxError(
      'usage',
      `${model} is the last model of this router; a router without any could answer nothing. Train a new one instead.`,
    );
  const retired = [...(manifest.retired ?? []), column];
  const left = { ...manifest, retired };
  const best = bestOf(parts, left, model);
  const pair = pairWithout(parts, model);
  const { weak: _, strong: __, ...rest } = left;
  return {
    artifact: {
      ...artifact,
      manifest: {
        ...rest,
        ...pair.roles,
        bestSingle: best.model,
        changes: [...(manifest.changes ?? []), { change: 'retired', model, at }],
      },
    },
    notes: [...best.notes, ...pair.notes],
  };
}

function unknown(model: ModelId, known: readonly ModelId[]): SignalboxError {
  const guess = nearest(model, known);
  return new SignalboxError(
    'usage',
    `The router does not know ${model}${guess === undefined ? '.' : `; did you mean ${guess}?`} It knows ${known.join(', ')}.`,
  );
}

/** Best single after the change: the same, or of those left the one with the best training mean. */
function bestOf(
  { artifact }: Parts,
  left: Manifest,
  model: ModelId,
): { readonly model: ModelId; readonly notes: readonly string[] } {
  if (left.bestSingle !== model) return { model: left.bestSingle, notes: [] };
  const service = [...inService(left)];
  const means = meansOf(artifact.state.baselines['best-single']);
  const best = service[argmax(service.map(([, column]) => means?.[column] ?? Number.NaN))]?.[0];
  // One that is left alone needs no means to be the best.
  const next = service.length === 1 ? service[0]![0] : best;
  if (next === undefined)
    throw new SignalboxError(
      'requires',
      `${model} is the best single model of this router, to which strange queries go, and the router does not say who is next best. Train it again without ${model}.`,
    );
  return {
    model: next,
    notes: [`${model} was the best single model; that is now ${next}, by the training means.`],
  };
}

function meansOf(state: unknown): Float64Array | undefined {
  const { means } = (state ?? {}) as { readonly means?: unknown };
  return means instanceof Float64Array ? means : undefined;
}

/** The weak and the strong model; where one of them leaves, both roles end, unless the policy lives on them. */
function pairWithout(
  { artifact, policy, policyParams, policyState }: Parts,
  model: ModelId,
): { readonly roles: Pick<Manifest, 'weak' | 'strong'>; readonly notes: readonly string[] } {
  const { weak, strong, models } = artifact.manifest;
  if (model !== weak && model !== strong)
    return {
      roles: { ...(weak !== undefined && { weak }), ...(strong !== undefined && { strong }) },
      notes: [],
    };
  const role = model === weak ? 'weak' : 'strong';
  try {
    policy.utility({ models, quality: matrix(0, models.length) }, policyParams, policyState);
  } catch (cause) {
    if (!(cause instanceof SignalboxError)) throw cause;
    throw new SignalboxError(
      'requires',
      `${model} is the ${role} model of this router, and its policy "${policy.name}" chooses between the weak and the strong one. Train it again with another pair, or with another policy.`,
      { cause },
    );
  }
  return {
    roles: {},
    notes: [`${model} was the ${role} model of the pair; the router names no pair any more.`],
  };
}
