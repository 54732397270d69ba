import { expectedOf, shares } from '../core/choice.ts';
import type { Policy } from '../core/policy.ts';
import type { Estimate, System, Versus } from '../core/results.ts';
import { holm } from '../math/hypothesis.ts';
import { column, type Matrix, matrix } from '../math/matrix.ts';
import { hindsightBest, onlyModel } from '../metrics/bounds.ts';
import { calibration, choiceEntropy } from '../metrics/calibration.ts';
import { curveReference, singlesSweep } from '../metrics/curve.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, asVersus, interval, minus, type Sampled } from '../metrics/interval.ts';
import { type Averages, averages } from '../metrics/means.ts';
import type { CrossFitted } from './fitted.ts';
import { comparedQuality, observedCost, observedLatency, pairOf } from './forecast.ts';
import { type Judged, utilityOf } from './judged.ts';
import type { Line } from './line.ts';
import { type CurveInput, curveFigures } from './measure-curves.ts';
import { type Study, studyFigures } from './measure-study.ts';
import { comparedGroups, type Plan } from './protocol.ts';
import { collect } from './turn.ts';

export interface MeasureArgs {
  readonly plan: Plan;
  readonly design: Design;
  readonly fitted: readonly CrossFitted[];
  /** What routers are judged under; with several, systems are named `router+policy`. */
  readonly judged: readonly Judged[];
  readonly curvePolicy: Policy;
  /** Lines beside those of models and routers, by where they stand: votes among the baselines, bounds before the oracle. */
  readonly more?: readonly Line[];
  /** Figures that only a study of the founding kind prints. */
  readonly study?: Study;
}

/** The systems of a set, in OUTPUT's order: singles, baselines, bounds, routers. */
export function measure(args: MeasureArgs): System[] {
  const { plan, design } = args;
  const quality = comparedQuality(plan);
  const cost = observedCost(plan.table, plan.compared);
  const lines = linesOf(args, quality);
  const latency = observedLatency(plan.table, plan.compared);
  const measured = averagesOf(design, lines, { quality, cost, latency });
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
  const curves = cost && curveInput({ ...args, quality, cost, bestShare: lines[best]!.share });
  const named = comparedGroups(plan.table, plan.compared).named;
  const systems = lines.map((line, i): System => {
    // Of thirty models what one line leaves is as large as the table.
    collect();
    const { from } = line;
    const averages = measured.quality[i]!;
    const shown = (sampled: Sampled, most = 1): Estimate =>
      asEstimate(interval(line.fitted ? sampled : { ...sampled, folds: [] }, design), 0, most);
    const choices = line.outcome ? null : choicesOf(line.share, plan);
    return {
      name: line.name,
      kind: line.kind,
      ...(from && describe(from, line.judged)),
      ...line.made,
      quality: shown(averages.weighted),
      macro: shown(averages.macro),
      groups: named
        ? Object.fromEntries(design.groupNames.map((name, g) => [name, shown(averages.groups[g]!)]))
        : {},
      cost: measured.cost && hasCost(line) ? shown(measured.cost[i]!, Number.POSITIVE_INFINITY) : null,
      ...(measured.latency &&
        !line.outcome && {
          latency: shown(measured.latency[i]!, Number.POSITIVE_INFINITY),
        }),
      choices,
      versus: { bestSingle: versus(i, best), taskTable: versus(i, table) },
      ...(from && curves && hasCurve(line, args) && curveFigures(from, curves)),
      ...(line.kind === 'oracle' &&
        curves &&
        curveFigures({ forecasts: oracleForecasts(plan, quality, cost) }, curves)),
      ...(line.kind === 'router' && from && { calibration: calibrations(from, quality, plan) }),
      ...(args.study && studyFigures(line, { ...args.study, plan, design, quality })),
      ...(choices && { choiceEntropy: choiceEntropy(Object.values(choices)) }),
      fitSeconds: from?.fitSeconds ?? 0,
      predictSecondsPer1000: from?.predictSecondsPer1000 ?? 0,
    };
  });
  const told = adjusted(systems);
  return curves && plan.table.cost ? withZeroRouter(told, curves) : told;
}

function curveInput({
  design,
  plan,
  curvePolicy: policy,
  quality,
  cost,
  bestShare,
}: MeasureArgs & {
  readonly quality: Matrix;
  readonly cost: Matrix;
  readonly bestShare: Matrix;
}): CurveInput {
  const observed = { quality, cost };
  const best = { quality: expectedOf(bestShare, quality), cost: expectedOf(bestShare, cost) };
  const singles = singlesSweep(observed);
  return { design, plan, policy, observed, best, singles, reference: curveReference(singles, best) };
}

