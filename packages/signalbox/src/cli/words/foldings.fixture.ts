import type { Estimate, Results } from '../../core/results.ts';
import { fakeResults, fakeSet } from './contract.ts';

const around = (value: number, half: number): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n: 14_042,
});

/** Two routers under several assignments of rows to folds. */
export function fakeFoldings(): Results {
  const set = fakeSet({ cost: 'strong share', models: 2, kind: 'cv' });
  const of = (router: string, values: readonly number[], labels: number | null = null) => ({
    router,
    labels,
    measure: 'apgr' as const,
    values: values.map((value, seed) => ({ seed, value: around(value, 0.05) })),
    mean: around(values.reduce((sum, x) => sum + x, 0) / values.length, 0.032),
  });
  const foldings = [
    of('residual', [0.6201], 1500),
    of('task-table', [0.6764, 0.6771, 0.6759]),
    of('residual', [0.6932, 0.6963, 0.6938]),
  ];
  return { ...fakeResults({ command: 'reproduce routellm' }), sets: [{ ...set, foldings }] };
}
