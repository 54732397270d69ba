import { at, type Matrix, row as rowOf } from '../math/matrix.ts';
import { logOdds, type Panel } from './panel-vote.ts';

/**
 * How SelectLLM (2408.08545) chooses the LLMs that vote on a query, from calibrated confidences c and labels p. The
 * sheet's formulas are a reconstruction: the notebook that defines them is not public.
 * - `labelled-max-conf`: of those with p = 1 the k most confident, else the single most confident; equal votes.
 * - `max-conf`: the k most confident, whatever their labels; equal votes.
 * - `weighted-max-conf`: the same, each vote weighing c.
 * - `log-odds-max-conf`, ours: the same, each vote weighing log((A - 1) c / (1 - c)), as independent voters ought to.
 */
export const subsetRules = [
  'labelled-max-conf',
  'max-conf',
  'weighted-max-conf',
  'log-odds-max-conf',
] as const;
export type SubsetRule = (typeof subsetRules)[number];

/** What the rules choose by, rows x LLMs. */
export interface Confidences {
  readonly confidence: Matrix;
  /** 1 where the LLM is labelled right. */
  readonly capable: Matrix;
  /** Options of a question. */
  readonly options: number;
  /** Usual milliseconds of each LLM: of equal confidence the quicker is asked. */
  readonly latency?: ArrayLike<number> | undefined;
}

/** The LLMs that vote on a row, at most `size`, the most confident asked first. */
export function confidentPanel(
  rule: SubsetRule,
  given: Confidences,
  { row, size }: { readonly row: number; readonly size: number },
): Panel {
  const { capable, latency, options } = given;
  const confidence = rowOf(given.confidence, row);
  const wait = (m: number): number => latency?.[m] ?? 0;
  const order = Array.from(confidence.keys()).sort(
    (a, b) => confidence[b]! - confidence[a]! || wait(a) - wait(b) || a - b,
  );
  const labelled = order.filter((m) => at(capable, row, m) === 1);
  const members =
    rule !== 'labelled-max-conf'
      ? order.slice(0, size)
      : labelled.length > 0
        ? labelled.slice(0, size)
        : order.slice(0, 1);
  return { members, weights: members.map((m) => weightOf(rule, confidence[m]!, options)) };
}

function weightOf(rule: SubsetRule, confidence: number, options: number): number {
  if (rule === 'weighted-max-conf') return Math.max(0, confidence);
  if (rule === 'log-odds-max-conf') return logOdds(Math.min(Math.max(confidence, 0.01), 0.99), options);
  return 1;
}

/** What a query may take on average. */
export interface VoteBudget {
  /** Calls. */
  readonly calls: number;
  /** Milliseconds, all asked at once and stopped early. */
  readonly latencyMs?: number | undefined;
}

/** What a size came to on validation rows: means. */
export interface SizeTried {
  readonly size: number;
  readonly quality: number;
  readonly calls: number;
  readonly latencyMs?: number | undefined;
}

/** The size of the greatest quality within the budget, the smallest of equals; 1 where none is within. */
export function sizeWithin(tried: readonly SizeTried[], budget: VoteBudget): number {
  let best: SizeTried | undefined;
  for (const one of tried) {
    const dear = one.calls > budget.calls + 1e-9;
    const slow = budget.latencyMs !== undefined && (one.latencyMs ?? 0) > budget.latencyMs;
    if (dear || slow) continue;
    const better = best === undefined ? Number.POSITIVE_INFINITY : one.quality - best.quality;
    if (better > 1e-9 || (Math.abs(better) <= 1e-9 && one.size < best!.size)) best = one;
  }
  return best?.size ?? 1;
}
