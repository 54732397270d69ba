import { z } from 'zod';
import { count, estimate, number, text } from './results-parts.ts';
import { votes } from './results-votes.ts';

/** The evidence behind a verdict: what `report`, `train` and the founding study print beside the systems. */

const needs = z.strictObject({ labels: z.tuple([count, count]).nullable(), repeats: count.nullable() });
const certified = z.strictObject({ parameter: number, share: number, bound: number });

export const verdict = z.strictObject({
  quality: z.strictObject({
    answer: z.enum(['yes', 'task-table', 'no', 'insufficient']),
    by: text,
    lift: estimate,
    minimumEffect: number,
    needs,
    why: text,
    whatWouldChange: text,
  }),
  cost: z.strictObject({
    answer: z.enum(['yes', 'cascade', 'no', 'insufficient', 'unknown-cost']),
    by: text.nullable(),
    incumbent: text.nullable(),
    epsilon: number.nullable(),
    delta: number,
    saving: estimate.nullable(),
    certified: certified.nullable(),
    why: text,
    whatWouldChange: text,
  }),
  parameters: z.strictObject({
    minimumEffect: number,
    epsilons: z.array(number),
    delta: number,
    qualityEpsilon: number,
    savingFloor: number,
  }),
});
export type VerdictResult = z.infer<typeof verdict>;

const ceiling = {
  oneSample: estimate,
  splitHalf: estimate.nullable(),
  /** Split-half with ties to the model that is better on the whole: a closer bound from below. */
  splitHalfByAccuracy: estimate.nullable(),
  plugIn: estimate,
  extrapolated: estimate.nullable(),
  taskTable: estimate.nullable(),
  /** The oracle of ability, difficulty and coin flips alone; null where it could not be fitted. */
  raschNull: estimate.nullable(),
  raschNullByGroup: estimate.nullable(),
  band: z.strictObject({ low: number, high: number }).nullable(),
};
export const ceilings = z.strictObject({
  ...ceiling,
  groups: z.record(text, z.strictObject(ceiling)).optional(),
});
export type CeilingsResult = z.infer<typeof ceilings>;

/** What the ties of the best models are worth in cost, in hindsight. */
export const costTies = z.strictObject({
  /** Share of rows on which best single is among the best and a cheaper model does as well. */
  rows: estimate,
  /** Share of best single's cost that the cheapest of the best would save there. */
  saving: estimate,
});
export type CostTiesResult = z.infer<typeof costTies>;

export const rung = z.strictObject({
  rung: text,
  phase: z.enum(['before', 'after', 'ceiling']),
  /** The system that stands for this rung. */
  system: text.optional(),
  value: estimate,
  /** Over best single, simultaneous over the rungs of phase `before`. */
  lift: estimate,
});
export type RungResult = z.infer<typeof rung>;

const control = z.strictObject({ p: number, permutations: count });
export const controls = z.strictObject({
  /** Lift over best single of the same learner with outcomes dealt to other queries, and with features of noise: both should be 0 or less. */
  shuffledLabels: estimate.nullable(),
  randomFeatures: estimate.nullable(),
  permutationGlobal: control.nullable(),
  permutationWithinGroup: control.nullable(),
});
export type ControlsResult = z.infer<typeof controls>;

export const learningPoint = z.strictObject({ rows: count, system: text, value: estimate });

/** Why routing can or cannot pay here (the founding study's diagnostics). */
export const why = z.strictObject({
  allRight: estimate,
  noneRight: estimate,
  exactlyOne: estimate,
  /** Share of rows on which two models are both right or both wrong, in the order of `models`. */
  agreement: z.array(z.array(number)),
  kappa: z.array(z.array(number)).optional(),
  /** Values by the primary average as training rows grow. */
  learningCurve: z.array(learningPoint),
  controls: controls,
  contamination: z.strictObject({
    leaks: count,
    /** Raw score of each model on training and on test rows, where both parts are given. */
    models: z.record(text, z.strictObject({ train: estimate, test: estimate })),
  }),
});
export type Why = z.infer<typeof why>;

