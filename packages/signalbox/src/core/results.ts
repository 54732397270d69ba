import { z } from 'zod';
import { ablations } from './results-ablations.ts';
import { bandits } from './results-bandits.ts';
import { evidence } from './results-evidence.ts';
import { foldings } from './results-foldings.ts';
import { count, estimate, number, text, versus } from './results-parts.ts';
import { routerEval } from './results-routereval.ts';
import { sweeps } from './results-sweeps.ts';

/**
 * What `report`, `evaluate` and `reproduce` print under `--json`. Fractions, never percent. Extend freely;
 * rename or remove nothing without a dated decision. `docs/results.schema.json` is made from this file.
 */

export type { Estimate, Versus } from './results-parts.ts';

/** One operating point of a policy; `parameter` null where the point is not the policy's own (a corner of a hull). */
export const curvePoint = z.strictObject({ cost: number, quality: number, parameter: number.nullable() });
export type CurvePoint = z.infer<typeof curvePoint>;

const shareOfBest = z.strictObject({
  '95': estimate.nullable(),
  '98': estimate.nullable(),
  '99': estimate.nullable(),
});

export const system = z.strictObject({
  name: text,
  kind: z.enum(['single', 'baseline', 'router', 'bound', 'oracle']),
  encoder: text.optional(),
  router: text.optional(),
  policy: text.optional(),
  strategy: text.optional(),
  /** Size-weighted mean over rows. Null for a hull, where no one policy is meant. */
  quality: estimate.nullable(),
  /** Unweighted mean of the groups' means. */
  macro: estimate.nullable(),
  groups: z.record(text, estimate).nullable(),
  cost: estimate.nullable(),
  /** Milliseconds a request, mean over all requests, where the table records them. */
  latency: estimate.optional(),
  /** Share of rows that each model answers. */
  choices: z.record(text, number).nullable(),
  versus: z.strictObject({ bestSingle: versus.nullable(), taskTable: versus.nullable() }),
  aiq: estimate.optional(),
  aiqLift: estimate.optional(),
  apgr: estimate.optional(),
  cpt50: estimate.optional(),
  cpt80: estimate.optional(),
  /** Read on the out-of-fold hull: optimistic. */
  costAt: shareOfBest.optional(),
  /** At the operating point fixed on training rows. */
  costAtFixed: shareOfBest.optional(),
  /** Beside it, the share of best single's quality that was kept on the test rows. */
  qualityAtFixed: shareOfBest.optional(),
  curve: z.array(curvePoint).optional(),
  calibration: z.record(text, z.strictObject({ brier: number, ece: number })).optional(),
  choiceEntropy: number.optional(),
  /** Of each model's predicted ability to answer, against its majority labels. */
  classifier: z.record(text, z.strictObject({ weightedF1: number, auc: number.nullable() })).optional(),
  /** By the released scoring of the paper, defects and all; beside `quality`, not instead of it. */
  asReleased: estimate.optional(),
  /** Mean of the score before labels were made of it, where `quality` is of labels. */
  raw: estimate.optional(),
  fitSeconds: number,
  predictSecondsPer1000: number,
});
export type System = z.infer<typeof system>;

/** A published figure that stands beside ours. */
export const reference = z.strictObject({
  system: text,
  measure: z.enum(['quality', 'macro', 'apgr', 'aiq', 'cpt50', 'cpt80']),
  group: text.optional(),
  value: number,
  source: text,
});
export type Reference = z.infer<typeof reference>;

export const flag = z.strictObject({
  code: text,
  models: z.array(text),
  groups: z.array(text),
  message: text,
});
export type Flag = z.infer<typeof flag>;

export const protocol = z.strictObject({
  kind: z.enum(['split', 'cv']),
  folds: count.optional(),
  trainRows: count,
  testRows: count,
  calibrationRows: count,
  /** Test rows whose text is also in training. */
  leaks: count,
  /** Rows beyond the first of their text. */
  duplicates: count,
});
export type Protocol = z.infer<typeof protocol>;

/**
 * A model left out of a router's pool and admitted after so many answers. Estimates are means over the models that
 * were left out, in turn; `n` is the rows that they were tried on.
 */
export const newcomer = z.strictObject({
  router: text,
  answers: count,
  /** How many models were left out in turn. */
  models: count,
  /** Of the newcomer's predicted quality. */
  brier: estimate,
  /** Whether that is the least of all routers after so many answers, or cannot be told from it. */
  trusted: z.boolean(),
  /** Null where some newcomer is always or never right. */
  auc: estimate.nullable(),
  /** Of the choices of the pool with it, without it, and trained anew on everything; by the set's primary average. */
  value: estimate,
  without: estimate,
  retrained: estimate,
  /** `value` less `without`, paired. */
  gain: estimate,
  /** `retrained` less `value`, paired. */
  short: estimate,
});
export type NewcomerResult = z.infer<typeof newcomer>;

export const resultSet = z.strictObject({
  dataset: text,
  rows: count,
  rowsDropped: z.record(text, count),
  models: z.array(text),
  groups: z.array(text),
  protocol,
  primary: z.enum(['quality', 'macro']),
  costUnit: z.enum(['usd', 'strong share']).nullable(),
  systems: z.array(system),
  flags: z.array(flag).optional(),
  references: z.array(reference).optional(),
  /** What the reader of the table saw, in sentences. */
  notes: z.array(text).optional(),
  /** SHA-256 of each file read. */
  digests: z.record(text, text).optional(),
  /** Rows of each group, and of each group and model how many are observed in training. */
  groupRows: z.record(text, count).optional(),
  /** The encoder that routers used, in words, with what it fell back to. */
  encoder: text.optional(),
  seconds: number.optional(),
  newcomer: z.array(newcomer).optional(),
  bandits: bandits.optional(),
  sweeps: sweeps.optional(),
  ablations: ablations.optional(),
  foldings: foldings.optional(),
  routerEval: routerEval.optional(),
  ...evidence,
});
export type ResultSet = z.infer<typeof resultSet>;

export const results = z.strictObject({
  schema: z.literal('signalbox/results@1'),
  command: text,
  version: text,
  seed: z.int(),
  startedAt: text,
  sets: z.array(resultSet),
});
export type Results = z.infer<typeof results>;
