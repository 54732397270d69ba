import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import type { Policy } from '../core/policy.ts';
import { textOf } from '../core/query.ts';
import type { Flag, ResultSet } from '../core/results.ts';
import type { Design } from '../metrics/design.ts';
import { crossFit } from './cross-fit.ts';
import { designOf } from './design.ts';
import { noEncoder } from './encoded-part.ts';
import type { CrossFitted, RouterChoice } from './fitted.ts';
import { costUnitOf } from './forecast.ts';
import type { Judged } from './judged.ts';
import { type MeasureArgs, measure } from './measure.ts';
import { comparedGroups, type Plan, type PlanOptions, plan } from './protocol.ts';
import { turn } from './turn.ts';

export interface EvaluateArgs {
  readonly table: Dataset;
  /** Baselines and routers, in the order of the report. */
  readonly choices: readonly RouterChoice[];
  readonly encoder: Encoder;
  /** Routers that see the queries through another encoder. */
  readonly others?: readonly { readonly encoder: Encoder; readonly choices: readonly RouterChoice[] }[];
  /** What routers are judged under; with several, systems are named `router+policy`. */
  readonly judged: readonly Judged[];
  /** The policy whose parameter traces the cost-quality curve. */
  readonly curvePolicy: Policy;
  readonly plan?: Omit<PlanOptions, 'seed'>;
  readonly draws?: number;
  /** Forecasts of a fifth of the training rows by a fit on the others are made even where no cost and no policy asks for them. */
  readonly tune?: boolean;
  /** What a study compares besides: lines of votes and bounds, and figures of its own. */
  readonly beside?: (of: {
    readonly plan: Plan;
    readonly fitted: readonly CrossFitted[];
  }) => Pick<MeasureArgs, 'more' | 'study'>;
}

export interface Evaluated {
  readonly set: ResultSet;
  readonly plan: Plan;
  readonly design: Design;
  readonly fitted: readonly CrossFitted[];
  /** The encoder that routers saw the queries through; one that sees nothing where the table has no text. */
  readonly encoder: Encoder;
}

/** Trains every router on the table's training part (or folds), tests it on the rest, and measures all on the same rows. */
export async function evaluate(args: EvaluateArgs, context: Context): Promise<Evaluated> {
  const started = performance.now();
  const { planned, fitted, used, notes } = await crossFitted(args, context);
  const design = designOf(planned, { draws: args.draws, seed: context.seed });
  const set = await compare(
    {
      ...args,
      plan: planned,
      design,
      fitted,
      ...args.beside?.({ plan: planned, fitted }),
      encoderName: used.name,
      started,
      notes,
    },
    context,
  );
  return { set, plan: planned, design, fitted, encoder: used };
}

/** The forecasts that a comparison rests on, by every router that the table and the encoder have enough for. */
export async function crossFitted(
  args: Pick<EvaluateArgs, 'table' | 'choices' | 'encoder' | 'others' | 'plan' | 'tune'> & {
    readonly judged?: EvaluateArgs['judged'];
  },
  context: Context,
): Promise<{ planned: Plan; fitted: CrossFitted[]; used: Encoder; notes: string[] }> {
  const planned = plan(args.table, { seed: context.seed, ...args.plan });
  const { table } = planned;
  const textless = !args.encoder.textless && table.examples.every((example) => textOf(example) === '');
  const encoder = textless ? noEncoder : args.encoder;
  const groups = comparedGroups(table, planned.compared);
  const lacks = args.choices.map(({ name, router }) => ({
    name,
    lack: lacking(router, { encoder, groups: groups.names.length, table }),
  }));
  const choices = args.choices.filter((_, i) => lacks[i]!.lack === undefined);
  const tune =
    args.tune !== false &&
    (args.judged === undefined ||
      args.tune === true ||
      table.cost !== undefined ||
      args.judged.some(({ policy }) => policy.fit !== undefined));
  const fitted = await crossFit(planned, { choices, encoder, tune }, context);
  for (const other of textless ? [] : (args.others ?? []))
    fitted.push(...(await crossFit(planned, { ...other, tune }, context)));
  return {
    planned,
    fitted,
    used: encoder,
    notes: leftOut(groups.named ? lacks : lacks.filter(({ lack }) => lack !== 'several groups')),
  };
}