export const complementarity = z.strictObject({
  allRight: estimate,
  noneRight: estimate,
  exactlyOne: estimate,
  /** Share of rows that 0, 1, ... M models solve; beside it what the Rasch null gives. */
  solvedBy: z.array(number),
  solvedByNull: z.array(number).nullable(),
  /** Share of rows that this model alone solves. */
  unique: z.record(text, number),
  agreement: z.array(z.array(number)).nullable(),
  kappa: z.array(z.array(number)).nullable(),
  /** How much lower the one-sample oracle is without this model. */
  marginal: z.record(text, number),
  /** The pool grown one by one on some rows, its oracle on others. */
  poolCurve: z.array(z.strictObject({ model: text, oracle: number })),
});
export type ComplementarityResult = z.infer<typeof complementarity>;

export const noise = z.strictObject({
  /** Chance that two runs of one query differ; null where a model has one sample a query. */
  flipRate: z.record(text, number.nullable()),
  /** Share of the variance of single outcomes that is of the queries and not of chance. */
  reliability: z.record(text, number.nullable()),
  /** Samples behind a cell, least and most. */
  repeats: z.tuple([number, number]),
  /** How often each model is the best single one under resampling. */
  bestProbability: z.record(text, number),
  /** Not shown to be worse than the best. */
  coBest: z.array(text),
  /** The cheapest of these; null where costs are unknown. */
  incumbent: text.nullable(),
});
export type NoiseResult = z.infer<typeof noise>;

export const labelQuality = z.strictObject({
  /** Cells of each model by status, where statuses are recorded. */
  statuses: z.record(text, z.record(text, count)).nullable(),
  /** Mean quality with everything but `ok` as wrong, and left out. */
  asWrong: z.record(text, number).nullable(),
  leftOut: z.record(text, number).nullable(),
  /** What guessing alone would give, where answers are one of few options. */
  guessing: z.strictObject({ options: count, single: number, oracle: number }).nullable(),
  /** With a second judge (--judge). */
  agreement: z.strictObject({ kappa: estimate, icc: estimate }).optional(),
  /** Accuracy of each model corrected by labels by hand of some answers (--gold). */
  corrected: z
    .record(
      text,
      z.strictObject({ roganGladen: estimate.nullable(), predictionPowered: estimate.nullable() }),
    )
    .optional(),
});
export type LabelQualityResult = z.infer<typeof labelQuality>;

/** The curve of "leave the incumbent where the predicted loss is at most t" on calibration rows. */
export const deferral = z.strictObject({
  system: text,
  bestSingle: text,
  calibrationRows: count,
  points: z.array(
    z.strictObject({
      parameter: number,
      /** Of rows that leave. */
      share: number,
      /** Quality lost against best single; the band is simultaneous over the curve. */
      loss: estimate,
      /** Cost as a share of best single's. */
      cost: number.nullable(),
    }),
  ),
  certified: z.array(
    z.strictObject({
      epsilon: number,
      incumbent: text,
      /** Null where nothing passed. */
      betting: certified.nullable(),
      hoeffding: certified.nullable(),
      /** Upper bound on the share of routed queries that lose, at the threshold of betting. */
      clopperPearson: number.nullable(),
      /** Against the incumbent of this epsilon. */
      saving: estimate.nullable(),
      /** The greatest loss of any group at the certified threshold. */
      worstGroup: z.strictObject({ group: text, loss: estimate }).nullable(),
      /** Two steps replayed on recorded answers, certified likewise; absent where none are recorded. */
      cascade: z
        .strictObject({ name: text, betting: certified.nullable(), saving: estimate.nullable() })
        .optional(),
    }),
  ),
});
export type DeferralResult = z.infer<typeof deferral>;

