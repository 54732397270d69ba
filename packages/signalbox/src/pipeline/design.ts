import type { Design } from '../metrics/design.ts';
import { clusterNumbers, comparedGroups, type Plan } from './protocol.ts';

/** What every interval of a plan rests on. */
export function designOf(
  plan: Plan,
  { draws = 2000, seed }: { readonly draws?: number | undefined; readonly seed: number },
): Design {
  const groups = comparedGroups(plan.table, plan.compared);
  return {
    rows: plan.compared.length,
    groupNames: groups.names,
    groupOf: groups.of,
    clusters: clusterNumbers(plan.table, plan.compared),
    ...(plan.folds && { folds: plan.folds }),
    testOverTrain: plan.folds ? 1 / (plan.parts.length - 1) : 0,
    draws,
    seed,
  };
}
