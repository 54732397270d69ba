import type { Estimate } from '../core/results.ts';
import type { VerdictParameters } from './parameters.ts';
import { count, outOfReach, points, pointsApart, pointsRange } from './wording.ts';

/** A rung of the ladder that decides before an answer is generated; lifts are simultaneous over all rungs. */
export interface Rung {
  readonly name: string;
  /** `table`: the group of the query alone decides. */
  readonly kind: 'table' | 'router';
  readonly overBest: Estimate;
  /** Null for the table itself, and where there are no groups: the table is best single then. */
  readonly overTable: Estimate | null;
  /** Lift over best single on groups left out of the fit; null where it was not computed. */
  readonly leftOut: Estimate | null;
}

/** What would settle an open question. */
export interface Needs {
  /** Labelled queries; null where no number of them would. */
  readonly labels: readonly [number, number] | null;
  /** Samples per query and model; null where they are not the obstacle. */
  readonly repeats: number | null;
}

export interface QualityInput {
  /** Without `constant`, whose lift is 0. */
  readonly rungs: readonly Rung[];
  readonly groups: number;
  readonly rows: number;
  /** Of the whole table, used or not. */
  readonly tableRows: number;
  /** Reported where the answer is `insufficient`. */
  readonly needs: Needs;
}

export interface QualityVerdict {
  readonly answer: 'yes' | 'task-table' | 'no' | 'insufficient';
  /** The system that the lift is of. */
  readonly by: string;
  readonly lift: Estimate;
  readonly minimumEffect: number;
  readonly needs: Needs;
  readonly why: string;
  readonly whatWouldChange: string;
}

type Limits = Pick<VerdictParameters, 'minimumEffect' | 'qualityEpsilon'>;

/** Fewer groups than this leave nothing to leave out. */
const fewestGroups = 3;
const nothing: Needs = { labels: null, repeats: null };

/**
 * Does routing lift quality? In this order: `yes` where a router's simultaneous lower bound over best single
 * exceeds the minimum effect, over the task table exceeds 0, and (with at least three groups) its lift on groups
 * left out is not below -qualityEpsilon beyond noise; `task-table` where only the table, or a router not shown to
 * beat it, passes; `no` where every upper bound is below the minimum effect; else `insufficient`.
 */
export function qualityVerdict(input: QualityInput, limits: Limits): QualityVerdict {
  const { rungs, groups, rows, tableRows } = input;
  const { minimumEffect } = limits;
  const first = greatest(rungs);
  if (first === undefined) return untried(rows, minimumEffect);
  const answered = (answer: QualityVerdict['answer'], rung: Rung, words: Words): QualityVerdict => ({
    answer,
    by: rung.name,
    lift: rung.overBest,
    minimumEffect,
    needs: answer === 'insufficient' ? input.needs : nothing,
    ...words,
  });
  const passing = rungs.filter(({ overBest }) => overBest.low > minimumEffect);
  const better = passing.filter((rung) => rung.kind === 'router' && beatsTable(rung));
  const holding = greatest(better.filter((rung) => groups < fewestGroups || holds(rung, limits)));
  if (holding !== undefined) return answered('yes', holding, yes(holding, minimumEffect));
  const table =
    passing.find(({ kind }) => kind === 'table') ??
    greatest(passing.filter((rung) => !better.includes(rung)));
  if (table !== undefined)
    return answered('task-table', table, taskTable(table, greatest(rungs.filter(isRouter))));
  if (rungs.every(({ overBest }) => overBest.high < minimumEffect))
    return answered('no', first, no(first, highest(rungs), minimumEffect));
  const failed = greatest(better);
  return failed === undefined
    ? answered('insufficient', first, open(first, input.needs, { minimumEffect, tableRows }))
    : answered('insufficient', failed, unseen(failed, limits.qualityEpsilon));
}

const isRouter = ({ kind }: Rung): boolean => kind === 'router';

function beatsTable({ overTable }: Rung): boolean {
  return overTable === null || overTable.low > 0;
}

/** Not below -qualityEpsilon beyond noise. A router never tried on unseen groups does not hold. */
function holds({ leftOut }: Rung, { qualityEpsilon }: Limits): boolean {
  return leftOut !== null && leftOut.high >= -qualityEpsilon;
}

function greatest(rungs: readonly Rung[]): Rung | undefined {
  return rungs.reduce<Rung | undefined>(
    (best, rung) => (best === undefined || rung.overBest.value > best.overBest.value ? rung : best),
    undefined,
  );
}

function highest(rungs: readonly Rung[]): number {
  return Math.max(...rungs.map(({ overBest }) => overBest.high));
}

