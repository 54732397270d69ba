import type { Context } from '../../core/context.ts';
import { columnMeans } from '../../core/table.ts';
import { at, type Matrix } from '../../math/matrix.ts';
import { argmax, mean } from '../../math/order.ts';
import {
  classificationBias,
  gaugeProbabilities,
  gaugeValues,
  oracleValues,
  randomValues,
} from '../../metrics/routereval.ts';
import { baselines, type Task } from './routereval-baselines.ts';

/** A pool of one task, ready to be routed. */
export interface Pool extends Task {
  readonly setting: string;
  readonly models: readonly string[];
  /** Test items x models. */
  readonly scores: Matrix;
  /** What stands behind the scores, where the world is known. */
  readonly probabilities?: Matrix;
}

/** What a system is worth on each test item of a pool. */
export interface SystemValues {
  readonly values: Float64Array;
  /** E_p in bits; null for what is no router. */
  readonly bias: number | null;
  /** Share of items that each model answers, where the system chooses one. */
  readonly choice?: Int32Array;
  readonly seconds: number;
}

export interface MeasuredPool {
  readonly pool: Pool;
  readonly systems: ReadonlyMap<string, SystemValues>;
  /** Greatest mean score of any model on the test items: the denominator of V_B. */
  readonly best: number;
}

/** Every baseline and bound on one pool. Best single is chosen on training items, in hindsight on the test's. */
export function measurePool(pool: Pool, context: Context): MeasuredPool {
  const { scores, labels } = pool;
  const of = (model: number): Int32Array => new Int32Array(scores.rows).fill(model);
  const testMeans = columnMeans(scores);
  const systems = new Map<string, SystemValues>();
  const fixed = (choice: Int32Array, bias: number | null, seconds = 0): SystemValues => ({
    values: Float64Array.from(choice, (m, i) => at(scores, i, m)),
    bias,
    choice,
    seconds,
  });
  systems.set('random', { values: randomValues(scores), bias: Math.log2(scores.cols), seconds: 0 });
  systems.set('best-single', fixed(of(argmax(columnMeans(labels))), 0));
  systems.set('best-single-hindsight', fixed(of(argmax(testMeans)), 0));
  for (const [name, baseline] of Object.entries(baselines)) {
    const started = performance.now();
    const { choice, bias } = baseline(pool, { ...context, rng: context.rng.fork(pool.setting) });
    systems.set(name, fixed(choice, bias, (performance.now() - started) / 1000));
  }
  const half = { p: 0.5 };
  systems.set('r_o(0.5)', {
    values: gaugeValues(scores, half.p),
    bias: classificationBias(gaugeProbabilities(scores, half.p)),
    seconds: 0,
  });
  systems.set('oracle', {
    values: oracleValues(scores),
    bias: classificationBias(gaugeProbabilities(scores, 1)),
    seconds: 0,
  });
  return { pool, systems, best: testMeans[argmax(testMeans)]! };
}

/** Mean over the test items. */
export function mu({ values }: SystemValues): number {
  return mean(values);
}

export const routerNames = Object.keys(baselines);
