import type { Context } from '../core/context.ts';
import type { ResultSet } from '../core/results.ts';
import { money } from '../feasibility/money.ts';
import { designOf } from './design.ts';
import { crossFitted, type EvaluateArgs, type Evaluated, evaluate } from './evaluate.ts';
import { type EvidenceArgs, evidenceOf, fitsOf } from './evidence/evidence.ts';
import type { Line } from './line.ts';
import { voteLines } from './recorded-votes.ts';

export { type VerdictParameters, verdictParameters } from '../feasibility/parameters.ts';

export interface AssessArgs
  extends Omit<EvaluateArgs, 'beside' | 'tune'>,
    Omit<EvidenceArgs, 'evaluated' | 'more'> {
  /** Requests a month, and what the router and the labels cost, in US dollars. */
  readonly money?: {
    readonly volume: number;
    readonly routerCost?: number;
    readonly labellingCost?: number;
  };
}

/** A comparison with its verdict: does routing pay on this table, and can it be believed? */
export async function assess(args: AssessArgs, context: Context): Promise<Evaluated> {
  const started = performance.now();
  let more: Line[] = [];
  const evaluated = await evaluate(
    {
      ...args,
      tune: true,
      beside: ({ plan }) => {
        more = voteLines(plan);
        return { more };
      },
    },
    context,
  );
  const evidence = await evidenceOf({ ...args, evaluated, more }, context);
  const set: ResultSet = { ...evaluated.set, ...evidence };
  return {
    ...evaluated,
    set: {
      ...set,
      ...(args.money && { money: moneyOf(set, args.money) }),
      seconds: (performance.now() - started) / 1000,
    },
  };
}

/** The fits that `assess` rests on, by another process beside the one that assesses: what it makes is kept for that one. */
export async function assist(args: AssessArgs, context: Context): Promise<void> {
  const { planned, fitted, used } = await crossFitted({ ...args, tune: true }, context);
  const design = designOf(planned, { draws: args.draws, seed: context.seed });
  const evaluated = { plan: planned, design, fitted, encoder: used };
  await fitsOf({ ...args, evaluated, more: voteLines(planned) }, context);
}

/** Dollars a month on best single and under the policy that the verdict names; unknown where costs are not in dollars. */
function moneyOf(set: ResultSet, given: NonNullable<AssessArgs['money']>): NonNullable<ResultSet['money']> {
  const known = set.costUnit === 'usd';
  const cost = set.verdict?.cost;
  const pays = cost?.answer === 'yes' || cost?.answer === 'no' ? cost : undefined;
  const best = set.systems.find(({ name }) => name === 'best-single')?.cost ?? null;
  const policy = pays?.answer === 'yes' ? pays.by : (pays?.by ?? null);
  const routed =
    pays?.answer === 'yes' && best && pays.saving
      ? scaled(incumbentCost(set, pays.incumbent) ?? best, pays.saving)
      : pays?.by?.startsWith('single:')
        ? (set.systems.find(({ name }) => name === pays.by)?.cost ?? null)
        : null;
  return {
    ...money({ ...given, now: known ? best : null, routed: known ? routed : null }),
    policy: routed ? policy : null,
  };
}

function incumbentCost(set: ResultSet, incumbent: string | null): ResultSet['systems'][number]['cost'] {
  return set.systems.find(({ name }) => name === `single:${incumbent}`)?.cost ?? null;
}

/** The incumbent's cost less the certified saving; the saving's interval is the one that matters. */
function scaled(
  cost: NonNullable<ResultSet['systems'][number]['cost']>,
  saving: { readonly value: number; readonly low: number; readonly high: number; readonly n: number },
): { value: number; low: number; high: number; n: number } {
  return {
    value: cost.value * (1 - saving.value),
    low: cost.value * (1 - saving.high),
    high: cost.value * (1 - saving.low),
    n: saving.n,
  };
}
