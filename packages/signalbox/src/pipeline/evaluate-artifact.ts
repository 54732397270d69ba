import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import type { Plain } from '../core/plain.ts';
import { asQuery, keyOf } from '../core/query.ts';
import type { Flag } from '../core/results.ts';
import type { Encoded } from '../core/router.ts';
import { tableError, takeModels, takeRows } from '../core/table.ts';
import { type Matrix, selectCols } from '../math/matrix.ts';
import type { Artifact, ArtifactState } from './artifact.ts';
import { type CostState, predictCosts } from './cost.ts';
import { designOf } from './design.ts';
import { visible } from './encoded-part.ts';
import { compare, type EvaluateArgs, type Evaluated } from './evaluate.ts';
import { firstOf } from './first-of.ts';
import type { CrossFitted, RouterChoice } from './fitted.ts';
import { costForecast, forecast } from './forecast.ts';
import { inService, poolChanges } from './in-service.ts';
import { hasSplit, type Plan } from './protocol.ts';
import { turn } from './turn.ts';

export interface EvaluateArtifactArgs extends Pick<EvaluateArgs, 'judged' | 'curvePolicy' | 'draws'> {
  readonly artifact: Artifact;
  readonly table: Dataset;
  readonly encoder: Encoder;
  readonly choice: RouterChoice;
  readonly baselines: readonly RouterChoice[];
}

/** A trained router and the baselines learned with it, on rows that it was not trained on. Nothing is fitted. */
export async function evaluateArtifact(args: EvaluateArtifactArgs, context: Context): Promise<Evaluated> {
  const started = performance.now();
  const { artifact, encoder } = args;
  const { table, columns, flags } = commonModels(args.table, artifact);
  refuseFewer(args, columns);
  const planned = planUnseen(table, artifact, flags);
  const rows = takeRows(planned.table, planned.compared);
  const queries = rows.examples.map(asQuery);
  const input: Encoded = {
    queries,
    features: await encoder.encode(queries, artifact.state.encoder, context),
  };
  const costs = costsOf(artifact.state, input, columns);
  const states: Readonly<Record<string, Plain>> = {
    ...artifact.state.baselines,
    [args.choice.name]: artifact.state.router,
  };
  const choices = [
    ...args.baselines.filter(({ name }) => Object.hasOwn(artifact.state.baselines, name)),
    args.choice,
  ];
  const fitted: CrossFitted[] = [];
  for (const [done, choice] of choices.entries()) {
    context.progress('routers', done, choices.length);
    await turn(context);
    const before = performance.now();
    const prediction = await choice.router.predict(
      visible(input, choice.router),
      states[choice.name]!,
      choice.params,
      context,
    );
    const seconds = (performance.now() - before) / 1000;
    const own = prediction.cost ? selectCols(prediction.cost, columns) : costs;
    fitted.push({
      choice,
      encoder: encoder.name,
      forecasts: forecast({
        table: planned.table,
        prediction: {
          quality: selectCols(prediction.quality, columns),
          ...(own && { cost: own }),
          ...(prediction.capable && { capable: selectCols(prediction.capable, columns) }),
        },
        cost: costForecast({ table: planned.table, input, costs: undefined }),
      }),
      tuning: [],
      fresh: [],
      fitSeconds: 0,
      predictSecondsPer1000: (1000 * seconds) / Math.max(queries.length, 1),
    });
  }
  context.progress('routers', choices.length, choices.length);
  const design = designOf(planned, { draws: args.draws, seed: context.seed });
  const set = await compare(
    { ...args, plan: planned, design, fitted, encoderName: encoder.name, started },
    context,
  );
  return { set, plan: planned, design, fitted, encoder };
}

