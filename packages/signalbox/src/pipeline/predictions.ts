import { ranking } from '../core/choice.ts';
import type { Policy } from '../core/policy.ts';
import { at } from '../math/matrix.ts';
import type { Evaluated } from './evaluate.ts';
import { observedCost } from './forecast.ts';

/** One line per system and test row, for `--predictions` (OUTPUT). The choice of a tie is its first model. */
export function* predictionLines(
  { plan, fitted, set }: Evaluated,
  { policy, policyParams }: { readonly policy: Policy; readonly policyParams: object },
): Generator<string> {
  const observed = observedCost(plan.table, plan.compared);
  const number = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : value;
  for (const { choice, forecasts } of fitted) {
    const utility = choice.router.baseline ? forecasts.quality : policy.utility(forecasts, policyParams);
    for (const [i, row] of plan.compared.entries()) {
      const m = ranking(utility, i)[0]!;
      const line = {
        query_id: plan.table.examples[row]!.id,
        fold: plan.folds?.[i] ?? null,
        system: choice.name,
        choice: set.models[m],
        predicted_quality: number(at(forecasts.quality, i, m)),
        predicted_cost: number(forecasts.cost && at(forecasts.cost, i, m)),
        quality: at(plan.table.quality, row, m),
        cost: number(observed && at(observed, i, m)),
      };
      yield `${JSON.stringify(line)}\n`;
    }
  }
}