type Words = Pick<QualityVerdict, 'why' | 'whatWouldChange'>;

function lifts({ name, overBest }: Rung): string {
  const said = name === 'task-table' ? 'The task table' : name;
  const range = `${pointsRange(overBest)}, ${count(overBest.n)} queries`;
  if (overBest.value === 0) return `${said} leaves quality where the best single model has it (${range})`;
  const verb = overBest.value < 0 ? 'changes' : 'raises';
  return `${said} ${verb} quality over the best single model by ${points(overBest.value)} (${range})`;
}

function overTheTable({ overTable }: Rung): string {
  return overTable === null ? 'there is no table' : `${points(overTable.value)}, ${pointsRange(overTable)}`;
}

function yes(rung: Rung, minimumEffect: number): Words {
  const table = rung.overTable === null ? '' : `, and it beats the task table (${overTheTable(rung)})`;
  const said = pointsApart(rung.overBest.low, minimumEffect);
  return {
    why: `${lifts(rung)}, which is beyond the minimum of ${points(minimumEffect)}${table}.`,
    whatWouldChange: `Traffic unlike these queries, or a stronger single model, ${
      said === null
        ? `if ever so little: the lower bound of the lift lies hardly above ${points(minimumEffect)}`
        : `that takes the lower bound of the lift from ${said[0]} to ${said[1]} or less`
    }.`,
  };
}

function taskTable(passed: Rung, router: Rung | undefined): Words {
  const gains = lifts(passed);
  if (passed.kind === 'router')
    return {
      why: `${gains}, but it is not shown to beat the task table (${overTheTable(passed)}): the group of a query explains the gain.`,
      whatWouldChange: 'A router whose lower bound over the task table exceeds 0.',
    };
  const best = router === undefined ? 'none was tried' : `the best, ${router.name}: ${overTheTable(router)}`;
  const failing = router !== undefined && beatsTable(router);
  return {
    why: `${gains}, and no router ${failing ? 'that beats it also holds on groups it never saw' : `is shown to beat it (${best})`}.`,
    whatWouldChange: `A router that gains over the best single model, over the task table and on unseen groups alike (now ${best}).`,
  };
}

function no(rung: Rung, upper: number, minimumEffect: number): Words {
  const said = pointsApart(upper, minimumEffect);
  const bound = said === null ? '' : `, as the highest upper bound is ${said[0]}`;
  return {
    why: `${lifts(rung)}, the best of all that were tried, and no upper bound reaches ${points(minimumEffect)}.`,
    whatWouldChange: `Other models in the pool or other knowledge of a query; more labels of this kind would not${bound}.`,
  };
}

function open(
  rung: Rung,
  { labels, repeats }: Needs,
  { minimumEffect, tableRows }: { readonly minimumEffect: number; readonly tableRows: number },
): Words {
  const enough = labels !== null && labels[1] === 0;
  const parts = [
    labels === null || enough
      ? ''
      : `about ${rangeOf(labels)} more labelled queries${outOfReach(labels[0], tableRows, 'a larger minimum effect')}`,
    repeats === null ? '' : `${repeats} samples of each query and model`,
  ].filter((part) => part !== '');
  return {
    why: `${lifts(rung)}: neither a gain of ${points(minimumEffect)} nor its absence is shown.`,
    whatWouldChange:
      parts.length > 0
        ? `It would be settled by ${parts.join(' and by ')}.`
        : enough
          ? `The labels here are enough to tell a gain of ${points(minimumEffect)} from none; what was found lies too near that bound, and only many more could say on which side.`
          : 'No number of further labels is known to settle it: other models or other features of a query might.',
  };
}

const rangeOf = ([least, most]: readonly [number, number]): string =>
  least === most ? count(least) : `${count(least)} to ${count(most)}`;

function unseen(rung: Rung, qualityEpsilon: number): Words {
  const where =
    rung.leftOut === null
      ? 'it was not tried on groups it never saw'
      : `on groups it never saw it changes quality by ${points(rung.leftOut.value)} (${pointsRange(rung.leftOut)}), worse than the ${points(-qualityEpsilon)} allowed`;
  return {
    why: `${lifts(rung)}, but ${where}.`,
    whatWouldChange: `Labelled queries of more groups, until the lift on a group left out is not below ${points(-qualityEpsilon)}.`,
  };
}

function untried(rows: number, minimumEffect: number): QualityVerdict {
  return {
    answer: 'insufficient',
    by: 'best-single',
    lift: { value: 0, low: 0, high: 0, n: rows },
    minimumEffect,
    needs: nothing,
    why: 'No router and no table was tried on these queries.',
    whatWouldChange: 'Groups, or the texts of the queries, from which a router can learn.',
  };
}
