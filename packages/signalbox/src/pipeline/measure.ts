import { expectedOf, shares } from '../core/choice.ts';
import type { Policy } from '../core/policy.ts';
import type { Estimate, System } from '../core/results.ts';
import { column, type Matrix, matrix } from '../math/matrix.ts';
import { hindsightBest, onlyModel } from '../metrics/bounds.ts';
import { calibration, choiceEntropy } from '../metrics/calibration.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, asVersus, interval, minus, type Sampled } from '../metrics/interval.ts';
import { type Averages, averages } from '../metrics/means.ts';
import type { CrossFitted } from './cross-fit.ts';
import { comparedQuality, observedCost, pairOf } from './forecast.ts';
import { type CurveInput, curveFigures } from './measure-curves.ts';
import { comparedGroups, type Plan } from './protocol.ts';

/** One line of the comparison before it is measured: whom it chooses on each compared row. */
export interface Line {
  readonly name: string;
  readonly kind: System['kind'];
  readonly share: Matrix;
  /** False where nothing is learned from training rows: then folds add no variance of their own. */
  readonly fitted: boolean;
  readonly from?: CrossFitted;
}

export interface MeasureArgs {
  readonly plan: Plan;
  readonly design: Design;
  readonly fitted: readonly CrossFitted[];
  readonly policy: Policy;
  readonly policyParams: object;
  readonly curvePolicy: Policy;
  readonly encoderName: string;
}

/** The systems of a set, in OUTPUT's order: singles, baselines, bounds, routers. */
export function measure(args: MeasureArgs): System[] {
  const { plan, design } = args;
  const quality = comparedQuality(plan);
  const cost = observedCost(plan.table, plan.compared);
  const lines = linesOf(args, quality);
  const measured = averagesOf(design, lines, { quality, cost });
  const primary = (line: number): Sampled => {
    const { weighted, macro } = measured.quality[line]!;
    return plan.table.primary === 'macro' ? macro : weighted;
  };
  const place = (name: string): number => lines.findIndex((line) => line.name === name);
  const [best, table] = [place('best-single'), place('task-table')];
  const versus = (line: number, other: number): System['versus']['bestSingle'] => {
    if (other === -1) return null;
    const plain = !lines[line]!.fitted && !lines[other]!.fitted;
    const difference = minus(primary(line), primary(other));
    return asVersus(interval(plain ? { ...difference, folds: [] } : difference, design));
  };
  const bestShare = lines[best]!.share;
  const curves: CurveInput | undefined = cost && {
    design,
    observed: { quality, cost },
    best: { quality: expectedOf(bestShare, quality), cost: expectedOf(bestShare, cost) },
    policy: args.curvePolicy,
    plan,
  };
  const systems = lines.map((line, i): System => {
    const { from } = line;
    const averages = measured.quality[i]!;
    const shown = (sampled: Sampled, most = 1): Estimate =>
      asEstimate(interval(line.fitted ? sampled : { ...sampled, folds: [] }, design), 0, most);
    const choices = choicesOf(line.share, plan);
    return {
      name: line.name,
      kind: line.kind,
      ...(from && describe(from, args)),
      quality: shown(averages.weighted),
      macro: shown(averages.macro),
      groups: comparedGroups(plan.table, plan.compared).named
        ? Object.fromEntries(design.groupNames.map((name, g) => [name, shown(averages.groups[g]!)]))
        : {},
      cost: measured.cost ? shown(measured.cost[i]!.weighted, Number.POSITIVE_INFINITY) : null,
      choices,
      versus: { bestSingle: versus(i, best), taskTable: versus(i, table) },
      ...(from && curves && hasCurve(line) && curveFigures(from, curves)),
      ...(line.kind === 'oracle' &&
        curves &&
        curveFigures({ forecasts: oracleForecasts(plan, quality, cost) }, curves)),
      ...(line.kind === 'router' && from && { calibration: calibrations(from, quality, plan) }),
      choiceEntropy: choiceEntropy(Object.values(choices)),
      fitSeconds: from?.fitSeconds ?? 0,
      predictSecondsPer1000: from?.predictSecondsPer1000 ?? 0,
    };
  });
  return curves && plan.table.cost ? withZeroRouter(systems, curves) : systems;
}

const constants = new Set(['cheapest', 'best-single']);
/** A constant choice has no curve of its own: its point is among the single models. */
function hasCurve({ name }: Line): boolean {
  return !constants.has(name);
}

