import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import { assignFolds } from '../core/folds.ts';
import type { Estimate } from '../core/results.ts';
import { takeModels, takeRows } from '../core/table.ts';
import { type Pruned, prune } from '../feasibility/prune.ts';
import { findRouter } from './config.ts';
import { firstOf } from './first-of.ts';
import { clusterNumbers, hasSplit } from './protocol.ts';
import { type WholePool, wholePool } from './whole-pool.ts';

/** Routers that are compared on all models before a pool is pruned: their fits are counts and searches. */
const wholeRouters = ['best-single', 'task-table', 'clusters', 'knn'];

/** Of a table without a split the rows of one fold in so many are kept from the pruning, and become its test rows. */
const folds = 5;

/** The table with a pool of `size` models, chosen on its training rows alone, and a note of what was kept and left out, and why. */
export function prunePool(table: Dataset, size: number, context: Context): Dataset {
  context.progress('pruning', 0, 1);
  const rows = Int32Array.from(table.examples.keys()).filter((i) => table.examples[i]!.split !== 'test');
  const training = hasSplit(table) ? takeRows(table, rows) : table;
  const all = Int32Array.from(training.examples.keys());
  const pruned = prune({ table: training, clusters: clusterNumbers(training, all), size });
  context.progress('pruning', 1, 1);
  const note = words(pruned, { table, rows: training.examples.length });
  const cut = pruned.kept.length === table.models.length ? table : takeModels(table, pruned.kept);
  return { ...cut, notes: [...table.notes, note] };
}

/**
 * The table with a pruned pool, for a comparison, and beside the note of what was left out another of what all models
 * reach on the same test rows. Where the table has no split it gets one: a pool that was chosen on the rows on which it
 * is then compared would flatter itself.
 */
export async function pruneAndReach(
  given: Dataset,
  { size, encoder }: { readonly size: number; readonly encoder: Encoder },
  context: Context,
): Promise<Dataset> {
  const table = hasSplit(given) ? given : withSplit(given, context.seed);
  const pruned = prunePool(table, size, context);
  const made = table === given ? [] : [splitNote];
  if (pruned.models.length === table.models.length) return { ...pruned, notes: [...pruned.notes, ...made] };
  try {
    const choices = await Promise.all(wholeRouters.map((name) => findRouter(name)));
    const whole = await wholePool({ table, encoder, choices }, context);
    return { ...pruned, notes: [...pruned.notes, ...made, reachWords(whole)] };
  } catch (error) {
    // A pool with gaps may have no row that all of its models are observed on; its pruned part may.
    if (!(error instanceof SignalboxError) || error.code !== 'table') throw error;
    return { ...pruned, notes: [...pruned.notes, ...made] };
  }
}

function reachWords({ models, rows, routers, oneSample, splitHalf, raschNull }: WholePool): string {
  const percent = ({ value, low, high }: Estimate): string =>
    `${(100 * value).toFixed(2)} % [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`;
  const told = routers.map(({ name, quality }) => `${name} ${percent(quality)}`);
  const half = splitHalf ? `, chosen and scored on different repeats ${percent(splitHalf)}` : '';
  return (
    `All ${models} models before the pruning, on the same ${rows} test rows: ${told.join(', ')}; ` +
    `one sample of each and the best of them ${percent(oneSample)}${half}; ` +
    `models that differ in ability alone would reach ${percent(raschNull)}.`
  );
}

const splitNote =
  'The table has no split: a fifth of its rows, by text, are its test rows, apart from the pruning.';

function withSplit(table: Dataset, seed: number): Dataset {
  const fold = assignFolds(table.examples, folds, `${seed}/prune`);
  return {
    ...table,
    examples: table.examples.map((example, i) => ({ ...example, split: fold[i] === 0 ? 'test' : 'train' })),
  };
}

function words(pruned: Pruned, { table, rows }: { readonly table: Dataset; readonly rows: number }): string {
  const { models } = table;
  const { kept, runnersUp, fillers, dominated, copies, spare } = pruned;
  if (kept.length === models.length)
    return `Pruning on ${rows} training rows left all ${models.length} models in the pool.`;
  const told = (some: Int32Array, reason: string): string[] => {
    const ids = Array.from(some, (m) => models[m]!.id);
    return some.length === 0 ? [] : [`${some.length} ${reason}: ${firstOf(ids, 3)}`];
  };
  const added = new Set([...runnersUp, ...fillers]);
  const first = kept.filter((m) => !added.has(m));
  const why = [
    ...told(
      first,
      spare.length > 0
        ? 'that add most to what they together have right, the best single one among them'
        : 'that none dominates, the best single one among them',
    ),
    ...told(fillers, 'dominated, as adding most to what the pool together has right'),
    ...told(runnersUp, 'dominated, as next best in a group'),
  ];
  const gone = [
    ...told(dominated, 'dominated (another is at least as good in every group and no dearer)'),
    ...told(copies, 'near-copies of one that stays'),
    ...told(spare, 'beyond the size asked for, which add least to the oracle'),
  ];
  return `Pruned on ${rows} training rows from ${models.length} to ${kept.length} models. Kept: ${why.join('; ')}. Left out: ${gone.join('; ')}.`;
}
