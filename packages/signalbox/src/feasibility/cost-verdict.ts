import type { Estimate } from '../core/results.ts';
import * as words from './cost-words.ts';
import type { VerdictParameters } from './parameters.ts';

/** The threshold that Learn-then-Test let pass. */
export interface Certified {
  readonly parameter: number;
  /** Of queries, that leave the incumbent. */
  readonly share: number;
  /** Upper confidence bound on the loss of quality against best single. */
  readonly bound: number;
}

/** A policy, or a cascade, against the incumbent of one epsilon. */
export interface Candidate {
  readonly name: string;
  /** Null where no threshold passed; a share of 0 (never leave) counts as none. */
  readonly certified: Certified | null;
  /** Cost of the certified policy as a share of the incumbent's; null where none is certified. */
  readonly ratio: Estimate | null;
  /** The same at the largest threshold whose loss is not shown to exceed epsilon: what more labels might certify. */
  readonly attainable: Estimate;
}

/** What is known at one epsilon. */
export interface CostStep {
  readonly epsilon: number;
  /** The cheapest single model shown to be non-inferior to best single here. */
  readonly incumbent: string;
  /** Every model cheaper than the incumbent is shown to lose more than epsilon: no other may turn out to be it. */
  readonly settled: boolean;
  /** What the incumbent alone saves against best single; null where it is best single. */
  readonly switching: Estimate | null;
  /** Null where no model is cheaper than the incumbent: there is nothing to leave it for. */
  readonly policy: Candidate | null;
  /** Null where answers are not recorded. */
  readonly cascade: Candidate | null;
  /** Calibration rows that would probably certify; null where unknown or none would. */
  readonly rowsNeeded: number | null;
}

export interface CostInput {
  readonly rows: number;
  /** Rows on which thresholds were certified. */
  readonly calibrationRows: number;
  /** Of the whole table, used or not. */
  readonly tableRows: number;
  readonly models: number;
  readonly bestSingle: string;
  /** Neither cost nor price nor, with two models, a share of strong calls. */
  readonly unknownCost: boolean;
  readonly steps: readonly CostStep[];
}

export interface CostVerdict {
  readonly answer: 'yes' | 'cascade' | 'no' | 'insufficient' | 'unknown-cost';
  /** A policy, a cascade, `single:<model>` where a cheaper single model is the answer, `best-single`, or null. */
  readonly by: string | null;
  readonly incumbent: string | null;
  readonly epsilon: number | null;
  readonly delta: number;
  /** Against the incumbent, as a share of its cost. */
  readonly saving: Estimate | null;
  readonly certified: Certified | null;
  readonly why: string;
  readonly whatWouldChange: string;
}

export type CostLimits = Pick<VerdictParameters, 'delta' | 'savingFloor'>;

/**
 * Does routing save cost? The certificates are one fixed sequence from the largest epsilon down that ends at the
 * first epsilon with none, so that delta holds for all of them; an epsilon at which nothing is cheaper than the
 * incumbent asks for none and is passed over. `yes` at the smallest certified epsilon where the upper bound of the
 * cost ratio to the incumbent is below 1 - savingFloor and the incumbent is settled (a cheaper single model that
 * is merely not yet shown to be as good would make a false yes); `cascade` where only a cascade does; `no` where
 * the saving's upper bound is below the floor at every epsilon; else `insufficient`.
 */
export function costVerdict(input: CostInput, limits: CostLimits): CostVerdict {
  const steps = [...input.steps].sort((a, b) => b.epsilon - a.epsilon);
  if (input.unknownCost || steps.length === 0) return unknown(input, limits);
  const policy = sequence(steps, (step) => step.policy, limits);
  if (policy.passed !== undefined) return saving('yes', policy.passed, limits);
  const cascade = sequence(steps, (step) => step.cascade, limits);
  if (cascade.passed !== undefined) return saving('cascade', cascade.passed, limits);
  if (steps.every((step) => mostSaved(step) < limits.savingFloor)) return no(input, steps, limits);
  return insufficient(input, policy.open ?? steps[0]!, limits);
}

