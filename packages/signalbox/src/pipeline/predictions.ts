import { ranking } from '../core/choice.ts';
import { at } from '../math/matrix.ts';
import type { Evaluated } from './evaluate.ts';
import { observedCost } from './forecast.ts';
import { type Judged, utilityOf } from './judged.ts';

/** One line per system and test row, for `--predictions` (OUTPUT). The choice of a tie is its first model. */
export function* predictionLines(
  { plan, fitted, set }: Evaluated,
  judged: readonly Judged[],
): Generator<string> {
  const observed = observedCost(plan.table, plan.compared);
  const number = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : value;
  for (const from of fitted) {
    const { choice, forecasts } = from;
    const utilities = choice.router.baseline
      ? [{ system: choice.name, utility: forecasts.quality }]
      : judged.map((one) => ({
          system: judged.length === 1 ? choice.name : `${choice.name}+${one.policy.name}`,
          utility: utilityOf(from, one, plan),
        }));
    for (const { system, utility } of utilities) {
      for (const [i, row] of plan.compared.entries()) {
        const m = ranking(utility, i)[0]!;
        const line = {
          query_id: plan.table.examples[row]!.id,
          fold: plan.folds?.[i] ?? null,
          system,
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
}
