import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import { indexGroups } from '../core/folds.ts';
import type { Plain } from '../core/plain.ts';
import type { Policy } from '../core/policy.ts';
import { asQuery, keyOf } from '../core/query.ts';
import type { VerdictResult } from '../core/results-evidence.ts';
import { primaryMeans, rowsOf, tableError, takeRows } from '../core/table.ts';
import { fitGuard } from '../feasibility/out-of-distribution.ts';
import { argmax } from '../math/order.ts';
import { version } from '../version.ts';
import type { Artifact } from './artifact.ts';
import { fitCosts } from './cost.ts';
import { tune } from './cross-fit.ts';
import { designOf } from './design.ts';
import { noEncoder, training } from './encoded-part.ts';
import { crossFitted } from './evaluate.ts';
import { verdictOf } from './evidence/evidence.ts';
import type { RouterChoice } from './fitted.ts';
import { costUnitOf } from './forecast.ts';
import { fitPolicy } from './judged.ts';
import { digest, pack } from './plain-files.ts';
import { hasSplit } from './protocol.ts';
import { turn } from './turn.ts';

export interface TrainArgs {
  readonly table: Dataset;
  readonly choice: RouterChoice;
  readonly encoder: Encoder;
  readonly policy: Policy;
  readonly policyParams: object;
  /** Learned on the same rows and carried along, so that `evaluate` can compare. */
  readonly baselines: readonly RouterChoice[];
  readonly createdAt: string;
  /** Routers that a verdict is given beside, and the policy that it is judged by; none is given without them. */
  readonly verdictBeside?: readonly RouterChoice[];
}

export type Trained = Omit<Artifact, 'manifest'> & { readonly manifest: Omit<Artifact['manifest'], 'files'> };

/** Fits encoder, router, costs and baselines on the rows whose split is not `test`. */
export async function train(args: TrainArgs, context: Context): Promise<Trained> {
  const { choice, policy, policyParams } = args;
  const table = trainingRows(args.table);
  const queries = table.examples.map(asQuery);
  const encoder = choice.router.needs.features === false ? noEncoder : args.encoder;
  const encoderState = await encoder.fit(queries, context);
  const rows = training(table, await encoder.encode(queries, encoderState, context), context.seed);
  context.progress(`training ${choice.name}`, 0, 1);
  await turn(context);
  const state = await choice.router.fit(rows, choice.params, context);
  const judged = { policy, params: policyParams };
  const learned = policy.fit
    ? fitPolicy(
        judged,
        await tune(choice, { train: rows, trainRows: Int32Array.from(rows.folds.keys()), table }, context),
        { table, means: primaryMeans(table) },
      )
    : null;
  const groups = indexGroups(table.examples).names.length;
  const baselines: Record<string, Plain> = {};
  for (const { name, router, params } of args.baselines) {
    const { needs } = router;
    if (
      (needs.features === true && encoder === noEncoder) ||
      (needs.groups && groups < 2) ||
      (needs.cost && costUnitOf(table) === null)
    )
      continue;
    baselines[name] = await router.fit(rows, params, context);
  }
  context.progress(`training ${choice.name}`, 1, 1);
  const verdict =
    args.verdictBeside && (await verdictOfTraining({ ...args, table, beside: args.verdictBeside }, context));
  return {
    manifest: {
      schema: 'signalbox/router@1',
      version,
      createdAt: args.createdAt,
      seed: context.seed,
      models: table.models.map(({ id }) => id),
      ...(table.weak !== undefined && { weak: table.weak }),
      ...(table.strong !== undefined && { strong: table.strong }),
      primary: table.primary,
      bestSingle: table.models[argmax(primaryMeans(table))]!.id,
      encoder: { name: encoder.name, settings: digest(pack(encoder.settings).json) },
      router: {
        name: choice.name,
        params: { ...choice.params },
        ...(choice.module !== undefined && { module: choice.module }),
      },
      policy: { name: policy.name, params: { ...policyParams } },
      ...(verdict && { verdict }),
      trainedOn: { name: table.name, rows: table.examples.length, digests: table.digests },
    },
    state: {
      encoderSettings: encoder.settings,
      encoder: encoderState,
      router: state,
      policy: learned,
      guard: rows.features.cols === 0 ? null : fitGuard({ ...rows, seed: context.seed }),
      costs: fitCosts(rows, context) ?? null,
      baselines,
    },
    trainedKeys: new Set(table.examples.map(keyOf)),
  };
}

/**
 * Whether routing pays, by cross-validation on the training rows: the verdict of the procedure that made the router,
 * on which no test row has been looked at.
 */
async function verdictOfTraining(
  args: Pick<TrainArgs, 'table' | 'choice' | 'encoder' | 'baselines'> & {
    readonly beside: readonly RouterChoice[];
  },
  context: Context,
): Promise<VerdictResult | undefined> {
  const { choice, encoder, baselines, beside } = args;
  const { table } = args;
  const unsplit = table.examples.map(({ split: _, ...example }) => example);
  const judged = [choice, ...beside.filter(({ name }) => name !== choice.name)];
  try {
    const { fitted, planned, used } = await crossFitted(
      { table: { ...table, examples: unsplit }, encoder, choices: [...baselines, ...judged] },
      context,
    );
    return await verdictOf(
      {
        evaluated: {
          plan: planned,
          design: designOf(planned, { seed: context.seed }),
          fitted,
          encoder: used,
        },
        costRouter: choice.name,
      },
      context,
    );
  } catch (error) {
    // A table that trains a router may still be too small, or too sparse, to compare on.
    if (!(error instanceof SignalboxError) || error.code !== 'table') throw error;
    context.warn(`No verdict could be given: ${error.message}`);
    return undefined;
  }
}

function trainingRows(table: Dataset): Dataset {
  const rows = Int32Array.from(table.examples.keys());
  const kept = hasSplit(table) ? rows.filter((i) => table.examples[i]!.split !== 'test') : rows;
  const train = kept.length === rows.length ? table : takeRows(table, kept);
  if (train.examples.length < 2)
    throw tableError(
      table,
      `${table.name} has ${rowsOf(train.examples.length)} to train on; give at least 2, better a few hundred.`,
    );
  if (train.quality.data.every(Number.isNaN))
    throw tableError(
      table,
      `${table.name} holds no score at all: fill the field "score" (by feedback, a judge or a reference) and train again.`,
    );
  return train;
}
