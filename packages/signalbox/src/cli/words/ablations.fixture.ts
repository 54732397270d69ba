import type { Estimate, Results } from '../../core/results.ts';
import { fakeResults, fakeSet } from './contract.ts';

const around = (value: number, half: number): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n: 3250,
});

/** A router without its parts and with each model lost; `sure` scales what the changes do, 0: nothing. */
export function fakeAblations({ sure = 1, cost = true } = {}): Results {
  const router = 'dual-contrastive';
  const set = fakeSet({ primary: 'macro', cost: cost ? 'usd' : null });
  const whole = 0.5801;
  const changes = { cosine: -0.0042, 'no-sample-loss': -0.0302, 'random-clusters': 0.0012 };
  const ablations = [
    {
      router,
      seeds: 3,
      lines: [
        {
          system: router,
          value: around(whole, 0.016),
          cost: cost ? around(0.000317, 0.00001) : null,
          difference: null,
        },
        ...Object.entries(changes).map(([part, change]) => ({
          system: `${router}:${part}`,
          value: around(whole + sure * change, 0.016),
          cost: cost ? around(0.00031, 0.00001) : null,
          difference: around(sure * change, 0.007),
        })),
      ],
      lost: set.models.map((model, m) => ({
        model,
        value: around(whole - 0.003 * m, 0.016),
        bestSingle: around(m === 6 ? 0.5212 : 0.5456, 0.017),
        lift: around(whole - 0.003 * m - (m === 6 ? 0.5212 : 0.5456), 0.02),
      })),
    },
  ];
  return { ...fakeResults({ command: 'reproduce routerdc' }), sets: [{ ...set, ablations }] };
}
