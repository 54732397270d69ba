import type { Estimate, NewcomerResult, Results } from '../../core/results.ts';
import { newcomerSentences } from '../../pipeline/studies/newcomer-words.ts';
import { fakeResults, fakeSet } from './contract.ts';

const around = (value: number, half: number): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n: 3250,
});

/** What is lost without answers, how fast that goes, and what the pool is worth. */
const routers: Readonly<Record<string, readonly [number, number, number]>> = {
  'task-table': [0.2, 0.05, 0.578],
  residual: [0.199, 0.06, 0.586],
  uniroute: [0.198, 0.03, 0.581],
  irt: [0.185, 0.06, 0.575],
  'knn:k=40': [0.21, 0.09, 0.57],
};

/** Results of models that were left out and joined; `auc` false: one of them is always right. */
export function fakeNewcomers({ auc = true, primary = 'quality' as 'quality' | 'macro' } = {}): Results {
  const budgets = [25, 50, 100, 200, 400];
  const all = Object.entries(routers).flatMap(([router, [limit, excess, worth]]) =>
    budgets.map((answers): Omit<NewcomerResult, 'trusted'> => {
      const late = 5 / Math.sqrt(answers);
      const [value, without, retrained] = [worth - 0.02 * late, worth - 0.012, worth + 0.002];
      return {
        router,
        answers,
        models: 7,
        brier: around(limit + excess * late, 0.012),
        auc: auc ? around(0.78 - 2 * excess * late, 0.03) : null,
        value: around(value, 0.02),
        without: around(without, 0.02),
        retrained: around(retrained, 0.02),
        gain: around(value - without, 0.008),
        short: around(retrained - value, 0.006),
      };
    }),
  );
  const newcomer = all.map((one) => {
    const least = Math.min(...all.filter((o) => o.answers === one.answers).map(({ brier }) => brier.value));
    return { ...one, trusted: one.brier.value < least + 0.004 };
  });
  const set = fakeSet({ primary });
  const notes = [...newcomerSentences(newcomer), ...(set.notes ?? [])];
  return { ...fakeResults({ command: 'reproduce newcomer' }), sets: [{ ...set, newcomer, notes }] };
}
