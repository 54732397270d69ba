import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { assignFolds } from '../core/folds.ts';
import { takeModels, takeRows } from '../core/table.ts';
import { type Pruned, prune } from '../feasibility/prune.ts';
import { firstOf } from './first-of.ts';
import { clusterNumbers, hasSplit } from './protocol.ts';

/** Of a table without a split the rows of one fold in so many are kept from the pruning, and become its test rows. */
const folds = 5;

/**
 * The table with a pool of at most `size` models, chosen on its training rows alone, and a note of what was left out.
 * Where rows are to be compared (`test`) and the table has no split of its own, it gets one: a pool that was chosen on
 * the rows on which it is then compared would flatter itself.
 */
export function prunePool(
  given: Dataset,
  { size, test }: { readonly size: number; readonly test: boolean },
  context: Context,
): Dataset {
  const table = test && !hasSplit(given) ? withSplit(given, context.seed) : given;
  context.progress('pruning', 0, 1);
  const rows = Int32Array.from(table.examples.keys()).filter((i) => table.examples[i]!.split !== 'test');
  const training = hasSplit(table) ? takeRows(table, rows) : table;
  const all = Int32Array.from(training.examples.keys());
  const pruned = prune({ table: training, clusters: clusterNumbers(training, all), size });
  context.progress('pruning', 1, 1);
  const split =
    table === given ? '' : ' The table has no split: a fifth of its rows, by text, are now its test rows.';
  const note = `${words(pruned, { table, rows: training.examples.length })}${split}`;
  return { ...takeModels(table, pruned.kept), notes: [...table.notes, note] };
}

function withSplit(table: Dataset, seed: number): Dataset {
  const fold = assignFolds(table.examples, folds, `${seed}/prune`);
  return {
    ...table,
    examples: table.examples.map((example, i) => ({ ...example, split: fold[i] === 0 ? 'test' : 'train' })),
  };
}

function words(
  { kept, dominated, copies, spare }: Pruned,
  { table, rows }: { readonly table: Dataset; readonly rows: number },
): string {
  const { models } = table;
  const left = kept.length === models.length;
  if (left) return `Pruning on ${rows} training rows left all ${models.length} models in the pool.`;
  const why = [
    [dominated, 'dominated (another is at least as good in every group and no dearer)'],
    [copies, 'near-copies of one that stays'],
    [spare, 'beyond the size asked for, which add least to the oracle'],
  ] as const;
  const told = why
    .filter(([some]) => some.length > 0)
    .map(
      ([some, reason]) =>
        `${some.length} ${reason}: ${firstOf(
          Array.from(some, (m) => models[m]!.id),
          3,
        )}`,
    );
  return `Pruned on ${rows} training rows from ${models.length} to ${kept.length} models. Left out: ${told.join('; ')}.`;
}
