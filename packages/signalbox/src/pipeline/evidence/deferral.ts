import { shares } from '../../core/choice.ts';
import type { Forecasts } from '../../core/policy.ts';
import type { Estimate } from '../../core/results.ts';
import type { DeferralResult } from '../../core/results-evidence.ts';
import type { Candidate, Certified, CostStep } from '../../feasibility/cost-verdict.ts';
import { savingOf } from '../../feasibility/cost-verdict.ts';
import { attainable, certify, clopperPearsonGate } from '../../feasibility/guarantee.ts';
import { costRatio, type Incumbent, incumbents } from '../../feasibility/non-inferiority.ts';
import type { VerdictParameters } from '../../feasibility/parameters.ts';
import { rowsToCertify } from '../../feasibility/power.ts';
import { simultaneous } from '../../feasibility/simultaneous.ts';
import { at, type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { argmax, mean } from '../../math/order.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import type { CrossFitted } from '../fitted.ts';
import { comparedQuality, observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { cascades } from './cascade.ts';
import { choicesAt, thresholdsOf } from './deferral-family.ts';
import { sampledOf, sideBySide } from './values.ts';

export interface DeferralArgs {
  readonly plan: Plan;
  readonly design: Design;
  /** Whose forecasts decide when to leave. */
  readonly router: CrossFitted;
  readonly bestSingle: CrossFitted;
  readonly parameters: VerdictParameters;
  readonly seed: number;
}

export interface Deferral {
  readonly steps: CostStep[];
  readonly shown: DeferralResult;
  readonly calibrationRows: number;
  /** Of the smallest certified epsilon: cost and quality on each compared row; null where none is certified. */
  readonly policy: { readonly quality: Float64Array; readonly cost: Float64Array } | null;
}

/** Forecasts of some rows with what came of them: the rows that thresholds are certified on, or reported on. */
interface Rows {
  readonly forecasts: Forecasts;
  readonly quality: Matrix;
  /** Best single of each row. */
  readonly best: Int32Array;
}

/**
 * The certified policies of the cost verdict (OUTPUT, Certification): leave the incumbent only where the predicted
 * loss of the cheaper choice is at most t. In cross-validation thresholds are certified on the pooled out-of-fold
 * rows; with a split on the fifth of the training rows that the tuning fit had not seen, and reported for that fit.
 * Undefined where a compared row has no cost.
 */
export function deferralOf(args: DeferralArgs): Deferral | undefined {
  const { plan, design, router, parameters } = args;
  const cost = observedCost(plan.table, plan.compared);
  if (cost === undefined || router.tuning.length === 0) return undefined;
  const report = reportRows(args);
  const calibration = plan.folds === undefined ? calibrationRows(args) : report;
  const best = { quality: picked(report.quality, report.best), cost: picked(cost, report.best) };
  const singles = incumbents({
    quality: report.quality,
    cost,
    best,
    primary: plan.table.primary,
    epsilons: parameters.epsilons,
    design,
  });
  const families = new Map<number | null, Family>();
  const familyOf = (model: number | null): Family => {
    const known = families.get(model) ?? family({ args, report, calibration, model });
    families.set(model, known);
    return known;
  };
  const bestOf = router.tuning.map((_, part) => usualOfPart(args, part));
  const cascadeOf = cascades({ ...args, bestOf });
  const measured = singles.map((incumbent) =>
    measureStep({
      incumbent,
      own: familyOf(incumbent.model),
      cascade: cascadeOf?.(incumbent) ?? null,
      args,
      report,
      cost,
      best,
    }),
  );
  const smallest = measured
    .filter(({ policy }) => policy !== null)
    .sort((a, b) => a.step.epsilon - b.step.epsilon)[0];
  return {
    steps: measured.map(({ step }) => step),
    calibrationRows: calibration.quality.rows,
    policy: smallest?.policy ?? null,
    shown: {
      system: router.choice.name,
      bestSingle: plan.table.models[usual(report.best, plan.table.models.length)]!.id,
      calibrationRows: calibration.quality.rows,
      points: curve(familyOf(null), { args, report, cost, best }),
      certified: measured.map(({ certificate }) => certificate),
    },
  };
}

interface Family {
  /** The first is never to leave. */
  readonly thresholds: readonly number[];
  /** Calibration rows x thresholds: quality lost against best single. */
  readonly losses: Matrix;
  /** Model of each report row at each threshold: rows x thresholds. */
  readonly choices: Int32Array[];
  /** The incumbent of each report row. */
  readonly stay: Int32Array;
  /** On the calibration rows, where the policy leaves: how many, and how many of them lose. */
  readonly routed: readonly { readonly routed: number; readonly violations: number }[];
}

function family(input: {
  readonly args: DeferralArgs;
  readonly report: Rows;
  readonly calibration: Rows;
  readonly model: number | null;
}): Family {
  const { args, report, calibration, model } = input;
  const stayOf = ({ best }: Rows): Int32Array =>
    model === null ? best : new Int32Array(best.length).fill(model);
  const thresholds = thresholdsOf(args.router.tuning, (part) =>
    model === null ? usualOfPart(args, part) : model,
  );
  const losses = matrix(calibration.quality.rows, thresholds.length);
  const stay = stayOf(calibration);
  const kept = picked(calibration.quality, calibration.best);
  const routed = thresholds.map((t, c) => {
    const chosen = choicesAt(calibration.forecasts, stay, t);
    let [routedRows, violations] = [0, 0];
    chosen.forEach((m, i) => {
      const loss = kept[i]! - at(calibration.quality, i, m);
      losses.data[i * thresholds.length + c] = loss;
      if (m === stay[i]) return;
      routedRows++;
      if (loss > 0) violations++;
    });
    return { routed: routedRows, violations };
  });
  const reportStay = stayOf(report);
  return {
    thresholds,
    losses,
    routed,
    stay: reportStay,
    choices: thresholds.map((t) => choicesAt(report.forecasts, reportStay, t)),
  };
}

interface StepInput {
  readonly incumbent: Incumbent;
  readonly own: Family;
  readonly cascade: Candidate | null;
  readonly args: DeferralArgs;
  readonly report: Rows;
  readonly cost: Matrix;
  readonly best: { readonly quality: Float64Array; readonly cost: Float64Array };
}

interface Step {
  readonly step: CostStep;
  readonly certificate: DeferralResult['certified'][number];
  readonly policy: Deferral['policy'];
}

function measureStep(input: StepInput): Step {
  const { incumbent, own, cascade, args, report, cost, best } = input;
  const { plan, design, router, parameters, seed } = args;
  const { epsilon } = incumbent;
  const test = {
    losses: own.losses,
    epsilon,
    delta: parameters.delta,
    // Never to leave best single loses nothing against best single; another incumbent must pass the test itself.
    safe: incumbent.model === null ? 1 : 0,
    seed,
  };
  const [betting, hoeffding] = [certify(test), certify({ ...test, method: 'hoeffding' })];
  const certifiedAt = ({ index, bound }: { index: number; bound: number }): Certified | null =>
    index < 0 ? null : { parameter: own.thresholds[index]!, share: shareLeaving(own, index), bound };
  const ratioAt = (index: number): Estimate | null =>
    index < 0 ? null : costRatio(picked(cost, own.choices[index]!), incumbent.cost, design);
  const name = plan.table.models[incumbent.model ?? usual(report.best, cost.cols)]!.id;
  const certified = certifiedAt(betting);
  const ratio = ratioAt(betting.index);
  const reach = attainable(test);
  const open = ratioAt(reach) ?? { value: 1, low: 1, high: 1, n: design.rows };
  const cheaper = incumbent.cost.some((price, i) => plan.table.models.some((_, m) => at(cost, i, m) < price));
  const policy: Candidate | null = cheaper
    ? { name: router.choice.name, certified, ratio, attainable: open }
    : null;
  const leaves = certified !== null && certified.share > 0;
  const chosen = leaves ? own.choices[betting.index]! : undefined;
  const gate = leaves ? own.routed[betting.index]! : undefined;
  return {
    step: {
      epsilon,
      incumbent: name,
      settled: incumbent.settled,
      switching: incumbent.switching,
      policy,
      cascade: cheaper ? cascade : null,
      rowsNeeded: rowsToCertify({ losses: own.losses, until: reach, epsilon, delta: parameters.delta }),
    },
    certificate: {
      epsilon,
      incumbent: name,
      betting: certified,
      hoeffding: certifiedAt(hoeffding),
      clopperPearson: gate ? clopperPearsonGate({ ...gate, delta: parameters.delta }) : null,
      saving: leaves && ratio ? savingOf(ratio) : null,
      worstGroup: chosen ? worstGroup(chosen, { args, report, best }) : null,
      ...(cascade && { cascade: shownCascade(cascade) }),
    },
    policy: chosen ? { quality: picked(report.quality, chosen), cost: picked(cost, chosen) } : null,
  };
}

function shownCascade({ name, certified, ratio }: Candidate): DeferralResult['certified'][number]['cascade'] {
  const useful = certified !== null && certified.share > 0;
  return { name, betting: certified, saving: useful && ratio ? savingOf(ratio) : null };
}

/** Loss against best single and cost along the thresholds of the family that leaves best single. */
function curve(
  own: Family,
  of: Pick<StepInput, 'args' | 'report' | 'cost' | 'best'>,
): DeferralResult['points'] {
  const { args, report, cost, best } = of;
  const lost = own.choices.map((chosen) => {
    const quality = picked(report.quality, chosen);
    return quality.map((y, i) => best.quality[i]! - y);
  });
  const band = simultaneous(sampledOf(lost, args), args.design);
  const bestCost = mean(best.cost);
  return own.thresholds.map((parameter, c) => ({
    parameter,
    share: shareLeaving(own, c),
    // A policy that never leaves is best single itself: it loses nothing, and nothing has gone unseen.
    loss: own.choices[c]!.every((m, i) => m === own.stay[i])
      ? { value: 0, low: 0, high: 0, n: band[c]!.n }
      : asEstimate(band[c]!, -1, 1),
    cost: bestCost > 0 ? mean(picked(cost, own.choices[c]!)) / bestCost : null,
  }));
}

function worstGroup(
  chosen: Int32Array,
  { args, report, best }: Pick<StepInput, 'args' | 'report' | 'best'>,
): { group: string; loss: Estimate } | null {
  const { design } = args;
  if (design.groupNames.length < 2) return null;
  const lost = picked(report.quality, chosen).map((y, i) => best.quality[i]! - y);
  const { groups } = averages(design, sideBySide([lost]))[0]!;
  const worst = argmax(groups.map(({ value }) => value));
  const { p: _, ...loss } = interval({ ...groups[worst]!, folds: [] }, design);
  return { group: design.groupNames[worst]!, loss };
}

function reportRows({ plan, router, bestSingle }: DeferralArgs): Rows {
  const forecasts = plan.folds === undefined ? router.tuning[0]!.compared! : router.forecasts;
  return { forecasts, quality: comparedQuality(plan), best: chosenBy(bestSingle) };
}

/** The fifth of the training rows that no fit has seen, as far as every model is observed there. */
function calibrationRows({ plan, router, bestSingle }: DeferralArgs): Rows {
  const { rows, forecasts } = router.tuning[0]!;
  const quality = comparedQuality({ table: plan.table, compared: rows });
  const complete = Int32Array.from(rows.keys()).filter(
    (i) => !quality.data.subarray(i * quality.cols, (i + 1) * quality.cols).some(Number.isNaN),
  );
  const take = (m: Matrix): Matrix => selectRows(m, complete);
  return {
    quality: take(quality),
    forecasts: {
      ...forecasts,
      quality: take(forecasts.quality),
      ...(forecasts.cost && { cost: take(forecasts.cost) }),
    },
    best: new Int32Array(complete.length).fill(chosenBy(bestSingle)[0]!),
  };
}

function chosenBy({ forecasts }: CrossFitted): Int32Array {
  const share = shares(forecasts.quality);
  return Int32Array.from({ length: share.rows }, (_, i) =>
    argmax(Array.from({ length: share.cols }, (_, m) => at(share, i, m))),
  );
}

/** Best single of a part, as its test rows have it. */
function usualOfPart({ plan, bestSingle }: DeferralArgs, part: number): number {
  const best = chosenBy(bestSingle);
  const first = plan.folds === undefined ? 0 : plan.folds.indexOf(part);
  return best[Math.max(first, 0)]!;
}

function usual(models: Int32Array, count: number): number {
  const counts = new Float64Array(count);
  for (const m of models) counts[m]!++;
  return argmax(counts);
}

/** One cell of each row. */
function picked(values: Matrix, models: Int32Array): Float64Array {
  return Float64Array.from(models, (m, i) => at(values, i, m));
}

function shareLeaving({ choices, stay }: Family, index: number): number {
  const chosen = choices[index]!;
  return chosen.filter((m, i) => m !== stay[i]).length / Math.max(chosen.length, 1);
}
