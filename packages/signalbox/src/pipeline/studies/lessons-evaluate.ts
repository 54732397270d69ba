import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Encoder } from '../../core/encoder.ts';
import { takeRows } from '../../core/table.ts';
import { baselineNames, findEncoder, findPolicy, findRouter } from '../config.ts';
import type { RouterChoice } from '../cross-fit.ts';
import { type Evaluated, evaluate } from '../evaluate.ts';
import type { Judged } from '../judged.ts';
import { hasSplit } from '../protocol.ts';
import { linesBeside } from './lessons-lines.ts';
import { whyOf } from './lessons-why.ts';
import type { StudyArgs } from './study.ts';

/** The paper's classifiers: one for all LLMs (MLC) by head and class weights, one per LLM (SC), and clusters. */
const full = [
  'multi-label',
  'multi-label:balanced',
  'multi-label:mlp',
  'multi-label:mlp,balanced',
  'separate',
  'cluster-sets',
];
const few = ['multi-label', 'separate', 'cluster-sets'];
/** Rows of a first look, where folds are made of them. */
const quickRows = 1500;
const quickFolds = 3;
const policies = ['argmax', 'random-capable', 'prediction', 'sorted-prediction'];

/** Compares the paper's routers under its policies with every bound and baseline, and says why it came out so. */
export async function evaluateLessons(
  { table: given, encoder, quick }: StudyArgs,
  context: Context,
): Promise<Evaluated & { readonly judged: readonly Judged[] }> {
  const started = performance.now();
  const table = quick ? thinned(given) : given;
  const judged = await Promise.all(policies.map((name) => judgedBy(name)));
  const choices = await Promise.all(
    [...baselineNames, ...(quick ? few : full)].map((name) => findRouter(name)),
  );
  const utility = (await findPolicy('utility')).policy;
  const evaluated = await evaluate(
    {
      table,
      choices,
      encoder,
      others: await clusterSetsOnWords(encoder),
      judged,
      curvePolicy: utility,
      draws: quick ? 500 : 2000,
      ...(quick && { plan: { folds: quickFolds } }),
      beside: ({ plan, fitted }) => ({
        more: linesBeside(plan, fitted),
        study: { raw: table.rawScore !== undefined },
      }),
    },
    context,
  );
  const why = await whyOf({ ...evaluated, quick }, context);
  const notes = [...(evaluated.set.notes ?? []), ...latencyNote(evaluated)];
  const seconds = (performance.now() - started) / 1000;
  return { ...evaluated, set: { ...evaluated.set, why, notes, seconds }, judged };
}

/** Every n-th row of a large table without a split, so that each group keeps its share. */
function thinned(table: Dataset): Dataset {
  const rows = Int32Array.from(table.examples.keys());
  const step = Math.ceil(rows.length / quickRows);
  if (step === 1 || hasSplit(table)) return table;
  const kept = rows.filter((i) => i % step === 0);
  const note = `A first look (--quick): ${kept.length} of ${rows.length} rows, every ${step}th.`;
  return { ...takeRows(table, kept), notes: [...table.notes, note] };
}

async function judgedBy(name: string): Promise<Judged> {
  return findPolicy(name);
}

/** The paper clusters by TF-IDF; beside it stands the encoder that everything else uses. */
async function clusterSetsOnWords(
  encoder: Encoder,
): Promise<{ encoder: Encoder; choices: RouterChoice[] }[]> {
  if (encoder.name === 'tfidf') return [];
  const { encoder: tfidf } = await findEncoder('tfidf');
  const choice = await findRouter('cluster-sets');
  return [{ encoder: tfidf, choices: [{ ...choice, name: 'cluster-sets:tfidf' }] }];
}

function latencyNote({ plan }: Evaluated): string[] {
  return plan.table.latencyMs
    ? []
    : ['This table records no latency, so no column shows it; a table that does has one (--table FILE).'];
}
