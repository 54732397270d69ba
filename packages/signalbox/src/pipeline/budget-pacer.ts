/**
 * Holds a stream of calls to a mean cost: the primal-dual pacer of ParetoBandit (2604.00136). The price of a dollar
 * rises with every call above the budget and falls with every call below it, mu <- [mu + eta (cost / budget - 1)]_+,
 * and a choice is made by quality less mu x cost / budget.
 *
 * Departures. Costs count in budgets, so that one eta suits every price list. mu starts high and not at 0: over any
 * stream the mean overspending is at most (last mu - first mu) / eta a call, in budgets, so that the budget holds
 * from the first call on unless mu ends above its start. Nothing is smoothed.
 */
export interface BudgetPacer {
  /** US dollars a call. */
  readonly budget: number;
  /** How fast the price follows what is spent. */
  readonly eta: number;
  /** Quality that a call of one budget must bring. */
  readonly mu: number;
}

const usual = { eta: 0.02, mu: 1 };

/** @throws RangeError for a budget that is not above 0 */
export function budgetPacer(budget: number, settings: Partial<typeof usual> = {}): BudgetPacer {
  if (!(budget > 0)) throw new RangeError(`a budget of ${budget} US dollars a call is not above 0`);
  return { budget, ...usual, ...settings };
}

/** Quality that one US dollar must bring. */
export const priceOf = ({ mu, budget }: BudgetPacer): number => mu / budget;

/** The pacer after a call of this cost. */
export function paced(pacer: BudgetPacer, cost: number): BudgetPacer {
  return { ...pacer, mu: Math.max(0, pacer.mu + pacer.eta * (cost / pacer.budget - 1)) };
}
