import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { assignFolds } from '../../core/folds.ts';
import { admittingRouterNames, baselineNames, findPolicy, findRouter, listedRouters } from '../config.ts';
import { designOf } from '../design.ts';
import { type Evaluated, evaluate } from '../evaluate.ts';
import type { RouterChoice } from '../fitted.ts';
import type { Judged } from '../judged.ts';
import { hasSplit } from '../protocol.ts';
import { leaveModelsOut, retrainedValue } from './newcomer-forecasts.ts';
import { measureNewcomers } from './newcomer-measure.ts';
import { newcomerSentences } from './newcomer-words.ts';
import { type StudyArgs, thinned } from './study.ts';

const full = { budgets: [25, 50, 100, 200, 400], draws: 500, models: Number.POSITIVE_INFINITY };
const quickly = { budgets: [50, 200], draws: 200, models: 3 };

/**
 * The usual comparison of the routers that admit, trained on everything; beside it, for each model left out, what
 * they make of it from some of its answers.
 */
export async function evaluateNewcomers(
  { table: given, encoder, quick, routers }: StudyArgs,
  context: Context,
): Promise<Evaluated & { readonly judged: readonly Judged[] }> {
  const started = performance.now();
  const settings = quick ? quickly : full;
  const { table, notes } = withTestPart(quick ? thinned(given) : given, context.seed);
  const choices = await admitting(routers);
  const baselines = await Promise.all(baselineNames.map((name) => findRouter(name)));
  const judged = [await findPolicy('argmax')];
  const utility = (await findPolicy('utility')).policy;
  const evaluated = await evaluate(
    {
      table,
      choices: [...baselines, ...choices.filter(({ router }) => !router.baseline)],
      encoder,
      judged,
      curvePolicy: utility,
      draws: settings.draws,
      tune: false,
    },
    context,
  );
  const { plan, fitted } = evaluated;
  // A router that the table has too little for was not compared, and is not asked here.
  const able = choices.filter(({ name }) => fitted.some(({ choice }) => choice.name === name));
  const every = Array.from(plan.table.models.keys());
  const step = Math.max(1, Math.floor(every.length / settings.models));
  const models = every.filter((m) => m % step === 0).slice(0, settings.models);
  const all = await leaveModelsOut(
    { plan, choices: able, encoder: evaluated.encoder, models, budgets: settings.budgets },
    context,
  );
  context.progress('newcomers: intervals', 0, 1);
  const measured = measureNewcomers({
    plan,
    design: designOf(plan, { draws: settings.draws, seed: context.seed }),
    all,
    retrained: new Map(
      able.map(({ name }) => [
        name,
        retrainedValue(fitted.find(({ choice }) => choice.name === name)!, plan),
      ]),
    ),
  });
  context.progress('newcomers: intervals', 1, 1);
  const { set } = evaluated;
  return {
    ...evaluated,
    judged,
    set: {
      ...set,
      newcomer: measured,
      notes: [...newcomerSentences(measured), ...notes, ...(set.notes ?? [])],
      seconds: (performance.now() - started) / 1000,
    },
  };
}

/** Of a table without parts one row in so many is held out. */
const heldOut = 3;

/**
 * With a test part: by folds each router would be fitted anew for every fold and every model left out, and the spread
 * between models, which the intervals count, is the greater part of what is not known.
 */
function withTestPart(table: Dataset, seed: number): { table: Dataset; notes: string[] } {
  if (hasSplit(table)) return { table, notes: [] };
  const folds = assignFolds(table.examples, heldOut, `${seed}/newcomer`);
  const examples = table.examples.map((example, i) => ({
    ...example,
    split: folds[i] === 0 ? ('test' as const) : ('train' as const),
  }));
  const notes = [
    `One query in ${heldOut}, drawn within groups, is held out; routers and newcomers learn from the others.`,
  ];
  return { table: { ...table, examples }, notes };
}

/** Baselines and routers that admit; `random`, which says the same of every model, is none to trust. */
async function admitting(list: string | undefined): Promise<RouterChoice[]> {
  const plain = baselineNames.filter((name) => name !== 'random');
  const named = list === undefined ? admittingRouterNames : listedRouters(list);
  const choices = await Promise.all([...plain, ...named].map((name) => findRouter(name)));
  const unable = choices.filter(({ router }) => router.admit === undefined && !router.baseline);
  // Of `all` those that can are meant; who is named by itself must be able.
  if (list !== 'all' && unable.length > 0)
    throw new SignalboxError(
      'usage',
      `${unable.map(({ name }) => name).join(', ')} take no model in without a new training; routers that do: ${admittingRouterNames.join(', ')}.`,
    );
  return choices.filter(({ router }) => router.admit !== undefined);
}
