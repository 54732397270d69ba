import type { Estimate, Results } from '../../core/results.ts';
import type { RouterEvalResult } from '../../core/results-routereval.ts';
import { count, fixed, percent, points } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

/** RouterEval's own measures of a set, beside what its authors publish. Empty where the set is none of its. */
export function routerEvalTable(view: View): string {
  const { routerEval } = view.set;
  if (routerEval === undefined) return '';
  const { systems, settings, size } = routerEval;
  const some = (x: number | null | undefined, decimals: number): string =>
    x === null || x === undefined ? '' : fixed(x, decimals);
  const rows = systems.map(({ name, mu, vr, vb, ep, skill, published }) => [
    clean(label(name)),
    fixed(mu.value, 4),
    some(vr, 3),
    fixed(vb, 3),
    some(published, 3),
    some(ep, 2),
    some(skill, 2),
  ]);
  const columns = [
    { head: 'system', align: 'left' as const, least: 17 },
    { head: 'mu' },
    { head: 'V_R', rank: 3 },
    { head: 'V_B' },
    { head: 'published', rank: 2 },
    { head: 'E_p' },
    { head: 'p of r_o', rank: 1 },
  ];
  const published = systems.some((one) => one.published !== undefined)
    ? "; published: the authors' V_B, mean over twelve tasks"
    : '';
  const about = `mean over ${settings.join(', ')}; V_B: over the best single model on the test rows; E_p: bits of what a router gives each model (${fixed(Math.log2(size), 2)} at most), by each one's own rule and not to be compared between them; p of r_o: how often an oracle would have to be asked to do as well${published}`;
  return titled(view, 'RouterEval', about, table({ columns, rows }, view.width));
}

/** What can be reached by pool size, over all sets. Empty where none is of RouterEval. */
export function reachTable(results: Results, way: Pick<View, 'width' | 'paint'>): string {
  const [first] = results.sets;
  const found = results.sets.flatMap(({ routerEval }) => routerEval ?? []);
  if (first === undefined || found.length < 2) return '';
  const known = found.some(({ reach }) => reach.probability !== null);
  const write = (x: Estimate | null): string => (x === null ? '' : percent(x.value, 1));
  const vb = (one: RouterEvalResult, name: string): string => {
    const value = one.systems.find((system) => system.name === name)?.vb;
    return value === undefined ? '' : fixed(value, 3);
  };
  const rows = found.map((one) => [
    ...(known ? [] : [clean(one.task)]),
    count(one.size),
    write(one.reach.picked),
    ...(known
      ? [
          write(one.reach.pickedOnTraining),
          write(one.reach.random),
          write(one.reach.probability),
          write(one.reach.bestSingle),
          one.reach.routerLift === null ? '' : points(one.reach.routerLift.value, 1),
        ]
      : ['kNN', 'LinearR', 'MLPR', 'C-RoBERTa', 'MLC', 'random'].map((name) => vb(one, name))),
  ]);
  const columns = [
    ...(known ? [] : [{ head: 'task', align: 'left' as const, least: 8 }]),
    { head: 'models' },
    { head: 'oracle' },
    ...(known
      ? ['on training', 'at random', 'reachable', 'single', 'router lift']
      : ['kNN', 'Linear', 'MLPR', 'C-RoB', 'MLC', 'random']
    ).map((head) => ({ head })),
  ];
  const about = known
    ? 'in %: the oracle of pools as the paper picks them (by that oracle, test rows and all), of pools picked on training rows alone, and of pools drawn at random; by the probabilities behind the outcomes the best choice on each row, the best single model, and what the best of five routers adds to it, in points (on one of five leaderboards)'
    : 'the oracle in %, and V_B of each router: its score over that of the best single model on the test rows';
  const view = { ...way, set: first, decimals: 1 };
  return titled(view, 'Growth with the pool', about, table({ columns, rows }, way.width));
}
