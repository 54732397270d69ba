import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { knowHeldOut } from '../core/held-out-rows.ts';
import type { Plain } from '../core/plain.ts';
import type { Forecasts } from '../core/policy.ts';
import type { Query } from '../core/query.ts';
import type { Encoded, Training } from '../core/router.ts';
import { takeRows } from '../core/table.ts';
import { type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { fitCosts } from './cost.ts';
import {
  eachOpenPart,
  type Fold,
  type OpenPart,
  openPart,
  placeOf,
  training,
  visible,
} from './encoded-part.ts';
import type { CrossFitted, PartFit, RouterChoice, Tuning } from './fitted.ts';
import { costForecast, forecast } from './forecast.ts';
import { keptCosts, keptFit } from './kept-fits.ts';
import type { Plan } from './protocol.ts';
import { setAside } from './set-aside.ts';
import { collect, turn } from './turn.ts';

/**
 * Fits every router on each part's training rows and forecasts its test rows. The encoder is fitted on the
 * training rows alone. `tune` also makes the forecasts that operating points are fixed on.
 */
export async function crossFit(
  plan: Plan,
  args: {
    readonly choices: readonly RouterChoice[];
    readonly encoder: Encoder;
    readonly tune: boolean;
    /** Queries beyond the table that each part's fit forecasts as well. */
    readonly fresh?: readonly Query[];
    /** False where no later comparison has the same parts: then no encoding is kept beyond its part. */
    readonly keep?: boolean;
    /** False where only qualities are asked for: costs are then forecast by means alone. */
    readonly costs?: boolean;
  },
  context: Context,
): Promise<CrossFitted[]> {
  const running = args.choices.map((choice) => ({
    choice,
    quality: blank(plan),
    cost: undefined as Matrix | undefined,
    capable: undefined as Matrix | undefined,
    pair: {},
    // By the number of the part: another process may be done with them in any order.
    placing: [] as (() => void)[],
    tuning: [] as (Tuning | undefined)[],
    fresh: [] as (Forecasts | undefined)[],
    fit: 0,
    predict: 0,
    tested: 0,
    /** Parts on which it has the cost forecast that all share. */
    sharing: new Set<number>(),
  }));
  type Run = (typeof running)[number];
  // One cost forecast serves every router that has none of its own: of thirty models it is as large as the table.
  let common: Matrix | undefined;
  const put = (run: Run, { forecasts, also, fit, predict, tuning }: PartFit, to: Placed): void => {
    run.fresh[to.number] = also;
    run.tuning[to.number] = tuning && tuningAside(tuning);
    run.fit += fit;
    run.predict += predict;
    run.tested += to.place.length;
    const { quality, cost, capable, models: _, ...pair } = forecasts;
    run.pair = pair;
    run.placing[to.number] = placingOf(to.place, quality, run.quality);
    if (cost && cost !== to.cost) {
      run.cost ??= blank(plan);
      place(to, cost, run.cost);
    } else if (cost) run.sharing.add(to.number);
    if (capable) {
      run.capable ??= blank(plan);
      place(to, capable, run.capable);
    }
  };
  const encoding = { plan, ...args };
  const later: (() => Promise<void>)[] = [];
  const onPart = async (part: OpenPart): Promise<void> => {
    const { number } = part;
    const of = { encoder: args.encoder, plan, part: plan.parts[number]! };
    const placed = { number, place: placeOf(plan, part) };
    // What waits for another process may not hold what is encoded here, and opens the part again if it has to.
    let open: OpenPart | undefined = part;
    const fold = (): Promise<Fold> => (open ?? openPart(plan, number, args, context)).fold();
    const given = lazily(async () => {
      const make = async (): Promise<Matrix | undefined> => {
        const { test, costs } = await fold();
        return costOf({ table: plan.table, costs }, test, context);
      };
      const cost = await keptCosts({ ...of, asked: args.costs !== false }, make, context);
      if (cost) {
        common ??= blank(plan);
        place(placed, cost, common);
      }
      return cost;
    });
    const stage = plan.parts.length > 1 ? `fold ${number + 1} of ${plan.parts.length}: routers` : 'routers';
    for (const [done, run] of inOrder(running, context).entries()) {
      context.progress(stage, done, running.length);
      await turn(context);
      collect();
      const found = await keptFit(
        { ...of, choice: run.choice, tune: args.tune, ...(args.fresh && { fresh: args.fresh }), given },
        async () =>
          fitPart(
            run.choice,
            { fold: await fold(), plan, tune: args.tune && !run.choice.router.baseline },
            context,
          ),
        context,
      );
      const take = async (fit: PartFit): Promise<void> => put(run, fit, { ...placed, cost: await given() });
      if (typeof found === 'function') later.push(async () => take(await found()));
      else await take(found);
    }
    open = undefined;
    context.progress(stage, running.length, running.length);
  };
  await eachOpenPart(encoding, onPart, context);
  for (const [done, piece] of later.entries()) {
    context.progress('waiting for the other process', done, later.length);
    await piece();
    context.progress('waiting for the other process', done + 1, later.length);
  }
  // The last part's fits: of thirty models what is read back here is as large.
  collect();
  for (const { placing } of running) for (const onto of placing) onto();
  for (const { cost, sharing } of running)
    for (const number of cost ? sharing : []) copyPart(common!, cost!, placeOf(plan, plan.parts[number]!));
  return running.map(
    ({ choice, quality, cost = common, capable, pair, tuning, fresh, fit, predict, tested }) => ({
      choice,
      encoder: args.encoder.name,
      forecasts: {
        models: plan.table.models.map(({ id }) => id),
        quality,
        ...(cost && { cost }),
        ...(capable && { capable }),
        ...pair,
      },
      tuning: tuning.filter((one) => one !== undefined),
      fresh: fresh.filter((one) => one !== undefined),
      fitSeconds: fit / plan.parts.length,
      predictSecondsPer1000: (1000 * predict) / Math.max(tested, 1),
    }),
  );
}

/** What comes of parts waits on disk for the last of them: that of thirty models is more than a part. */
const waiting = { least: 2 ** 18 };

function placingOf(rows: Int32Array, quality: Matrix, to: Matrix): () => void {
  const read = setAside(quality, waiting);
  return () => place({ place: rows }, read(), to);
}

/** Read anew by each who asks: a part is looked at now and then, and all parts are as large as the table. */
function tuningAside({ forecasts: { quality, ...more }, ...rest }: Tuning): Tuning {
  const read = setAside(quality, waiting);
  return {
    ...rest,
    get forecasts() {
      return { ...more, quality: read() };
    },
  };
}

/** Where a part's rows go, and the cost forecast that its routers share. */
interface Placed extends Pick<Fold, 'place'> {
  readonly number: number;
  readonly cost: Matrix | undefined;
}

/**
 * Of two processes on one part, one goes from the last router to the first. Once it is known which take long, both begin
 * with those, so that neither is left with a long one when the other is done.
 */
function inOrder<T extends Pick<PartFit, 'fit' | 'predict'>>(
  list: readonly T[],
  { partner }: Context,
): readonly T[] {
  if (partner === undefined) return list;
  const turned = partner.backwards ? list.toReversed() : list;
  return turned.toSorted((a, b) => b.fit + b.predict - a.fit - a.predict);
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** One router on one part. */
async function fitPart(
  choice: RouterChoice,
  { fold, plan, tune: tuned }: { readonly fold: Fold; readonly plan: Plan; readonly tune: boolean },
  context: Context,
): Promise<PartFit> {
  const job = { ...fold, table: plan.table };
  const fitted = await fitAndForecast(choice, { ...job, ...(fold.fresh && { also: fold.fresh }) }, context);
  if (!tuned) return fitted;
  collect();
  const also = plan.folds === undefined ? { also: comparedOf(fold, context) } : {};
  return { ...fitted, tuning: await tune(choice, { ...job, ...also }, context) };
}

const blank = ({ compared, table }: Plan): Matrix => matrix(compared.length, table.models.length);

/**
 * Forecasts of a part's compared rows by a fit on some of its training rows (places among them), under the encoding
 * that was learned from the texts of all: with fewer labels the texts are there all the same.
 */
export async function fitOnSome(
  choice: RouterChoice,
  { fold, plan }: { readonly fold: Fold; readonly plan: Plan },
  some: Int32Array,
  context: Context,
): Promise<{ forecasts: Forecasts; place: Int32Array }> {
  const table = takeRows(fold.train.table, some);
  const train = training(table, selectRows(fold.train.features, some), context.seed);
  const { forecasts } = await fitAndForecast(
    choice,
    { train, test: fold.test, costs: undefined, table: plan.table },
    context,
  );
  return { forecasts, place: fold.place };
}

/** Rows of one fold's test part to where they stand among the compared rows. */
export function place(fold: Pick<Fold, 'place'>, from: Matrix, to: Matrix): void {
  const { cols } = from;
  fold.place.forEach((row, i) => {
    if (row !== -1) to.data.set(from.data.subarray(i * cols, (i + 1) * cols), row * cols);
  });
}

/** The rows of a part, from one matrix of the compared rows to another. */
function copyPart(from: Matrix, to: Matrix, rows: Int32Array): void {
  const { cols } = from;
  for (const row of rows)
    if (row !== -1) to.data.set(from.data.subarray(row * cols, (row + 1) * cols), row * cols);
}

type Job = Pick<Fold, 'train' | 'test' | 'costs'> & {
  readonly table: Dataset;
  /** More to forecast by the same fit. */
  readonly also?: Encoded;
};

async function fitAndForecast(
  { router, params }: RouterChoice,
  { train, test, costs, table, also }: Job,
  context: Context,
): Promise<Omit<PartFit, 'tuning'>> {
  const started = performance.now();
  const state: Plain = await router.fit(train, params, context);
  const fitted = performance.now();
  const prediction = await router.predict(visible(test, router), state, params, context);
  const predicted = performance.now();
  const more = also && (await router.predict(visible(also, router), state, params, context));
  return {
    forecasts: forecast({ table, prediction, cost: costOf({ table, costs }, test, context) }),
    ...(more && {
      also: forecast({ table, prediction: more, cost: costOf({ table, costs }, also, context) }),
    }),
    fit: (fitted - started) / 1000,
    predict: (predicted - fitted) / 1000,
  };
}

/** The cost forecast of these queries, the same for all who ask. */
function costOf(
  { table, costs }: Pick<Job, 'table' | 'costs'>,
  input: Encoded,
  context: Context,
): Matrix | undefined {
  const compute = (): Matrix | undefined => costForecast({ table, input, costs });
  return context.once('cost forecast', [input.features, costs ?? table], compute);
}

/** Fits on four inner folds and forecasts the fifth, and whatever else is asked of the same fit. */
export async function tune(
  choice: RouterChoice,
  fold: Pick<Fold, 'train' | 'trainRows'> & { readonly table: Dataset; readonly also?: Encoded },
  context: Context,
): Promise<Tuning> {
  const { job, held } = context.once('tuning part', [fold.train], () => tuningPart(fold.train, context));
  const asked = { ...job, table: fold.table, ...(fold.also && { also: fold.also }) };
  const { forecasts, also } = await fitAndForecast(choice, asked, context);
  return {
    rows: Int32Array.from(held, (i) => fold.trainRows[i]!),
    forecasts,
    ...(also && { compared: also }),
  };
}

/** The test rows that are compared, in their order there. */
function comparedOf(
  { train, test, place }: Pick<Fold, 'train' | 'test' | 'place'>,
  context: Context,
): Encoded {
  return context.once('compared part', [train], () => {
    // Where every test row is compared, in its own order, they are the same features: what routers keep of them is shared.
    if (place.every((to, i) => to === i)) return test;
    const rows = [...place.keys()].filter((i) => place[i] !== -1).sort((a, b) => place[a]! - place[b]!);
    return { queries: rows.map((i) => test.queries[i]!), features: selectRows(test.features, rows) };
  });
}

function tuningPart(
  train: Training,
  context: Context,
): {
  job: Pick<Fold, 'train' | 'test' | 'costs'>;
  held: Int32Array;
} {
  const rows = Int32Array.from(train.folds.keys());
  const [held, kept] = [rows.filter((i) => train.folds[i] === 0), rows.filter((i) => train.folds[i] !== 0)];
  const part: Training = {
    table: takeRows(train.table, kept),
    queries: Array.from(kept, (i) => train.queries[i]!),
    features: selectRows(train.features, kept),
    folds: Int32Array.from(kept, (i) => train.folds[i]! - 1),
  };
  const test = {
    queries: Array.from(held, (i) => train.queries[i]!),
    features: selectRows(train.features, held),
  };
  knowHeldOut({ x: train.features, folds: train.folds, held, kept }, test.features, part.features, context);
  return { job: { train: part, test, costs: fitCosts(part, context) }, held };
}