/** With each router's p against best single and the task table corrected for the number of routers (Holm). */
function adjusted(systems: readonly System[]): System[] {
  const of = (against: 'bestSingle' | 'taskTable'): Map<System, number> => {
    const routers = systems.filter(({ kind, versus }) => kind === 'router' && versus[against] !== null);
    const p = holm(routers.map(({ versus }) => versus[against]!.p));
    return new Map(routers.map((system, i) => [system, p[i]!]));
  };
  const [single, table] = [of('bestSingle'), of('taskTable')];
  const told = (versus: Versus | null, p: number | undefined): Versus | null =>
    versus && p !== undefined ? { ...versus, adjusted: p } : versus;
  return systems.map((system) => ({
    ...system,
    versus: {
      bestSingle: told(system.versus.bestSingle, single.get(system)),
      taskTable: told(system.versus.taskTable, table.get(system)),
    },
  }));
}

const constants = new Set(['cheapest', 'best-single']);
/**
 * A constant choice has no curve of its own: its point is among the single models. Of several policies the
 * first alone has one: the curve is of the router's forecasts, whatever policy reads them.
 */
function hasCurve({ name, kind, judged, outcome }: Line, args: MeasureArgs): boolean {
  return !constants.has(name) && !outcome && (kind !== 'router' || judged === args.judged[0]);
}

function hasCost({ outcome }: Line): boolean {
  return outcome === undefined || outcome.cost !== undefined;
}

function describe({ choice, encoder }: CrossFitted, judged: Judged | undefined): Partial<System> {
  const { router, name } = choice;
  return {
    ...(router.needs.features && { encoder }),
    router: name,
    // A baseline is what it is: its own prediction, taken by argmax.
    policy: judged?.policy.name ?? 'argmax',
    strategy: 'single',
  };
}

function linesOf({ plan, fitted, judged, more = [] }: MeasureArgs, quality: Matrix): Line[] {
  const { models } = plan.table;
  const rows = plan.compared.length;
  const routed = fitted.flatMap((from): Line[] => {
    const { router, name } = from.choice;
    // Baselines are what they are, whatever policy the routers are judged under.
    if (router.baseline)
      return [
        {
          name,
          kind: 'baseline',
          get share() {
            return shares(from.forecasts.quality);
          },
          fitted: router.name !== 'random',
          from,
        },
      ];
    return judged.map((one) => ({
      name: judged.length === 1 ? name : `${name}+${one.policy.name}`,
      kind: 'router',
      get share() {
        return shares(utilityOf(from, one, plan));
      },
      fitted: true,
      from,
      judged: one,
    }));
  });
  const means = models.map((_, m) => primaryMean(plan, column(quality, m)));
  return [
    ...models.map(
      ({ id }, m): Line => ({
        name: `single:${id}`,
        kind: 'single',
        get share() {
          return onlyModel(m, rows, models.length);
        },
        fitted: false,
      }),
    ),
    ...[...routed, ...more].filter(({ kind }) => kind === 'baseline'),
    { name: 'best-single-hindsight', kind: 'bound', share: hindsightBest(means, rows), fitted: false },
    ...more.filter(({ kind }) => kind === 'bound'),
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
  observed: Readonly<Record<'quality', Matrix> & Record<'cost' | 'latency', Matrix | undefined>>,
): { quality: Averages[]; cost: Sampled[] | undefined; latency: Sampled[] | undefined } {
  const of = (values: Matrix, part?: 'quality' | 'cost'): Averages[] => {
    const out = matrix(values.rows, lines.length);
    lines.forEach(({ share, outcome }, j) => {
      ((part && outcome?.[part]) ?? expectedOf(share, values)).forEach((value, i) => {
        out.data[i * lines.length + j] = value;
      });
    });
    return averages(design, out);
  };
  // Draws of every group's mean are larger than the table; of costs nobody reads them.
  const overRows = (list: readonly Averages[]): Sampled[] => list.map(({ weighted }) => weighted);
  return {
    quality: of(observed.quality, 'quality'),
    cost: observed.cost && overRows(of(observed.cost, 'cost')),
    latency: observed.latency && overRows(of(observed.latency)),
  };
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
