import type { Context } from '../../core/context.ts';
import type { Plain } from '../../core/plain.ts';
import type { Encoded, Router, Training } from '../../core/router.ts';
import { type Matrix, row, selectRows } from '../../math/matrix.ts';
import type { Rng } from '../../math/rng.ts';
import { type BudgetPacer, paced, priceOf } from '../budget-pacer.ts';
import { visible } from '../encoded-part.ts';
import type { RouterChoice } from '../fitted.ts';

/** A bandit, ready to serve. */
export interface Bandit {
  readonly choice: RouterChoice;
  /** `none`, `table`, or the name of the router that taught it. */
  readonly prior: string;
  readonly learns: boolean;
  readonly state: Plain;
}

/** Recorded queries that a bandit answers, and what came of every model on each. */
export interface Stream {
  readonly input: Encoded;
  readonly quality: Matrix;
  readonly cost: Matrix;
}

/** What the calls brought and cost, in the order in which they were made. */
export interface Replayed {
  readonly quality: Float64Array;
  readonly cost: Float64Array;
}

/**
 * Answers the queries in an order, each by a model drawn from the bandit's propensities; of each it learns that model's
 * outcome alone. With a pacer the price of a dollar follows what was spent.
 */
export function replay(
  { choice, learns, state: start }: Bandit,
  stream: Stream,
  run: { readonly order: Int32Array; readonly random: Rng; readonly pacer?: BudgetPacer },
  context: Context,
): Replayed {
  const { router, params } = choice;
  const { order, random } = run;
  let [state, pacer] = [start, run.pacer];
  const out = { quality: new Float64Array(order.length), cost: new Float64Array(order.length) };
  order.forEach((i, t) => {
    const one = {
      queries: [stream.input.queries[i]!],
      features: selectRows(stream.input.features, [i]),
    };
    const input = visible(one, router);
    const asked = pacer ? { ...params, lambda: priceOf(pacer) } : params;
    const chances = router.propensities!(input, state, asked, context);
    const model = drawn(row(chances, 0), random.next());
    const cell = i * stream.quality.cols + model;
    const [quality, cost] = [stream.quality.data[cell]!, stream.cost.data[cell]!];
    if (learns) state = router.update!({ input, model, quality, cost }, state, params);
    if (pacer) pacer = paced(pacer, cost);
    out.quality[t] = quality;
    out.cost[t] = cost;
  });
  return out;
}

function drawn(chances: ArrayLike<number>, uniform: number): number {
  let left = uniform;
  for (let m = 0; m < chances.length - 1; m++) {
    left -= chances[m]!;
    if (left < 0) return m;
  }
  return chances.length - 1;
}

/** Training rows as a fitted router sees them: its predictions stand where outcomes did, for a bandit to believe in. */
export async function taughtBy(
  { router, params }: { readonly router: Router; readonly params: object },
  train: Training,
  context: Context,
): Promise<Training> {
  const state = await router.fit(train, params, context);
  const { quality } = await router.predict(visible(train, router), state, params, context);
  return { ...train, table: { ...train.table, quality } };
}