export const labelsNeeded = z.strictObject({
  curves: z.array(
    z.strictObject({
      rung: text,
      points: z.array(z.strictObject({ rows: count, value: estimate })),
      /** limit - scale * rows ^ -power; null where it could not be fitted. */
      fit: z.strictObject({ limit: number, scale: number, power: number }).nullable(),
    }),
  ),
  best: number,
  /** Share of rows on which the router and best single differ in outcome. */
  discordance: estimate.nullable(),
  /** Rows at which a lift of the minimum effect would be seen with probability .8. */
  paired: z.tuple([count, count]).nullable(),
  /** Rows at which the fitted curve reaches the minimum effect. */
  curve: z.tuple([count, count]).nullable(),
  /** Rows a group needs before it may override the best model, and groups that have fewer. */
  perGroup: z.strictObject({ minimum: count, short: z.record(text, count) }).nullable(),
  /** The larger of them, less the rows that are there. */
  more: z.tuple([count, count]).nullable(),
});
export type LabelsNeeded = z.infer<typeof labelsNeeded>;

export const shift = z.strictObject({
  /** The lift over best single on groups left out of every fit. */
  leaveOneGroupOut: z
    .strictObject({ system: text, lift: estimate, groups: z.record(text, estimate) })
    .nullable(),
  /** Trained on the earlier rows, tested on the later; null where no times are recorded. */
  timeSplit: z.strictObject({ system: text, lift: estimate }).nullable(),
  /** Of queries in other words of one cluster (template, paraphrase): how often two get different models; null where there are none. */
  paraphrases: z.strictObject({ system: text, flipRate: estimate, clusters: count }).nullable(),
  /** Against a log of live traffic; null where none was given. */
  live: z
    .strictObject({
      rows: count,
      /** Of a classifier that tells the table's queries from the live ones: .5 = alike. */
      auc: estimate.nullable(),
      groupMix: z.strictObject({ chiSquare: number, p: number }).nullable(),
      /** Lift over best single at the live mix of groups. */
      lift: estimate.nullable(),
      effectiveSampleSize: number,
      refused: z.boolean(),
    })
    .nullable(),
});
export type ShiftResult = z.infer<typeof shift>;

export const ledgerEntry = z.strictObject({
  query: text,
  group: text.optional(),
  text: text.optional(),
  chosen: text,
  quality: number,
  incumbentQuality: number,
  /** Of the chosen model and of best single, where recorded. */
  answer: text.optional(),
  incumbentAnswer: text.optional(),
  cost: number.optional(),
  incumbentCost: number.optional(),
});

export const ledger = z.strictObject({
  system: text,
  incumbent: text,
  /** Rows on which the system did better, worse, and alike. */
  wins: count,
  losses: count,
  ties: count,
  won: z.array(ledgerEntry),
  lost: z.array(ledgerEntry),
  /** Quality below the best answer of the row, all rows first (group null), then by group; the best answer is known in hindsight alone. */
  regret: z.array(
    z.strictObject({ group: text.nullable(), system: estimate, incumbent: estimate, saved: estimate }),
  ),
  redacted: z.boolean(),
});
export type Ledger = z.infer<typeof ledger>;

export const money = z.strictObject({
  volume: count,
  /** Dollars a month on best single, and with the policy; null where a price is unknown. */
  now: estimate.nullable(),
  policy: text.nullable(),
  with: estimate.nullable(),
  routerCost: number,
  labellingCost: number,
  breakEvenMonths: number.nullable(),
});
export type MoneyResult = z.infer<typeof money>;

/** What stands beside the systems of a set. */
export const evidence = {
  verdict: verdict.optional(),
  ceilings: ceilings.optional(),
  costTies: costTies.optional(),
  ladder: z.array(rung).optional(),
  controls: controls.optional(),
  why: why.optional(),
  complementarity: complementarity.optional(),
  noise: noise.optional(),
  labelQuality: labelQuality.optional(),
  deferral: deferral.optional(),
  labelsNeeded: labelsNeeded.optional(),
  shift: shift.optional(),
  ledger: ledger.optional(),
  money: money.optional(),
  votes: votes.optional(),
};
