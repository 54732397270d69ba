import { assignFolds } from '../../core/folds.ts';
import type { Forecasts } from '../../core/policy.ts';
import type { Estimate } from '../../core/results.ts';
import type { Candidate } from '../../feasibility/cost-verdict.ts';
import { attainable, certify } from '../../feasibility/guarantee.ts';
import { costRatio, type Incumbent } from '../../feasibility/non-inferiority.ts';
import type { VerdictParameters } from '../../feasibility/parameters.ts';
import { at, type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { quantile } from '../../math/order.ts';
import type { Design } from '../../metrics/design.ts';
import type { CrossFitted, Tuning } from '../fitted.ts';
import { comparedQuality, observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { answerSignals } from './answer-signals.ts';
import { type Cascade, fitCascades, type Seen } from './cascade-fit.ts';

export interface CascadeArgs {
  readonly plan: Plan;
  readonly design: Design;
  readonly router: CrossFitted;
  readonly parameters: VerdictParameters;
  /** Best single of each part. */
  readonly bestOf: readonly number[];
  readonly seed: number;
}

/** Quantiles of the predicted losses between never asking the cheaper model and always keeping its answer. */
const steps = 40;

/**
 * Two-step replays of recorded answers: one or two cheap models answer first, and where what their answers show
 * predicts too great a loss, the incumbent answers as well; both are paid. For an incumbent the candidate of the
 * cost verdict; undefined where no answer or cost is recorded.
 *
 * Which models answer first, and what their answers tell, is learned on tuning rows: forecasts there are of a fit
 * that had not seen them. In cross-validation the bound is certified on the pooled out-of-fold rows; with a split
 * half of the tuning rows fits and the other half certifies.
 */
export function cascades(args: CascadeArgs): ((incumbent: Incumbent) => Candidate | null) | undefined {
  const { plan } = args;
  const signals = answerSignals(plan.table, plan.compared);
  if (signals === undefined || plan.table.models.length < 2) return undefined;
  const parts = partsOf(args);
  if (parts === undefined) return undefined;
  const { savingFloor } = args.parameters;
  // Epsilons that share an incumbent share what is learned.
  const learned = new Map<number | null, ((epsilon: number) => Cascade)[]>();
  return (incumbent) => {
    const { model, epsilon } = incumbent;
    const own =
      learned.get(model) ??
      parts.map(({ fit, best }) => fitCascades({ ...fit, signals, stay: model ?? best, savingFloor }));
    learned.set(model, own);
    const fitted = own.map((of) => of(epsilon));
    return candidateOf({ ...args, parts, fitted }, incumbent);
  };
}

/** Rows of one part: what a cascade is fitted on, certified on and reported on. */
interface CascadePart {
  readonly fit: Seen;
  readonly calibration: Seen;
  readonly report: Seen;
  /** Where the report rows stand among the compared rows. */
  readonly place: Int32Array;
  readonly best: number;
}

function partsOf({ plan, router, bestOf, seed }: CascadeArgs): CascadePart[] | undefined {
  const { folds } = plan;
  const parts: CascadePart[] = [];
  for (const [part, tuning] of router.tuning.entries()) {
    const place = Int32Array.from(plan.compared.keys()).filter(
      (i) => folds === undefined || folds[i] === part,
    );
    const forecasts = folds === undefined ? tuning.compared! : router.forecasts;
    const report = seenOf(plan, {
      rows: Int32Array.from(place, (i) => plan.compared[i]!),
      forecasts: folds === undefined ? forecasts : takeForecasts(forecasts, place),
    });
    const tuned = halves(plan, tuning, seed);
    const [fit, held] = folds === undefined ? [tuned[0], tuned[1]] : [tuning, undefined];
    const [fitted, certified] = [seenOf(plan, fit), held ? seenOf(plan, held) : report];
    if (report === undefined || fitted === undefined || certified === undefined) return undefined;
    parts.push({ fit: fitted, calibration: certified, report, place, best: bestOf[part]! });
  }
  return parts.length === 0 ? undefined : parts;
}

type Forecasted = Pick<Tuning, 'rows' | 'forecasts'>;

/** One half fits, the other certifies; rows of one text stay together. */
function halves(plan: Plan, { rows, forecasts }: Tuning, seed: number): [Forecasted, Forecasted] {
  const half = assignFolds(
    Array.from(rows, (row) => plan.table.examples[row]!),
    2,
    `${seed}/cascade`,
  );
  const take = (wanted: number): Forecasted => {
    const places = Int32Array.from(rows.keys()).filter((i) => half[i] === wanted);
    return { rows: Int32Array.from(places, (i) => rows[i]!), forecasts: takeForecasts(forecasts, places) };
  };
  return [take(0), take(1)];
}

/** The rows on which every model is observed; undefined where one of them has no cost. */
function seenOf(plan: Plan, { rows, forecasts }: Forecasted): Seen | undefined {
  const quality = comparedQuality({ table: plan.table, compared: rows });
  const complete = Int32Array.from(rows.keys()).filter(
    (i) => !quality.data.subarray(i * quality.cols, (i + 1) * quality.cols).some(Number.isNaN),
  );
  const kept = Int32Array.from(complete, (i) => rows[i]!);
  const cost = observedCost(plan.table, kept);
  if (cost === undefined) return undefined;
  return {
    rows: kept,
    quality: selectRows(quality, complete),
    cost,
    forecast: selectRows(forecasts.quality, complete),
  };
}

function takeForecasts(forecasts: Forecasts, rows: Int32Array): Forecasts {
  const { cost: _, capable: __, ...rest } = forecasts;
  return { ...rest, quality: selectRows(forecasts.quality, rows) };
}

interface Replayed {
  /** Rows x thresholds. */
  readonly losses: Matrix;
  readonly cost: Float64Array[];
  readonly kept: Float64Array;
}

function candidateOf(
  args: CascadeArgs & { readonly parts: readonly CascadePart[]; readonly fitted: readonly Cascade[] },
  incumbent: Incumbent,
): Candidate | null {
  const { plan, design, parameters, parts, fitted, seed } = args;
  const { epsilon } = incumbent;
  if (fitted.every(({ first }) => first.length === 0)) return null;
  const thresholds = thresholdsOf(fitted);
  const replays = (which: 'calibration' | 'report'): Replayed =>
    replay(parts, fitted, { which, stay: incumbent.model, thresholds });
  const report = replays('report');
  const calibration = plan.folds === undefined ? replays('calibration') : report;
  const test = {
    losses: calibration.losses,
    epsilon,
    delta: parameters.delta,
    safe: incumbent.model === null ? 1 : 0,
    seed,
  };
  const { index, bound } = certify(test);
  const ratioAt = (t: number): Estimate | null =>
    t < 0 ? null : costRatio(report.cost[t]!, incumbent.cost, design);
  return {
    name: nameOf(fitted, plan),
    certified: index < 0 ? null : { parameter: thresholds[index]!, share: report.kept[index]!, bound },
    ratio: ratioAt(index),
    attainable: ratioAt(attainable(test)) ?? { value: 1, low: 1, high: 1, n: design.rows },
  };
}

/** Below any loss that is predicted: the first step is not asked. */
const never = -2;

function thresholdsOf(fitted: readonly Cascade[]): number[] {
  const sorted = Float64Array.from(fitted.flatMap(({ predicted }) => [...predicted])).sort();
  const grid = new Set<number>();
  for (let s = 0; s <= steps; s++) grid.add(quantile(sorted, s / steps));
  return [never, ...[...grid].sort((a, b) => a - b)];
}

/** Loss against best single, cost, and the share of first answers that are kept, at every threshold. */
function replay(
  parts: readonly CascadePart[],
  fitted: readonly Cascade[],
  of: {
    readonly which: 'calibration' | 'report';
    readonly stay: number | null;
    readonly thresholds: readonly number[];
  },
): Replayed {
  const { which, thresholds } = of;
  const count = parts.reduce((sum, part) => sum + part[which].rows.length, 0);
  const losses = matrix(count, thresholds.length);
  const cost = thresholds.map(() => new Float64Array(count));
  const kept = new Float64Array(thresholds.length);
  let from = 0;
  for (const [p, part] of parts.entries()) {
    const { quality, cost: prices, rows } = part[which];
    const { first, answers, predict } = fitted[p]!;
    const predicted = predict(part[which]);
    const stay = of.stay ?? part.best;
    rows.forEach((_, i) => {
      // Reported rows lie as the compared rows do, so that costs stand beside the incumbent's of the same row.
      const place = which === 'report' ? part.place[i]! : from + i;
      const asked = first.reduce((sum, m) => sum + at(prices, i, m), 0);
      thresholds.forEach((t, c) => {
        const keep = first.length > 0 && predicted[i]! <= t;
        const paid = t === never || first.length === 0 ? 0 : asked;
        losses.data[place * thresholds.length + c] =
          at(quality, i, part.best) - at(quality, i, keep ? answers : stay);
        cost[c]![place] = paid + (keep ? 0 : at(prices, i, stay));
        if (keep) kept[c]!++;
      });
    });
    from += rows.length;
  }
  return { losses, cost, kept: kept.map((n) => n / Math.max(count, 1)) };
}

/** The first step that most parts chose. */
function nameOf(fitted: readonly Cascade[], plan: Plan): string {
  const counts = new Map<string, number>();
  for (const { first } of fitted) {
    if (first.length === 0) continue;
    const name = first.map((m) => plan.table.models[m]!.id).join(' + ');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  return `cascade from ${most}`;
}
