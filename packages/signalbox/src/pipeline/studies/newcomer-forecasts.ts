import { expectedOf, shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { Encoded, Router, Training } from '../../core/router.ts';
import { takeModels } from '../../core/table.ts';
import { at, column, type Matrix, selectCols, selectRows } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import { eachPart, type Fold, visible } from '../encoded-part.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
import { comparedQuality } from '../forecast.ts';
import { kept } from '../kept-fits.ts';
import type { Plan } from '../protocol.ts';
import { turn } from '../turn.ts';

/** What one router made of one left-out model, on the compared rows; NaN where there were too few answers to admit it from. */
export interface LeftOut {
  readonly router: string;
  /** Column of the model in the table. */
  readonly model: number;
  /** Quality of the pool's choices without it. */
  readonly without: Float64Array;
  /** With it, after so many answers. */
  readonly after: readonly After[];
}

interface After {
  readonly answers: number;
  /** Predicted quality of the newcomer. */
  readonly predicted: Float64Array;
  /** Quality of the choices of the pool with it. */
  readonly value: Float64Array;
}

export interface LeftOutArgs {
  readonly plan: Plan;
  /** Routers that admit. */
  readonly choices: readonly RouterChoice[];
  readonly encoder: Encoder;
  readonly models: readonly number[];
  readonly budgets: readonly number[];
}

/**
 * Each model is left out in turn: the router is fitted on the training rows without it, then admits it from some of
 * its training answers, drawn at random, smaller budgets being parts of larger ones. Test rows are the plan's own.
 */
export async function leaveModelsOut(args: LeftOutArgs, context: Context): Promise<LeftOut[]> {
  const { plan, choices, encoder, models, budgets } = args;
  const observed = comparedQuality(plan);
  const blank = (): Float64Array => new Float64Array(observed.rows).fill(Number.NaN);
  const all = choices.flatMap(({ name }) =>
    models.map((model) => ({
      router: name,
      model,
      without: blank(),
      after: budgets.map((answers) => ({ answers, predicted: blank(), value: blank() })),
    })),
  );
  const onPart = async ({ train, test, place, ...fold }: Fold, before: number): Promise<void> => {
    const part = { train: fold.trainRows, test: fold.testRows };
    const number = before + 1;
    const stage = plan.parts.length > 1 ? `newcomers: fold ${number} of ${plan.parts.length}` : 'newcomers';
    for (const [done, one] of all.entries()) {
      context.progress(stage, done, all.length);
      await turn(context);
      const choice = choices.find(({ name }) => name === one.router)!;
      const job = { choice, one, train, test, place, observed };
      const joined = await kept(
        { choice, encoder, plan, part },
        {
          more: ['newcomer', one.model, budgets, number],
          make: () => join(job, { budgets, part: number }, context),
        },
        context,
      );
      put(joined, job);
    }
    context.progress(stage, all.length, all.length);
  };
  await eachPart({ plan, encoder }, onPart, context);
  return all;
}

interface Job {
  readonly choice: RouterChoice;
  readonly one: LeftOut;
  readonly train: Training;
  readonly test: Encoded;
  readonly place: Int32Array;
  readonly observed: Matrix;
}

/** Of a part's test rows. */
type Joined = {
  readonly without: Float64Array;
  /** As many as it had answers for. */
  readonly after: readonly { readonly value: Float64Array; readonly predicted: Float64Array }[];
};

function put({ without, after }: Joined, { one, place }: Job): void {
  const set = (to: Float64Array, from: Float64Array): void =>
    place.forEach((row, i) => {
      if (row !== -1) to[row] = from[i]!;
    });
  set(one.without, without);
  after.forEach(({ value, predicted }, b) => {
    set(one.after[b]!.value, value);
    set(one.after[b]!.predicted, predicted);
  });
}

async function join(
  { choice, one, train, test, place, observed }: Job,
  { budgets, part }: { readonly budgets: readonly number[]; readonly part: number },
  context: Context,
): Promise<Joined> {
  const { router, params } = choice;
  const { table } = train;
  const others = Int32Array.from(table.models.keys()).filter((m) => m !== one.model);
  // The columns of a pool that the newcomer joined last.
  const order = Int32Array.of(...others, one.model);
  const pool = { ...train, table: takeModels(table, others) };
  const state = await router.fit(pool, params, context);
  const seen = visible(test, router);
  const values = (quality: Matrix, columns: Int32Array): Float64Array =>
    expectedOf(shares(without(quality)), ofTest(observed, place, columns));
  const plain = values((await router.predict(seen, state, params, context)).quality, others);
  const drawn = drawnRows(table.quality, one.model, `${context.seed}/newcomer/${part}/${one.model}`);
  const after: { value: Float64Array; predicted: Float64Array }[] = [];
  for (const answers of budgets) {
    if (answers > drawn.length) break;
    const newcomer = newcomerOf(
      { train, model: one.model, models: others, rows: drawn.slice(0, answers) },
      router,
    );
    const joined = await router.admit!(newcomer, state, params, context);
    const { quality } = await router.predict(seen, joined, params, context);
    after.push({ value: values(quality, order), predicted: column(quality, quality.cols - 1) });
  }
  return { without: plain, after };
}

function newcomerOf(
  {
    train,
    model,
    models,
    rows,
  }: {
    readonly train: Training;
    readonly model: number;
    readonly models: Int32Array;
    readonly rows: Int32Array;
  },
  router: Router,
): Parameters<NonNullable<Router['admit']>>[0] {
  const input = {
    queries: Array.from(rows, (i) => train.queries[i]!),
    features: selectRows(train.features, rows),
  };
  return {
    ...visible(input, router),
    model: train.table.models[model]!.id,
    models: Array.from(models, (m) => train.table.models[m]!.id),
    quality: Float64Array.from(rows, (i) => at(train.table.quality, i, model)),
  };
}

/** Training rows on which the model is observed, in random order. */
function drawnRows(quality: Matrix, model: number, seed: string): Int32Array {
  const rows = Int32Array.from({ length: quality.rows }, (_, i) => i);
  return shuffle(
    rows.filter((i) => !Number.isNaN(at(quality, i, model))),
    rng(seed),
  );
}

/** Observed quality of a part's test rows; NaN where one is not compared. */
function ofTest(observed: Matrix, place: Int32Array, columns: Int32Array): Matrix {
  const rows = Int32Array.from(place, (row) => (row === -1 ? 0 : row));
  return selectCols(selectRows(observed, rows), columns);
}

/** No opinion comes last. */
function without(quality: Matrix): Matrix {
  return { ...quality, data: quality.data.map((value) => (Number.isNaN(value) ? -1 : value)) };
}

/** Quality of the choices of the pool that was trained on everything. */
export function retrainedValue({ forecasts }: CrossFitted, plan: Plan): Float64Array {
  return expectedOf(shares(forecasts.quality), comparedQuality(plan));
}
