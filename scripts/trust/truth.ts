import { verdictParameters } from '../../packages/signalbox/src/feasibility/parameters.ts';
import { type FreshRows, leastCost, populationTruth } from '../../packages/signalbox/src/pipeline/config.ts';

/** The right answers of a world, by OUTPUT's rule applied to its population: what the best policy of each kind could do. */
export interface TrueAnswers {
  readonly quality: 'yes' | 'task-table' | 'no';
  readonly cost: 'yes' | 'no';
  /** Lift of the task table, and of the best policy that decides beforehand, over the best single model. */
  readonly tableLift: number;
  readonly bestLift: number;
  /** Greatest saving against the incumbent at any epsilon. */
  readonly saving: number;
}

export function trueAnswers(fresh: FreshRows): TrueAnswers {
  const { minimumEffect, epsilons, savingFloor } = verdictParameters;
  const truth = populationTruth(fresh);
  const best = truth.quality[truth.bestSingle]!;
  const [tableLift, bestLift] = [truth.taskTable - best, truth.bestForeseen - best];
  const savings = epsilons.map((epsilon) => {
    const incumbent = Math.min(...truth.cost.filter((_, m) => truth.quality[m]! >= best - epsilon));
    return 1 - leastCost(fresh, epsilon).cost / incumbent;
  });
  const saving = Math.max(...savings);
  // A world may lie exactly at a bound: rounding must not carry it over.
  const beyond = (value: number, bound: number): boolean => value > bound + 1e-9;
  return {
    quality:
      beyond(bestLift, minimumEffect) && beyond(bestLift, tableLift)
        ? 'yes'
        : beyond(tableLift, minimumEffect)
          ? 'task-table'
          : 'no',
    cost: beyond(saving, savingFloor) ? 'yes' : 'no',
    tableLift,
    bestLift,
    saving,
  };
}
