import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Flag, ResultSet, System } from '../../core/results.ts';
import type {
  ControlsResult,
  LabelsNeeded,
  ShiftResult,
  VerdictResult,
} from '../../core/results-evidence.ts';
import { type VerdictParameters, verdictParameters } from '../../feasibility/parameters.ts';
import type { Evaluated } from '../evaluate.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
import type { Line } from '../line.ts';
import { collect } from '../turn.ts';
import { controlsOf } from './controls.ts';
import { costTies } from './cost-ties.ts';
import { type Findings, findingsOf, type JudgeArgs, judge, type Readings, readingsOf } from './judge.ts';
import { judgedLabels, type OtherLabels } from './judged-labels.ts';
import { labelsNeeded } from './labels.ts';
import { ledgerOf } from './ledger.ts';
import { liveShift } from './live.ts';
import { paraphrases } from './paraphrases.ts';
import { poolOf } from './pool.ts';
import { timeSplit } from './robustness.ts';
import { qualityUnder } from './values.ts';

export interface EvidenceArgs {
  readonly evaluated: Evaluated;
  readonly more?: readonly Line[];
  readonly parameters?: VerdictParameters;
  readonly costRouter?: string;
  /** A log of live traffic to compare with. */
  readonly live?: Dataset;
  /** A second judge's scores, and labels by hand. */
  readonly other?: OtherLabels;
  /** Texts and answers are left out of the ledger. */
  readonly redact?: boolean;
  /** Only what needs no further fit: no learning curves, no controls, nothing on shift. */
  readonly brief?: boolean;
}

const permutations = 200;
const permutedRows = 4000;
const stages = 5;

type Evidence = Partial<
  Pick<
    ResultSet,
    | 'verdict'
    | 'ceilings'
    | 'costTies'
    | 'ladder'
    | 'controls'
    | 'complementarity'
    | 'noise'
    | 'labelQuality'
    | 'deferral'
    | 'labelsNeeded'
    | 'shift'
    | 'ledger'
    | 'flags'
  >
>;

/** The verdict of a comparison and all that it rests on (FEASIBILITY; OUTPUT, Verdict). */
export async function evidenceOf(args: EvidenceArgs, context: Context): Promise<Evidence> {
  const { evaluated } = args;
  const { plan, design, fitted, encoder } = evaluated;
  const progress = (done: number): void => {
    context.progress('evidence', done, stages);
    collect();
  };
  progress(0);
  const full = args.brief !== true;
  const judged = judgeArgs(args, full);
  const readings = readingsOf(judged, context);
  progress(1);
  const needs = full ? await labels(judged, readings, context) : undefined;
  progress(2);
  const controls = full ? await controlled(judged, readings, context) : undefined;
  progress(3);
  const findings = await findingsOf(judged, readings, context);
  progress(4);
  const pool = poolOf({ plan, design, best: findings.best });
  const shift = full ? await shiftOf(judged, findings, context) : undefined;
  const live =
    args.live &&
    (await liveShift(
      { plan, design, live: args.live, encoder, picked: findings.ladder.picked, best: findings.best },
      context,
    ));
  const labelled = judgedLabels(args.other ?? {}, { plan, design });
  progress(stages);
  const { ladder, deferral, bestSingle } = findings;
  const { picked } = ladder;
  const ties = costTies(bestSingle, { plan, design });
  return {
    verdict: judge(judged, findings, { labels: needs?.more ?? null, repeats: null }),
    ladder: [...ladder.rungs, ...pool.rungs],
    ceilings: pool.ceilings(fitted.find(({ choice }) => choice.name === 'task-table')),
    ...(ties && { costTies: ties }),
    complementarity: pool.complementarity,
    noise: pool.noise,
    labelQuality: { ...pool.labelQuality, ...labelled.shown },
    ...(deferral && { deferral: deferral.shown }),
    ...(needs && { labelsNeeded: needs }),
    ...(controls && { controls }),
    ...(shift && { shift: { ...shift, live: live?.live ?? null } }),
    ...(picked && {
      ledger: ledgerOf({
        plan,
        design,
        system: picked.usual.choice.name,
        chosen: picked.share,
        incumbent: shares(bestSingle.forecasts.quality),
        incumbentName: 'best-single',
        redact: args.redact === true,
        seed: context.seed,
      }),
    }),
    flags: [
      ...(evaluated.set.flags ?? []),
      ...pool.flags,
      ...labelled.flags,
      ...(live?.flags ?? []),
      ...collapsed(evaluated.set.systems),
    ],
  };
}

