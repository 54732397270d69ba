import type { Dataset } from '../core/dataset.ts';
import { type GroupMeans, groupMeans, primaryMeans } from '../core/table.ts';
import { argmax, descending, mean } from '../math/order.ts';
import { type RightBits, rightBits } from './bits.ts';
import { greedyCover } from './cover.ts';
import { nearCopies } from './near-copies.ts';

/** Models that stay, and those that go by why they do; columns of the table, each list in the table's order. */
export interface Pruned {
  readonly kept: Int32Array;
  /** Of the kept, dominated ones that fill the pool up: each the best that was left in a group. */
  readonly runnersUp: Int32Array;
  /** Of the kept, dominated ones that fill the pool up: each added most to what the pool together had right. */
  readonly fillers: Int32Array;
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
 * Leaves out of a large pool what adds nothing to it: dominated models and near-copies. Where more than `size` are left,
 * those stay that add most to the oracle, one after the other (`greedyCover`). Where fewer are, dominated models fill the
 * pool up: in turn the one that adds most to the oracle and the best one left of a group, as who leads a group in the
 * training rows does so by luck in part; none that is a near-copy of one kept. The weak and the strong model, and the
 * best single one, stay.
 */
export function prune({ table, clusters, size }: PruneArgs): Pruned {
  const means = primaryMeans(table);
  const costs = meanCosts(table);
  const named = table.models.flatMap(({ id }, m) => (id === table.weak || id === table.strong ? [m] : []));
  const fixed = new Set([Math.max(argmax(means), 0), ...named]);
  const all = Int32Array.from(means.keys());
  const dominated = dominatedModels(table, { costs, fixed });
  const left = all.filter((m) => !dominated.has(m));
  const known = { table, clusters, means, costs };
  const copies = copiesAmong(left, { ...known, fixed });
  const able = left.filter((m) => !copies.has(m));
  const kept = able.length <= size ? new Set(able) : covering(able, { table, means, fixed, size });
  const filled = filling(dominated, { ...known, fixed: kept, size });
  for (const m of filled.copies) copies.add(m);
  const by = (why: Why): Int32Array => all.filter((m) => filled.why.get(m) === why);
  return {
    kept: all.filter((m) => kept.has(m) || filled.why.has(m)),
    runnersUp: by('group'),
    fillers: by('oracle'),
    dominated: all.filter((m) => dominated.has(m) && !filled.why.has(m) && !copies.has(m)),
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
function copiesAmong(models: Int32Array, work: Known & Pick<PruneArgs, 'table' | 'clusters'>): Set<number> {
  const twins = twinsAmong(models, work);
  const { fixed } = work;
  const stays = new Set<number>();
  const out = new Set<number>();
  for (const m of [...twins.keys()].sort(cheapestFirst(work))) {
    if (!fixed.has(m) && twins.get(m)!.some((other) => stays.has(other))) out.add(m);
    else stays.add(m);
  }
  return out;
}

function cheapestFirst({ means, costs, fixed }: Known): (a: number, b: number) => number {
  const rank = (m: number): number => (fixed.has(m) ? -1 : costs[m]! || 0);
  return (a, b) => rank(a) - rank(b) || means[b]! - means[a]! || a - b;
}

/** The near-copies of each model that has some, among these. */
function twinsAmong(
  models: Int32Array,
  { table, clusters }: Pick<PruneArgs, 'table' | 'clusters'>,
): Map<number, number[]> {
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
  return twins;
}

/** Models that together have most right, the best single one first. */
function covering(
  models: Int32Array,
  { table, means, fixed, size }: Pick<Known, 'means' | 'fixed'> & Pick<PruneArgs, 'table' | 'size'>,
): Set<number> {
  const cover = greedyCover(rightBits(table.quality));
  const kept = new Set<number>(fixed);
  for (const m of kept) cover.take(m);
  const rest = new Set(byMean(models, means).filter((m) => !kept.has(m)));
  while (kept.size < size) {
    const best = cover.best(rest);
    if (best === undefined) break;
    rest.delete(best);
    kept.add(best);
    cover.take(best);
  }
  return kept;
}

type Why = 'group' | 'oracle';

/** Which of the dominated models fill the pool up to its size, and why; and which were found to be near-copies. */
function filling(
  dominated: ReadonlySet<number>,
  work: Known & PruneArgs,
): { readonly why: ReadonlyMap<number, Why>; readonly copies: ReadonlySet<number> } {
  const { table, means, size } = work;
  const why = new Map<number, Why>();
  const copies = new Set<number>();
  const kept = new Set(work.fixed);
  const rest = new Set(byMean(Int32Array.from(dominated), means));
  if (kept.size >= size || rest.size === 0) return { why, copies };
  const bits = rightBits(table.quality);
  const groups = groupMeans(table);
  while (kept.size < size && rest.size > 0) {
    // More than are needed, as some will be copies of others.
    const next = candidates(rest, { kept, bits, groups, most: 2 * (size - kept.size) });
    const twins = twinsAmong(Int32Array.from([...kept, ...next.keys()]).sort(), work);
    for (const [m, reason] of next) {
      if (kept.size === size) break;
      if (!rest.delete(m)) continue;
      const own = twins.get(m) ?? [];
      if (own.some((other) => kept.has(other))) {
        copies.add(m);
        continue;
      }
      const [stays] = [m, ...own.filter((other) => rest.has(other))].sort(cheapestFirst(work));
      if (stays !== m) copies.add(m);
      rest.delete(stays!);
      kept.add(stays!);
      why.set(stays!, reason);
    }
  }
  return { why, copies };
}

/** Models in the order in which they would fill the pool: in turn for the oracle and for a group. */
function candidates(
  models: ReadonlySet<number>,
  work: {
    readonly kept: ReadonlySet<number>;
    readonly bits: RightBits;
    readonly groups: GroupMeans;
    readonly most: number;
  },
): Map<number, Why> {
  const { kept, bits, groups, most } = work;
  const { cols, data } = groups.means;
  const cover = greedyCover(bits);
  for (const m of kept) cover.take(m);
  const rest = new Set(models);
  const chosen = new Map<number, Why>();
  for (let turn = 0; chosen.size < most && rest.size > 0; turn++) {
    const why = turn % 2 === 0 ? 'oracle' : 'group';
    const row = ((turn - 1) / 2) % groups.names.length;
    const best = why === 'oracle' ? cover.best(rest) : bestOf(rest, (m) => data[row * cols + m]!);
    if (best === undefined) continue;
    rest.delete(best);
    chosen.set(best, why);
    cover.take(best);
  }
  return chosen;
}

/** The first of the best; undefined where nothing is known of any. */
function bestOf(models: Iterable<number>, value: (model: number) => number): number | undefined {
  let [best, most]: [number | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const m of models) if (value(m) > most) [best, most] = [m, value(m)];
  return best;
}

/** Best first, so that the best of equals is found first. */
function byMean(models: Int32Array, means: Float64Array): number[] {
  return Array.from(descending(Float64Array.from(models, (m) => means[m]!)), (place) => models[place]!);
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
