import type { Estimate, NewcomerResult } from '../../core/results.ts';
import { studentTQuantile } from '../../math/hypothesis.ts';
import { column, type Matrix, matrix } from '../../math/matrix.ts';
import { type Design, drawsOf } from '../../metrics/design.ts';
import { type Averages, averages } from '../../metrics/means.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import type { LeftOut } from './newcomer-forecasts.ts';

/** A number for each model that was left out, and under each draw of rows. */
interface PerModel {
  readonly values: readonly number[];
  /** Draws x models. */
  readonly draws: Matrix;
}

interface Measured {
  readonly result: Omit<NewcomerResult, 'trusted'>;
  readonly brier: PerModel;
}

/** One entry for each router and number of answers that was reached in every part. */
export function measureNewcomers(args: {
  readonly plan: Plan;
  readonly design: Design;
  readonly all: readonly LeftOut[];
  /** By router. */
  readonly retrained: ReadonlyMap<string, Float64Array>;
}): NewcomerResult[] {
  const measured = measure(args);
  return measured.map(({ result, brier }) => {
    const rivals = measured.filter((other) => other.result.answers === result.answers);
    const best = rivals.reduce((a, b) => (b.result.brier.value < a.result.brier.value ? b : a));
    const trusted = overModels(less(brier, best.brier), result.brier.n, [-1, 1]).low <= 0;
    return { ...result, trusted };
  });
}

function measure({ plan, design, all, retrained }: Parameters<typeof measureNewcomers>[0]): Measured[] {
  const observed = comparedQuality(plan);
  const routers = [...new Set(all.map(({ router }) => router))];
  return routers.flatMap((router) => {
    const own = all.filter((one) => one.router === router);
    const value = (columns: readonly Float64Array[]): PerModel =>
      perModel(design, columns, plan.table.primary === 'macro' ? 'macro' : 'weighted');
    const without = value(own.map((one) => one.without));
    const whole = value(own.map(() => retrained.get(router)!));
    const budgets = own[0]!.after.map(({ answers }) => answers);
    return budgets.flatMap((answers, b): Measured[] => {
      const after = own.map((one) => one.after[b]!);
      if (after.some(({ value }) => value.some(Number.isNaN))) return [];
      const truth = own.map(({ model }) => column(observed, model));
      const squared = after.map(({ predicted }, m) => predicted.map((p, i) => (p - truth[m]![i]!) ** 2));
      const brier = perModel(design, squared, 'weighted');
      const withIt = value(after.map((one) => one.value));
      const auc = aucs(
        design,
        after.map(({ predicted }) => predicted),
        truth,
      );
      return [
        {
          brier,
          result: {
            router,
            answers,
            models: own.length,
            brier: overModels(brier, design.rows, [0, 1]),
            auc: auc && overModels(auc, design.rows, [0, 1]),
            value: overModels(withIt, design.rows, [0, 1]),
            without: overModels(without, design.rows, [0, 1]),
            retrained: overModels(whole, design.rows, [0, 1]),
            gain: overModels(less(withIt, without), design.rows, [-1, 1]),
            short: overModels(less(whole, withIt), design.rows, [-1, 1]),
          },
        },
      ];
    });
  });
}

function perModel(design: Design, columns: readonly Float64Array[], kind: 'weighted' | 'macro'): PerModel {
  const values = matrix(design.rows, columns.length);
  columns.forEach((from, m) => {
    for (let i = 0; i < from.length; i++) values.data[i * columns.length + m] = from[i]!;
  });
  const sampled = averages(design, values).map((one: Averages) => one[kind]);
  const draws = matrix(design.draws, columns.length);
  sampled.forEach((one, m) => {
    for (let d = 0; d < design.draws; d++) draws.data[d * columns.length + m] = one.draws[d]!;
  });
  return { values: sampled.map(({ value }) => value), draws };
}

/**
 * The mean over the models left out. Its variance is that between them, as of a mean of so many, plus that of the rows,
 * which all of them share; Student's t with one degree of freedom less than there are models.
 */
export function overModels(
  { values, draws }: PerModel,
  n: number,
  [least, most]: readonly [number, number],
): Estimate {
  const size = values.length;
  const value = values.reduce((sum, x) => sum + x, 0) / size;
  const between = size < 2 ? 0 : values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (size - 1) / size;
  const means = Float64Array.from({ length: draws.rows }, (_, d) => {
    let sum = 0;
    for (let m = 0; m < size; m++) sum += draws.data[d * size + m]!;
    return sum / size;
  });
  const middle = means.reduce((sum, x) => sum + x, 0) / means.length;
  const rows = means.reduce((sum, x) => sum + (x - middle) ** 2, 0) / Math.max(means.length - 1, 1);
  const df = between === 0 ? Number.POSITIVE_INFINITY : size - 1;
  const reach = studentTQuantile(0.975, df) * Math.sqrt(between + rows);
  return { value, low: Math.max(least, value - reach), high: Math.min(most, value + reach), n };
}

function less(a: PerModel, b: PerModel): PerModel {
  return {
    values: a.values.map((x, m) => x - b.values[m]!),
    draws: { ...a.draws, data: a.draws.data.map((x, i) => x - b.draws.data[i]!) },
  };
}

/** AUC of each newcomer (OUTPUT, Measures: fractional outcomes weigh on both sides); null where one is always or never right. */
function aucs(
  design: Design,
  predicted: readonly Float64Array[],
  truth: readonly Float64Array[],
): PerModel | null {
  const sorted = predicted.map((scores) =>
    Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!),
  );
  const of = (m: number, weights?: Uint16Array): number =>
    weightedAuc({ order: sorted[m]!, scores: predicted[m]!, truth: truth[m]! }, weights);
  const values = predicted.map((_, m) => of(m));
  if (values.some(Number.isNaN)) return null;
  const draws = matrix(design.draws, predicted.length);
  let d = 0;
  for (const weights of drawsOf(design)) {
    predicted.forEach((_, m) => {
      const value = of(m, weights);
      draws.data[d * predicted.length + m] = Number.isNaN(value) ? values[m]! : value;
    });
    d++;
  }
  return { values, draws };
}

/** Chance that a positive scores above a negative, ties counted half; NaN where one side is empty. */
export function weightedAuc(
  {
    order,
    scores,
    truth,
  }: { readonly order: Int32Array; readonly scores: Float64Array; readonly truth: Float64Array },
  weights?: Uint16Array,
): number {
  let [below, won, positives] = [0, 0, 0];
  for (let start = 0; start < order.length; ) {
    let [end, up, down] = [start, 0, 0];
    const score = scores[order[start]!]!;
    for (; end < order.length && scores[order[end]!] === score; end++) {
      const row = order[end]!;
      const weight = weights?.[row] ?? 1;
      up += weight * truth[row]!;
      down += weight * (1 - truth[row]!);
    }
    won += up * (below + down / 2);
    below += down;
    positives += up;
    start = end;
  }
  return positives > 0 && below > 0 ? won / (positives * below) : Number.NaN;
}
