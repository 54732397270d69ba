import type { ResultSet, Versus } from '../../core/results.ts';
import { find, headline, label, primary } from './reading.ts';

/** A step on the way from the best single model to the oracle; fractions. */
export interface Step {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Of the step's size. */
  readonly low: number;
  readonly high: number;
  readonly kind: 'task' | 'instance' | 'unreached' | 'luck';
  /** Rows behind it. */
  readonly n: number;
}

/**
 * Where the gap between the best single model and the one-sample oracle lies: what the task tells, what the
 * query tells beyond it, what no router here reaches, and luck. Empty where a part of it was not measured.
 */
export function stepsOf(set: ResultSet): Step[] {
  const best = value(set, 'best-single');
  const table = find(set, 'task-table');
  const main = headline(set)?.system;
  const { ceilings } = set;
  if (best === undefined || ceilings === undefined || main === undefined) return [];
  const end = primary(set, main);
  const first = (table && primary(set, table)) ?? undefined;
  const n = ceilings.oneSample.n;
  if (!end) return [];
  const steps: Step[] = [];
  if (first && table?.versus.bestSingle && main.versus.taskTable) {
    steps.push(
      step('by the task of a query (task table)', best, table.versus.bestSingle, { kind: 'task', n }),
      step(`by the query itself (${label(main)})`, first.value, main.versus.taskTable, {
        kind: 'instance',
        n,
      }),
    );
  } else if (main.versus.bestSingle) {
    steps.push(step(`by ${label(main)}`, best, main.versus.bestSingle, { kind: 'instance', n }));
  }
  const top = ceilings.oneSample.value;
  const { band } = ceilings;
  if (band === null) {
    return [...steps, rest('luck, or not reached: repeats would tell', [end.value, top], 'unreached', n)];
  }
  const middle = (band.low + band.high) / 2;
  return [
    ...steps,
    {
      ...rest('not reached by this router', [end.value, middle], 'unreached', n),
      low: band.low - end.value,
      high: band.high - end.value,
    },
    { ...rest('luck', [middle, top], 'luck', n), low: top - band.high, high: top - band.low },
  ];
}

const value = (set: ResultSet, name: string): number | undefined => {
  const system = find(set, name);
  return (system && primary(set, system))?.value;
};

const step = (name: string, from: number, lift: Versus, of: Pick<Step, 'kind' | 'n'>): Step => ({
  name,
  from,
  to: from + lift.value,
  low: lift.low,
  high: lift.high,
  ...of,
});

const rest = (name: string, [from, to]: [number, number], kind: Step['kind'], n: number): Step => ({
  name,
  from,
  to,
  low: to - from,
  high: to - from,
  kind,
  n,
});