function describe(from: CrossFitted, { policy, encoderName }: MeasureArgs): Partial<System> {
  const { router, name } = from.choice;
  return {
    ...(router.needs.features && { encoder: encoderName }),
    router: name,
    policy: policy.name,
    strategy: 'single',
  };
}

function linesOf({ plan, fitted, policy, policyParams }: MeasureArgs, quality: Matrix): Line[] {
  const { models } = plan.table;
  const rows = plan.compared.length;
  const routed = fitted.map((from): Line => {
    const { router } = from.choice;
    return {
      name: from.choice.name,
      kind: router.baseline ? 'baseline' : 'router',
      // Baselines are what they are, whatever policy the routers are judged under.
      share: router.baseline
        ? shares(from.forecasts.quality)
        : shares(policy.utility(from.forecasts, policyParams)),
      fitted: router.name !== 'random',
      from,
    };
  });
  const means = models.map((_, m) => primaryMean(plan, column(quality, m)));
  return [
    ...models.map(
      ({ id }, m): Line => ({
        name: `single:${id}`,
        kind: 'single',
        share: onlyModel(m, rows, models.length),
        fitted: false,
      }),
    ),
    ...routed.filter(({ kind }) => kind === 'baseline'),
    { name: 'best-single-hindsight', kind: 'bound', share: hindsightBest(means, rows), fitted: false },
    { name: 'oracle', kind: 'oracle', share: shares(quality), fitted: false },
    ...routed.filter(({ kind }) => kind === 'router'),
  ];
}

function primaryMean(plan: Plan, values: Float64Array): number {
  const { names, of } = comparedGroups(plan.table, plan.compared);
  if (plan.table.primary === 'quality') return values.reduce((sum, y) => sum + y, 0) / values.length;
  const sums = names.map(() => ({ sum: 0, n: 0 }));
  values.forEach((y, i) => {
    sums[of[i]!]!.sum += y;
    sums[of[i]!]!.n++;
  });
  return sums.reduce((total, { sum, n }) => total + sum / n, 0) / names.length;
}

function averagesOf(
  design: Design,
  lines: readonly Line[],
  observed: { readonly quality: Matrix; readonly cost: Matrix | undefined },
): { quality: Averages[]; cost: Averages[] | undefined } {
  const of = (values: Matrix): Averages[] => {
    const out = matrix(values.rows, lines.length);
    lines.forEach(({ share }, j) => {
      expectedOf(share, values).forEach((value, i) => {
        out.data[i * lines.length + j] = value;
      });
    });
    return averages(design, out);
  };
  return { quality: of(observed.quality), cost: observed.cost && of(observed.cost) };
}

function choicesOf(share: Matrix, { table }: Plan): Record<string, number> {
  return Object.fromEntries(
    table.models.map(({ id }, m) => [
      id,
      column(share, m).reduce((sum, x) => sum + x, 0) / Math.max(share.rows, 1),
    ]),
  );
}

function calibrations(
  { forecasts }: CrossFitted,
  quality: Matrix,
  { table }: Plan,
): NonNullable<System['calibration']> {
  return Object.fromEntries(
    table.models
      .map(({ id }, m) => [id, calibration(forecasts.quality, quality, m)] as const)
      .filter(([, { brier }]) => Number.isFinite(brier)),
  );
}

function oracleForecasts(plan: Plan, quality: Matrix, cost: Matrix | undefined): CrossFitted['forecasts'] {
  const pair = pairOf(plan.table);
  return { models: plan.table.models.map(({ id }) => id), quality, ...(cost && { cost }), ...pair };
}

/** The hull of the single models stands among the bounds, before the routers. */
function withZeroRouter(systems: readonly System[], curves: CurveInput): System[] {
  const zero: System = {
    name: 'zero-router',
    kind: 'bound',
    quality: null,
    macro: null,
    groups: null,
    cost: null,
    choices: null,
    versus: { bestSingle: null, taskTable: null },
    ...curveFigures({ forecasts: undefined }, curves),
    fitSeconds: 0,
    predictSecondsPer1000: 0,
  };
  const at = systems.findIndex(({ kind }) => kind === 'router');
  return at === -1 ? [...systems, zero] : [...systems.slice(0, at), zero, ...systems.slice(at)];
}
