import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { baselineNames, findEncoder, findPolicy, findRouter } from '../config.ts';
import { type Evaluated, evaluate } from '../evaluate.ts';
import type { RouterChoice } from '../fitted.ts';
import type { Judged } from '../judged.ts';
import { linesBeside } from './lessons-lines.ts';
import { whyOf } from './lessons-why.ts';
import { type StudyArgs, thinned } from './study.ts';

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