/** A policy that learned does so from every model of the training pool, and can be asked about no fewer. */
function refuseFewer({ judged, artifact, table }: EvaluateArtifactArgs, columns: Int32Array): void {
  const learned = judged.find(({ state }) => state !== undefined);
  if (learned === undefined || columns.length === artifact.manifest.models.length) return;
  throw tableError(
    table,
    `The policy "${learned.policy.name}" of this router learned from ${artifact.manifest.models.join(', ')}, and ${table.name} and the pool share ${columns.length} of them. Give a table with all of them, or train again on those that are left.`,
  );
}

/** The table cut to the models that the router knows, and their columns in the router's state. */
function commonModels(
  table: Dataset,
  { manifest }: Artifact,
): { table: Dataset; columns: Int32Array; flags: Flag[] } {
  const service = inService(manifest);
  const known = [...service.keys()];
  const kept = Int32Array.from(table.models.keys()).filter((m) => service.has(table.models[m]!.id));
  if (kept.length === 0)
    throw tableError(
      table,
      `${table.name} and the router share no model. The router knows ${firstOf(known, 12)}; the table holds ${firstOf(
        table.models.map(({ id }) => id),
        12,
      )}.`,
    );
  const strange = table.models.filter(({ id }) => !service.has(id)).map(({ id }) => id);
  const cut = strange.length === 0 ? table : takeModels(table, kept);
  const absent = known.filter((id) => !table.models.some((model) => model.id === id));
  const flags: Flag[] = [];
  if (strange.length > 0)
    flags.push({
      code: 'unobserved',
      models: strange,
      groups: [],
      message: `Not known to the router, and left out: ${firstOf(strange, 12)}.`,
    });
  if (absent.length > 0)
    flags.push({
      code: 'unobserved',
      models: absent,
      groups: [],
      message: `Known to the router but not in this table, so never chosen here: ${absent.join(', ')}.`,
    });
  const changed = poolChanges(manifest);
  if (changed !== undefined)
    flags.push({
      code: 'pool-changed',
      models: known,
      groups: [],
      message: `The pool is not the one of training: ${changed}; a verdict in the router is of the pool before.`,
    });
  return { table: cut, columns: Int32Array.from(cut.models, ({ id }) => service.get(id)!), flags };
}

/** Rows of the test part (all rows where there is no split) whose text the router has not been trained on. */
function planUnseen(table: Dataset, { trainedKeys, manifest }: Artifact, flags: readonly Flag[]): Plan {
  const split = hasSplit(table);
  const keys = table.examples.map(keyOf);
  const candidates = Int32Array.from(table.examples.keys()).filter(
    (i) => !split || table.examples[i]!.split === 'test',
  );
  const unseen = candidates.filter((i) => !trainedKeys.has(keys[i]!));
  const { cols, data } = table.quality;
  const compared = unseen.filter((i) => !data.subarray(i * cols, (i + 1) * cols).some(Number.isNaN));
  const trained = candidates.length - unseen.length;
  if (compared.length === 0) {
    const why =
      trained > 0
        ? `all ${trained} of its rows were trained on or lack a score of some model`
        : 'no row holds a score of every model';
    throw tableError(
      table,
      `${table.name} leaves nothing to evaluate: ${why}. Give a table with other queries, answered by every model.`,
    );
  }
  const dropped = {
    ...(trained > 0 && { 'trained on': trained }),
    ...(unseen.length > compared.length && {
      'not observed for every model': unseen.length - compared.length,
    }),
  };
  return {
    table: { ...table, primary: manifest.primary },
    parts: [{ train: new Int32Array(0), test: compared }],
    compared,
    protocol: {
      kind: 'split',
      trainRows: manifest.trainedOn.rows,
      testRows: compared.length,
      calibrationRows: 0,
      leaks: trained,
      duplicates: keys.length - new Set(keys).size,
    },
    rowsDropped: { ...table.rowsDropped, ...dropped },
    flags,
  };
}

function costsOf({ costs }: ArtifactState, input: Encoded, columns: Int32Array): Matrix | undefined {
  return costs === null ? undefined : selectCols(predictCosts(input, costs as CostState), columns);
}
