import type { Estimate, Results } from '../../core/results.ts';
import type { SweepsResult } from '../../core/results-sweeps.ts';
import { fakeResults, fakeSet } from './contract.ts';

const around = (value: number, half: number): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n: 2205,
});
type Swept = SweepsResult[number];

const alphas = [1, 0.99, 0.98, 0.96, ...Array.from({ length: 20 }, (_, i) => Math.round(95 - 5 * i) / 100)];
const lambdas = [0, ...Array.from({ length: 40 }, (_, i) => 0.3 * 1.35 ** i)];

/** Routers with the parameter that they are swept by, what quality is traded for, and their AIQ over the mix. */
const routers: readonly (readonly [string, string, Swept['price'], number])[] = [
  ['avengers-pro', 'alpha', 'cost', 0.0231],
  ['avengers-pro:rank', 'alpha', 'cost', 0.0291],
  ['soft-label:probability', 'lambda', 'cost', 0.0174],
  ['soft-label:knn,probability', 'lambda', 'cost', 0.0042],
  ['uniroute', 'lambda', 'cost', 0.0203],
];
const byTime: typeof routers = [
  ['soft-label:probability', 'beta', 'latency', 0.0114],
  ['soft-label:probability', 'alpha and beta', 'both', 0.0131],
];

/** Results of routers swept by their own parameters; `latency` recorded as well, `cost` not recorded, `sure` scales AIQ lifts. */
export function fakeSweeps({ latency = false, cost = true, sure = 1 } = {}): Results {
  const set = fakeSet({ cost: cost ? 'usd' : null });
  const swept = [
    ...(cost ? routers : []),
    ...(latency ? byTime.filter(({ 2: price }) => cost || price === 'latency') : []),
  ];
  const sweeps = swept.map(([router, parameter, price, lift], r): Swept => {
    const values = parameter === 'alpha' ? alphas : lambdas;
    return {
      router,
      parameter,
      price,
      aiq: around(0.818 + sure * lift, 0.007),
      aiqLift: around(sure * lift, 0.009),
      curve: values.map((value, i) => {
        const left = 1 - i / (values.length - 1);
        return {
          cost: cost ? 0.00003 * 60 ** (left ** (1 + r / 4)) : null,
          ...(latency && { latencyMs: 320 + 2100 * left ** 1.4 }),
          quality: 0.41 + 0.27 * left ** 0.4 + 0.01 * Math.sin(5 * left + r),
          parameter: value,
        };
      }),
    };
  });
  return { ...fakeResults({ command: 'reproduce routerbench' }), sets: [{ ...set, sweeps }] };
}