interface Passed {
  readonly step: CostStep;
  readonly candidate: Candidate;
  readonly certified: Certified;
  readonly ratio: Estimate;
}

/** The smallest epsilon that passed, and where none did, the one that tells why: the first without a certificate, or the last with one. */
function sequence(
  steps: readonly CostStep[],
  of: (step: CostStep) => Candidate | null,
  { savingFloor }: CostLimits,
): { readonly passed?: Passed; readonly open?: CostStep } {
  let passed: Passed | undefined;
  let open: CostStep | undefined;
  for (const step of steps) {
    const candidate = of(step);
    if (candidate === null) continue;
    open = step;
    const { certified, ratio } = candidate;
    if (certified === null || certified.share === 0 || ratio === null) break;
    if (step.settled && ratio.high < 1 - savingFloor) passed = { step, candidate, certified, ratio };
  }
  return { ...(passed && { passed }), ...(open && { open }) };
}

/** Upper bound of the saving that any threshold may have here. */
function mostSaved({ policy }: CostStep): number {
  if (policy === null) return 0;
  return 1 - Math.min(policy.attainable.low, policy.ratio?.low ?? Number.POSITIVE_INFINITY);
}

/** 1 - ratio, with its interval turned over. */
export function savingOf({ value, low, high, n }: Estimate): Estimate {
  return { value: 1 - value, low: 1 - high, high: 1 - low, n };
}

function saving(answer: 'yes' | 'cascade', passed: Passed, limits: CostLimits): CostVerdict {
  const { step, candidate, certified, ratio } = passed;
  const saved = savingOf(ratio);
  const told = { ...step, name: candidate.name, saved, certified, ...limits };
  return {
    answer,
    by: candidate.name,
    incumbent: step.incumbent,
    epsilon: step.epsilon,
    delta: limits.delta,
    saving: saved,
    certified,
    ...(answer === 'yes' ? words.yes(told) : words.cascade(told)),
  };
}

function no(input: CostInput, steps: readonly CostStep[], limits: CostLimits): CostVerdict {
  const cheaper = steps.findLast(({ switching }) => switching !== null);
  const step = cheaper ?? steps[0]!;
  const most = Math.max(...steps.map(mostSaved));
  const told = { ...step, ...limits, bestSingle: input.bestSingle, rows: input.rows, most };
  return {
    answer: 'no',
    by: cheaper === undefined ? 'best-single' : `single:${step.incumbent}`,
    incumbent: step.incumbent,
    epsilon: step.epsilon,
    delta: limits.delta,
    saving: savingHere(step, input.rows),
    certified: null,
    ...(step.switching === null ? words.stay(told) : words.change({ ...told, switching: step.switching })),
  };
}

function insufficient(input: CostInput, step: CostStep, limits: CostLimits): CostVerdict {
  const { policy } = step;
  const certified = policy?.certified?.share ? policy.certified : null;
  const saved = savingHere(step, input.rows);
  const told = {
    ...step,
    ...limits,
    calibrationRows: input.calibrationRows,
    tableRows: input.tableRows,
    saved,
    certified,
    most: mostSaved(step),
  };
  return {
    answer: 'insufficient',
    by: policy?.name ?? null,
    incumbent: step.incumbent,
    epsilon: step.epsilon,
    delta: limits.delta,
    saving: saved,
    certified,
    ...words.insufficient(told),
  };
}

/** Of the certified policy; where there is none, of what might be certified. */
function savingHere({ policy }: CostStep, rows: number): Estimate {
  return policy === null
    ? { value: 0, low: 0, high: 0, n: rows }
    : savingOf(policy.certified?.share ? (policy.ratio ?? policy.attainable) : policy.attainable);
}

function unknown(input: CostInput, { delta }: CostLimits): CostVerdict {
  const none = { incumbent: null, epsilon: null, saving: null, certified: null };
  return { answer: 'unknown-cost', by: null, delta, ...none, ...words.unknown(input.models) };
}
