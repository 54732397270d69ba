import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { ModelId } from '../core/model.ts';
import type { Plain } from '../core/plain.ts';
import { asQuery, keyOf } from '../core/query.ts';
import { rowsOf, tableError, takeModels, takeRows } from '../core/table.ts';
import { column } from '../math/matrix.ts';
import { type Answers, admitted, meanOf, type Sureness, surenessOf } from './admission.ts';
import type { Parts } from './chooser.ts';
import { admitCosts, type CostState } from './cost.ts';
import { visible } from './encoded-part.ts';
import type { RouterChoice } from './fitted.ts';
import { inService } from './in-service.ts';
import { hasSplit } from './protocol.ts';
import type { Trained } from './train.ts';

export interface AdmitArgs {
  /** The trained router, opened. */
  readonly parts: Parts;
  readonly model: ModelId;
  /** A table with scored answers of the model. */
  readonly answers: Dataset;
  /** US dollars a call, for answers that record no cost. */
  readonly price?: number;
  readonly at: string;
  /** Baselines whose state the artifact may carry. */
  readonly baselines: readonly RouterChoice[];
  /** Routers that admit, to name where this one does not. */
  readonly admitting: readonly string[];
}

/** What is known of a newcomer, and what was not done for it. */
export interface Admission extends Sureness {
  readonly model: ModelId;
  readonly router: string;
  /** Mean US dollars a call; null where unknown. */
  readonly cost: number | null;
  /** What the router expects of the best single model on the same queries. */
  readonly bestSingle: { readonly model: ModelId; readonly expected: number };
  readonly notes: readonly string[];
}

/**
 * The artifact with a model more. The encoder, the policy and what the router says of the other models stay as they
 * are; nothing is fitted again.
 * @throws SignalboxError `requires` where the router or its policy cannot take a model in
 */
export async function admit(
  args: AdmitArgs,
  context: Context,
): Promise<{ readonly artifact: Trained; readonly admission: Admission }> {
  const { parts, model, at } = args;
  const { artifact, encoder, router, routerParams } = parts;
  const { manifest, state } = artifact;
  refuse(args);
  const { table, notes } = answersOf(args);
  const queries = table.examples.map(asQuery);
  const answers: Answers = {
    model,
    models: manifest.models,
    input: { queries, features: await encoder.encode(queries, state.encoder, context) },
    examples: table.examples,
    quality: column(table.quality, 0),
  };
  const choice = { router, params: routerParams };
  const sureness = await surenessOf(choice, answers, state.router, context);
  const costs = costsOf(table, args.price);
  const kept = await baselinesWith(args, answers, context);
  const { quality } = await router.predict(
    visible(answers.input, router),
    state.router,
    routerParams,
    context,
  );
  return {
    artifact: {
      manifest: {
        ...manifest,
        models: [...manifest.models, model],
        changes: [
          ...(manifest.changes ?? []),
          { change: 'admitted', model, at, answers: sureness.answers, mean: sureness.mean },
        ],
      },
      state: {
        ...state,
        router: await admitted(choice, answers, state.router, context),
        costs: state.costs === null ? null : admitCosts(answers.input, costs, state.costs as CostState),
        baselines: kept.states,
      },
      // `evaluate` leaves out what any model of the pool was learned from.
      trainedKeys: new Set([...artifact.trainedKeys, ...table.examples.map(keyOf)]),
    },
    admission: {
      ...sureness,
      model,
      router: manifest.router.name,
      cost: nullable(meanKnown(costs)),
      bestSingle: {
        model: manifest.bestSingle,
        expected: meanOf(quality, inService(manifest).get(manifest.bestSingle) ?? -1),
      },
      notes: [...notes, ...costNotes(model, costs, state.costs !== null), ...kept.notes],
    },
  };
}

function refuse({ parts, model, admitting }: AdmitArgs): void {
  const { manifest } = parts.artifact;
  const { name } = manifest.router;
  if (inService(manifest).has(model))
    throw new SignalboxError(
      'usage',
      `The router knows ${model} already. To take in what it became, retire it first (signalbox retire), then admit it from new answers.`,
    );
  if (parts.router.admit === undefined)
    throw new SignalboxError(
      'requires',
      `The router "${name}" takes no model in without a new training: train it again with ${model} in the table, or train one of those that can (${admitting.join(', ')}).`,
    );
  if (parts.policy.fit !== undefined)
    throw new SignalboxError(
      'requires',
      `The policy "${parts.policy.name}" learned from the pool as it was and takes no model in; train the router again, or train it with a policy that learns nothing (utility, argmax).`,
    );
}

/** The scored answers of the model alone; rows of a test part are left for testing. */
function answersOf({ answers, model }: AdmitArgs): { table: Dataset; notes: string[] } {
  const ids = answers.models.map(({ id }) => id);
  const named = ids.indexOf(model);
  if (named === -1 && ids.length !== 1) {
    const guess = nearest(model, ids);
    throw tableError(
      answers,
      `There are no answers of ${model}${guess === undefined ? '' : ` (did you mean ${guess}?)`}: the table holds ${ids.join(', ')}.`,
    );
  }
  const cut = takeModels(answers, [Math.max(named, 0)]);
  const split = hasSplit(cut);
  const rows = Int32Array.from(cut.examples.keys()).filter(
    (i) => !Number.isNaN(cut.quality.data[i]!) && !(split && cut.examples[i]!.split === 'test'),
  );
  if (rows.length === 0)
    throw tableError(
      answers,
      `None of its ${rowsOf(answers.examples.length)} holds a score of ${model}${split ? ' outside the test part' : ''}; give at least one scored answer, better fifty.`,
    );
  const without = answers.examples.length - rows.length;
  return {
    table: takeRows(cut, rows),
    notes: [
      ...(named === -1
        ? [
            `The answers are of "${ids[0]}", the only model of the table; they are taken as those of ${model}.`,
          ]
        : []),
      ...(without > 0
        ? [
            `${rowsOf(without)} ${without === 1 ? 'holds' : 'hold'} no score of it${split ? ' or belong to the test part' : ''} and were left out.`,
          ]
        : []),
    ],
  };
}

function costsOf({ cost, examples }: Dataset, price: number | undefined): Float64Array {
  const known = cost ? column(cost, 0) : new Float64Array(examples.length).fill(Number.NaN);
  return price === undefined ? known : known.map((value) => (Number.isNaN(value) ? price : value));
}

function costNotes(model: ModelId, costs: Float64Array, needed: boolean): string[] {
  if (!needed || costs.some((value) => !Number.isNaN(value))) return [];
  return [
    `What a call of ${model} costs is not known: a policy that weighs cost will not choose it. Give --price, or answers with a cost.`,
  ];
}

/** The baselines with the newcomer; one that takes no model in is left out of the artifact. */
async function baselinesWith(
  { parts, baselines }: AdmitArgs,
  answers: Answers,
  context: Context,
): Promise<{ states: Record<string, Plain>; notes: string[] }> {
  const states: Record<string, Plain> = {};
  const lost: string[] = [];
  for (const [name, state] of Object.entries(parts.artifact.state.baselines)) {
    const choice = baselines.find((one) => one.name === name);
    if (choice?.router.admit) states[name] = await admitted(choice, answers, state, context);
    else lost.push(name);
  }
  return {
    states,
    notes:
      lost.length === 0
        ? []
        : [
            `Without a new training these baselines take no model in, and \`evaluate\` shows them no more: ${lost.join(', ')}.`,
          ],
  };
}

function meanKnown(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

const nullable = (x: number): number | null => (Number.isNaN(x) ? null : x);
