import type { Estimate, ResultSet } from '../../core/results.ts';
import type { RouterEvalResult } from '../../core/results-routereval.ts';
import { mean } from '../../math/order.ts';
import { routerNames } from './routereval-pool.ts';

/** What became of the paper's two claims, in sentences. */
export function routerEvalSentences(sets: readonly ResultSet[]): string[] {
  const found = sets.flatMap(({ routerEval }) => routerEval ?? []);
  const bySize = [...Map.groupBy(found, ({ size }) => size)].sort(([a], [b]) => a - b);
  const [least] = bySize;
  const most = bySize.at(-1);
  if (least === undefined || most === undefined) return [];
  const growth = (of: (one: RouterEvalResult) => Estimate | null): readonly [number, number] | undefined => {
    const ends = [least[1], most[1]].map((some) => some.map((one) => of(one)?.value ?? Number.NaN));
    const [from, to] = ends.map((values) => (values.some(Number.isNaN) ? Number.NaN : mean(values)));
    return Number.isNaN(from!) || Number.isNaN(to!) ? undefined : [from!, to!];
  };
  const picked = growth(({ reach }) => reach.picked)!;
  const known = growth(({ reach }) => reach.probability);
  const sentences =
    least[0] === most[0]
      ? []
      : [
          `From ${least[0]} to ${most[0]} models the oracle of the pools goes from ${percent(picked[0])} to ${percent(picked[1])} %.`,
        ];
  if (known !== undefined && least[0] !== most[0]) {
    const all = picked[1] - picked[0];
    const real = known[1] - known[0];
    sentences.push(
      `What a router could reach that knew every probability goes from ${percent(known[0])} to ${percent(known[1])} %: of the ${points(all)} by which the oracle grows, ${points(real)} are there to be had, and ${points(all - real)} are luck of single outcomes, picked on the test rows after the fact from ever more models.`,
    );
    sentences.push(...pickedSentences(bySize));
  }
  return [...sentences, routersSentence(bySize)];
}

type BySize = readonly (readonly [number, readonly RouterEvalResult[]])[];

/** How much of the oracle's score is that its pools were picked by it. */
function pickedSentences(bySize: BySize): string[] {
  const told = bySize.flatMap(([size, [one]]) => {
    const { picked, pickedOnTraining, random } = one!.reach;
    if (pickedOnTraining === null || random === null) return [];
    return [
      `${size} models: ${points(picked.value - pickedOnTraining.value)} over pools picked on training rows alone, ${points(picked.value - random.value)} over pools drawn at random`,
    ];
  });
  return told.length === 0
    ? []
    : [
        `Pools are picked by the oracle's score on all rows, those of the test among them. ${told.join('; ')}.`,
      ];
}

/** Whether the routers beat the best single model, by pool size. */
function routersSentence(bySize: BySize): string {
  const sizes = bySize.map(([size, some]) => {
    const values = routerNames.map((name) => ({
      name,
      vb: mean(some.map(({ systems }) => systems.find((one) => one.name === name)?.vb ?? Number.NaN)),
    }));
    const best = values.reduce((a, b) => (b.vb > a.vb ? b : a));
    const lifts = some.flatMap(({ reach }) => reach.routerLift ?? []);
    const told = lifts.map(
      ({ value, low, high }) =>
        `, ${points(value)} [${percent(low)}, ${percent(high)}] by the probabilities of what it chose`,
    );
    return `${size} models: ${best.name} V_B ${best.vb.toFixed(3)}${told[0] ?? ''}`;
  });
  return `The best router of five against the best single model on the test rows (V_B above 1 beats it). ${sizes.join('; ')}.`;
}

const percent = (x: number): string => (100 * x).toFixed(1).replace('-', '−');
const points = (x: number): string => `${percent(x)} points`;