/** The further fits that `evidenceOf` asks for and another process may make: their results go to what is kept. */
export async function fitsOf(
  args: Omit<EvidenceArgs, 'evaluated'> & { readonly evaluated: JudgeArgs['evaluated'] },
  context: Context,
): Promise<void> {
  if (args.brief === true) return;
  const judged = judgeArgs(args, true);
  const readings = readingsOf(judged, context);
  // In another order than there: by the time that one comes to these, they are done.
  await findingsOf(judged, readings, context);
  await labels(judged, readings, context);
  await controlled(judged, readings, context);
}

async function controlled(
  { evaluated: { plan, design, fitted, encoder } }: JudgeArgs,
  { best }: Readings,
  context: Context,
): Promise<ControlsResult | undefined> {
  const linear = fitted.find(({ choice }) => choice.name === 'ridge')?.choice;
  if (linear === undefined) return undefined;
  return controlsOf(
    { plan, design, choice: linear, encoder, best, permutations, mostRows: permutedRows },
    context,
  );
}

/** The verdict alone, for an artifact and for trials of the rule: nothing is computed that it does not rest on. */
export async function verdictOf(
  args: Omit<EvidenceArgs, 'redact' | 'brief' | 'evaluated'> & { readonly evaluated: JudgeArgs['evaluated'] },
  context: Context,
): Promise<VerdictResult> {
  const judged = judgeArgs(args, false);
  const findings = await findingsOf(judged, readingsOf(judged, context), context);
  return judge(judged, findings, { labels: null, repeats: null });
}

function judgeArgs(
  {
    evaluated,
    parameters = verdictParameters,
    more = [],
    costRouter = 'residual',
  }: Omit<EvidenceArgs, 'evaluated'> & {
    readonly evaluated: JudgeArgs['evaluated'];
  },
  stress: boolean,
): JudgeArgs {
  return { evaluated, parameters, more, costRouter, stress };
}

/** Rungs whose growth with labels is traced. */
const traced = [
  ['task-table', 'task-table'],
  ['knn', 'knn'],
  ['linear', 'ridge'],
] as const;

async function labels(
  { evaluated, parameters }: JudgeArgs,
  { ladder, best }: Readings,
  context: Context,
): Promise<LabelsNeeded | undefined> {
  const { plan, design, fitted, encoder } = evaluated;
  const named = (name: string): CrossFitted | undefined => fitted.find(({ choice }) => choice.name === name);
  const rungs = traced.flatMap(([rung, name]): { rung: string; choice: RouterChoice }[] => {
    const found = named(name);
    return found ? [{ rung, choice: found.choice }] : [];
  });
  if (rungs.length === 0) return undefined;
  const { picked } = ladder;
  return labelsNeeded(
    {
      plan,
      design,
      encoder,
      fitted,
      rungs,
      best,
      router: picked && qualityUnder(picked.share, plan),
      minimumEffect: parameters.minimumEffect,
      repeats: plan.folds === undefined ? 5 : plan.compared.length > 3000 ? 1 : 2,
    },
    context,
  );
}

async function shiftOf(
  { evaluated }: JudgeArgs,
  { ladder, leftOut, bestSingle }: Findings,
  context: Context,
): Promise<ShiftResult | undefined> {
  const usual = ladder.picked?.usual.choice;
  if (usual === undefined) return undefined;
  const { plan, design, encoder } = evaluated;
  const { share: chosen } = ladder.picked!;
  const groups = leftOut.get(usual.name);
  return {
    leaveOneGroupOut: groups ? { system: usual.name, ...groups } : null,
    timeSplit: await timeSplit(
      { plan, choice: usual, bestSingle: bestSingle.choice, encoder, draws: design.draws },
      context,
    ),
    paraphrases: paraphrases({ chosen, system: usual.name }, { plan, design }),
    live: null,
  };
}

/** Beyond this share of queries on one model a router has collapsed (FEASIBILITY, C6). */
const nearlyAll = 0.95;

function collapsed(systems: readonly System[]): Flag[] {
  const names = systems.flatMap(({ name, kind, choices }) =>
    kind === 'router' && Object.values(choices ?? {}).some((share) => share > nearlyAll) ? [name] : [],
  );
  if (names.length === 0) return [];
  return [
    {
      code: 'collapsed-router',
      models: [],
      groups: [],
      message: `More than 95 % of queries go to one model under ${names.join(', ')}: hardly a choice.`,
    },
  ];
}
