import type { Dataset } from '../core/dataset.ts';
import { groupMeans, primaryMeans } from '../core/table.ts';
import { argmax, descending, mean } from '../math/order.ts';
import { gainOver, type RightBits, rightBits, union } from './bits.ts';
import { nearCopies } from './near-copies.ts';

/** Models that stay, and those that go by why they do; columns of the table, each list in the table's order. */
export interface Pruned {
  readonly kept: Int32Array;
  /** Another is at least as good in every group and no dearer. */
  readonly dominated: Int32Array;
  /** The outcomes of one that stays are as alike as two runs of one model's. */
  readonly copies: Int32Array;
  /** Beyond the size asked for: they add least to what the pool together has right. */
  readonly spare: Int32Array;
}

export interface PruneArgs {
  /** Training rows alone. */
  readonly table: Dataset;
  /** Cluster of each row. */
  readonly clusters: Int32Array;
  readonly size: number;
}

/** With fewer groups than this a mean or two would decide alone who is dominated. */
const fewestGroups = 3;

/**
 * Leaves out of a large pool what adds nothing to it: dominated models, near-copies, and, where more than `size` are
 * left, all but those that add most to the oracle, one after the other (greedily; a submodular cover, Nemhauser,
 * Wolsey and Fisher 1978). Once all that can be solved is covered, it is covered a second time, and so on: an oracle
 * of many models is saturated by chance. The weak and the strong model, and the best single one, stay.
 */
export function prune({ table, clusters, size }: PruneArgs): Pruned {
  const means = primaryMeans(table);
  const costs = meanCosts(table);
  const named = table.models.flatMap(({ id }, m) => (id === table.weak || id === table.strong ? [m] : []));
  const fixed = new Set([Math.max(argmax(means), 0), ...named]);
  const all = Int32Array.from(means.keys());
  const dominated = dominatedModels(table, { costs, fixed });
  const left = all.filter((m) => !dominated.has(m));
  const copies = copiesAmong(left, { table, clusters, means, costs, fixed });
  const able = left.filter((m) => !copies.has(m));
  const kept = able.length <= size ? new Set(able) : covering(able, { table, means, fixed, size });
  return {
    kept: all.filter((m) => kept.has(m)),
    dominated: all.filter((m) => dominated.has(m)),
    copies: all.filter((m) => copies.has(m)),
    spare: able.filter((m) => !kept.has(m)),
  };
}

interface Known {
  readonly means: Float64Array;
  readonly costs: Float64Array;
  /** Never left out. */
  readonly fixed: ReadonlySet<number>;
}

/** Of equals the first stays; a model of unknown cost is neither dearer nor cheaper than one of unknown cost alone. */
function dominatedModels(table: Dataset, { costs, fixed }: Omit<Known, 'means'>): Set<number> {
  const groups = groupMeans(table);
  const out = new Set<number>();
  if (groups.names.length < fewestGroups) return out;
  const { cols, data } = groups.means;
  const covers = (a: number, b: number): boolean => {
    if (!(costs[a]! <= costs[b]! || (Number.isNaN(costs[a]!) && Number.isNaN(costs[b]!)))) return false;
    for (let g = 0; g < groups.names.length; g++) {
      const [x, y] = [data[g * cols + a]!, data[g * cols + b]!];
      if (!(x >= y || Number.isNaN(y))) return false;
    }
    return true;
  };
  // Who covers another has no lower mean over groups, and comes before it; of equals the better or cheaper one does.
  const flat = Float64Array.from({ length: cols }, (_, m) =>
    mean(groups.names.map((_, g) => data[g * cols + m]!)),
  );
  const order = [...flat.keys()].sort(
    (a, b) => (flat[b]! || 0) - (flat[a]! || 0) || (costs[a]! || 0) - (costs[b]! || 0) || a - b,
  );
  const standing: number[] = [];
  for (const b of order) {
    if (!fixed.has(b) && standing.some((a) => covers(a, b))) out.add(b);
    else standing.push(b);
  }
  return out;
}

