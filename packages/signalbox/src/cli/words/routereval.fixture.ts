import type { Estimate, ResultSet, Results, System } from '../../core/results.ts';
import { fakeResults } from './contract.ts';

const around = (value: number, half = 0.013, n = 900): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n,
});
const settings = ['all_strong', 'all_weak', 'strong_to_weak'];
const sizes = [3, 5, 10, 100];

/** Mean scores by pool size; a pool of weak ones is worse throughout. */
const scores: Readonly<Record<string, readonly [kind: System['kind'], at: (step: number) => number]>> = {
  random: ['baseline', (step) => 0.55 - 0.02 * step],
  'best-single': ['baseline', (step) => 0.66 + 0.005 * step],
  'best-single-hindsight': ['bound', (step) => 0.67 + 0.006 * step],
  kNN: ['router', (step) => 0.64 - 0.002 * step],
  LinearR: ['router', (step) => 0.665 + 0.004 * step],
  MLC: ['router', (step) => 0.62 - 0.01 * step],
  'r_o(0.5)': ['bound', (step) => 0.66 + 0.02 * step],
  oracle: ['oracle', (step) => 0.78 + 0.06 * step],
};

/** RouterEval's sets: a task at each pool size; `known`: the probabilities behind the outcomes are. */
export function fakeRouterEval({ known = true }: { readonly known?: boolean } = {}): Results {
  const tasks = known ? ['generated'] : ['arc', 'gsm8k'];
  const sets = tasks.flatMap((task, t) =>
    sizes.map((size, step) => setOf({ task, size, step, harder: 0.05 * t, known })),
  );
  return { ...fakeResults({ command: 'reproduce routereval' }), sets };
}

interface Wanted {
  readonly task: string;
  readonly size: number;
  readonly step: number;
  readonly harder: number;
  readonly known: boolean;
}

function setOf({ task, size, step, harder, known }: Wanted): ResultSet {
  const score = (name: string): number => scores[name]![1](step) - harder;
  const systems = Object.entries(scores).map(([name, [kind]]): System => {
    const value = around(score(name));
    const apart = score(name) - score('best-single');
    return {
      name,
      kind,
      quality: value,
      macro: value,
      groups: Object.fromEntries(
        settings.map((setting, s) => [setting, around(score(name) + [0.07, -0.1, 0.03][s]!, 0.02, 300)]),
      ),
      cost: null,
      choices: null,
      versus: {
        bestSingle: { value: apart, low: apart - 0.01, high: apart + 0.01, p: 0.04 },
        taskTable: null,
      },
      fitSeconds: 1,
      predictSecondsPer1000: 0,
    };
  });
  const measured = Object.entries(scores).map(([name, [kind]]) => ({
    name,
    mu: around(score(name)),
    vr: known ? null : score(name) / 0.852,
    vb: score(name) / score('best-single-hindsight'),
    ep: kind === 'router' ? 0.4 + 0.3 * step : null,
    skill: (score(name) - score('random')) / (score('oracle') - score('random')),
    ...(!known && size === 3 && name === 'kNN' && { published: 0.956 }),
  }));
  const reach = {
    picked: around(score('oracle')),
    pickedOnTraining: known ? around(score('oracle') - 0.01 * step) : null,
    random: known ? around(score('oracle') - 0.03 - 0.015 * step) : null,
    probability: known ? around(0.72 + 0.012 * step) : null,
    bestSingle: known ? around(0.67 + 0.004 * step) : null,
    routerLift: known ? around(-0.004 + 0.002 * step, 0.006) : null,
  };
  return {
    dataset: `${task} m=${size}`,
    rows: 2700,
    rowsDropped: {},
    models: Array.from({ length: 3 * size }, (_, m) => `model-${m}`),
    groups: settings,
    protocol: { kind: 'split', trainRows: 1800, testRows: 900, calibrationRows: 0, leaks: 0, duplicates: 0 },
    primary: 'quality',
    costUnit: null,
    systems,
    routerEval: { task, size, settings, systems: measured, reach },
  };
}