export interface CompareArgs extends Pick<EvaluateArgs, 'judged' | 'curvePolicy'> {
  readonly plan: Plan;
  readonly design: Design;
  readonly fitted: readonly CrossFitted[];
  readonly encoderName: string;
  readonly more?: NonNullable<MeasureArgs['more']>;
  readonly study?: NonNullable<MeasureArgs['study']>;
  /** What the reader of the report should know, beside what the table's reader saw. */
  readonly notes?: readonly string[];
  /** `performance.now()` when the work began. */
  readonly started: number;
}

/** Measures forecasts that are there already, all on the same rows and draws. */
export async function compare(args: CompareArgs, context: Context): Promise<ResultSet> {
  const { plan: planned } = args;
  const { table } = planned;
  const groups = comparedGroups(table, planned.compared);
  context.progress('intervals', 0, 1);
  await turn(context);
  const systems = measure(args);
  context.progress('intervals', 1, 1);
  return {
    dataset: table.name,
    rows: table.examples.length,
    rowsDropped: planned.rowsDropped,
    models: table.models.map(({ id }) => id),
    groups: groups.named ? groups.names : [],
    protocol: planned.protocol,
    primary: table.primary,
    costUnit: systems.some(({ cost }) => cost !== null) ? costUnitOf(table) : null,
    systems,
    flags: [...planned.flags, ...plainFacts(planned, groups.named)],
    notes: [...table.notes, ...(args.notes ?? [])],
    digests: table.digests,
    groupRows: Object.fromEntries(
      groups.named ? groups.names.map((name, g) => [name, groups.of.filter((of) => of === g).length]) : [],
    ),
    encoder: args.encoderName,
    seconds: (performance.now() - args.started) / 1000,
  };
}

/** What a router needs and this table or encoder lacks; undefined where it can be compared. */
function lacking(
  { needs }: RouterChoice['router'],
  about: { readonly encoder: Encoder; readonly groups: number; readonly table: Dataset },
): string | undefined {
  if (needs.groups && about.groups < 2) return 'several groups';
  if (needs.features === true && about.encoder.name === noEncoder.name) return 'encoded text';
  if (needs.cost && costUnitOf(about.table) === null) return 'a cost';
  return undefined;
}

/** In a sentence for each need, who is left out for it. */
function leftOut(list: readonly { readonly name: string; readonly lack: string | undefined }[]): string[] {
  const byLack = Map.groupBy(
    list.filter(({ lack }) => lack !== undefined),
    ({ lack }) => lack,
  );
  return [...byLack].map(
    ([lack, some]) => `Not compared, for want of ${lack}: ${some.map(({ name }) => name).join(', ')}.`,
  );
}

/** What a reader must know before any number: one model, models that never differ. */
function plainFacts({ table, compared }: Plan, named: boolean): Flag[] {
  const flags: Flag[] = [];
  const add = (code: string, message: string): void =>
    void flags.push({ code, models: [], groups: [], message });
  const { cols, data } = table.quality;
  if (cols === 1)
    add('one-model', `The table holds one model, ${table.models[0]!.id}: there is nothing to route between.`);
  else if (
    compared.every((row) =>
      data.subarray(row * cols, (row + 1) * cols).every((value) => value === data[row * cols]),
    )
  )
    add(
      'all-equal',
      'All models score the same on every compared row: no choice between them can gain or lose quality here.',
    );
  if (!named) add('no-groups', 'No row names a group, so there is no task table to compare with.');
  return flags;
}