/** Of models that are copies of each other the cheapest stays, of equally dear ones the best. */
function copiesAmong(
  models: Int32Array,
  { table, clusters, means, costs, fixed }: Known & Pick<PruneArgs, 'table' | 'clusters'>,
): Set<number> {
  const complete = completeRows(table, models);
  const some = cells(table, { rows: complete, models });
  const outcomes = { quality: some, k: { ...some, data: new Uint8Array(some.data.length).fill(1) } };
  const { pairs } = nearCopies({
    outcomes,
    clusters: Int32Array.from(complete, (i) => clusters[i]!),
    table: {
      models: Array.from(models, (m) => table.models[m]!),
      examples: Array.from(complete, (i) => table.examples[i]!),
    },
  });
  const twins = new Map<number, number[]>();
  for (const { models: both } of pairs)
    for (const [own, other] of [both, [both[1], both[0]] as const])
      twins.set(models[own]!, [...(twins.get(models[own]!) ?? []), models[other]!]);
  const rank = (m: number): number => (fixed.has(m) ? -1 : costs[m]! || 0);
  const order = [...twins.keys()].sort((a, b) => rank(a) - rank(b) || means[b]! - means[a]! || a - b);
  const stays = new Set<number>();
  const out = new Set<number>();
  for (const m of order) {
    if (!fixed.has(m) && twins.get(m)!.some((other) => stays.has(other))) out.add(m);
    else stays.add(m);
  }
  return out;
}

/** Models that together have most right, the best single one first. */
function covering(
  models: Int32Array,
  { table, means, fixed, size }: Pick<Known, 'means' | 'fixed'> & Pick<PruneArgs, 'table' | 'size'>,
): Set<number> {
  const rows = Int32Array.from(table.examples.keys());
  const bits: RightBits = rightBits(cells(table, { rows, models }));
  const kept = new Set<number>(fixed);
  // The best of equals is found first.
  const order = descending(Float64Array.from(models, (m) => means[m]!));
  let covered = new Uint32Array(bits.words);
  for (const [place, m] of models.entries()) if (kept.has(m)) union(covered, bits, place);
  while (kept.size < size) {
    let [best, most] = [-1, 0];
    for (const place of order) {
      if (kept.has(models[place]!)) continue;
      const gain = gainOver(covered, bits, place);
      if (gain > most) [best, most] = [place, gain];
    }
    if (best === -1) {
      const next = order.find((place) => !kept.has(models[place]!));
      if (next === undefined) break;
      covered = new Uint32Array(bits.words);
      best = next;
    }
    kept.add(models[best]!);
    union(covered, bits, best);
  }
  return kept;
}

/** NaN where none is recorded. */
function meanCosts({ cost, models }: Dataset): Float64Array {
  const sums = new Float64Array(models.length);
  const counts = new Float64Array(models.length);
  cost?.data.forEach((value, cell) => {
    if (Number.isNaN(value)) return;
    sums[cell % models.length]! += value;
    counts[cell % models.length]!++;
  });
  return sums.map((sum, m) => sum / counts[m]!);
}

function completeRows({ quality: { cols, data, rows } }: Dataset, models: Int32Array): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => i).filter((i) =>
    models.every((m) => !Number.isNaN(data[i * cols + m]!)),
  );
}

function cells(
  { quality: { cols, data } }: Dataset,
  { rows, models }: { readonly rows: Int32Array; readonly models: Int32Array },
): Dataset['quality'] {
  const length = rows.length * models.length;
  const to = data instanceof Uint8Array ? new Uint8Array(length) : new Float64Array(length);
  let cell = 0;
  for (const i of rows) for (const m of models) to[cell++] = data[i * cols + m]!;
  return { rows: rows.length, cols: models.length, data: to };
}
