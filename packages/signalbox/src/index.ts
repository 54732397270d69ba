/**
 * Signalbox as a library. Table of contents: read a table, compare routers on it, train one, open it.
 */

// Contracts
export type { Context } from './core/context.ts';
export type { Dataset, Recorded, Status } from './core/dataset.ts';
export type { Candidate, Chooser, Decision } from './core/decision.ts';
export type { Encoder } from './core/encoder.ts';
// Errors
export { type ErrorCode, SignalboxError } from './core/errors.ts';
export type { Format } from './core/format.ts';
export type { Model, ModelId, Price } from './core/model.ts';
export type { Plain } from './core/plain.ts';
export type { Forecasts, Policy } from './core/policy.ts';
export type { Example, Message, Query } from './core/query.ts';
// Results
export {
  type Estimate,
  type ResultSet,
  type Results,
  results as resultsSchema,
  type System,
} from './core/results.ts';
export type { Encoded, Prediction, Router, Training } from './core/router.ts';
export type { Matrix } from './math/matrix.ts';
export { type Admission, admit } from './pipeline/admit.ts';
export { loadArtifact, saveArtifact } from './pipeline/artifact.ts';
// Tables
// Parts by name
export {
  baselineNames,
  findEncoder,
  findPolicy,
  findRouter,
  makeWorld,
  openTable,
  routerNames,
  worlds,
  writeTable,
} from './pipeline/config.ts';
// Trips
export { makeContext } from './pipeline/context.ts';
export { evaluate } from './pipeline/evaluate.ts';
export { evaluateArtifact } from './pipeline/evaluate-artifact.ts';
export { openParts, openRouter } from './pipeline/open-router.ts';
export { results } from './pipeline/report.ts';
export { retire } from './pipeline/retire.ts';
export { train } from './pipeline/train.ts';
export { version } from './version.ts';
