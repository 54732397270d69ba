import type { ReadOptions } from '../../core/format.ts';
import { chosenMetric } from '../table/metric.ts';
import { type LoggedCall, type LogTable, unitScore } from './logs.ts';
import type { SideScore } from './side-scores.ts';

/** A call of a log that keeps no scores of its own, with what it was scored by name. */
export interface ScoredCall {
  readonly call: LoggedCall;
  readonly scores: ReadonlyMap<string, SideScore>;
}

/**
 * Enters the calls, scored by the one metric there is or the one that is named; without any metric they stand there
 * without a score, and a note says so.
 */
export function enterScored(
  calls: readonly ScoredCall[],
  logs: LogTable,
  {
    options,
    file,
    advice,
  }: { readonly options: ReadOptions; readonly file: string; readonly advice: string },
): void {
  const run = logs.run();
  const names = [...new Set(calls.flatMap(({ scores }) => [...scores.keys()]))];
  const asked = names.length > 0 || options.metrics !== undefined;
  const metric = asked ? chosenMetric(names, options, { what: 'the log', place: { file } }) : undefined;
  if (metric === undefined) logs.table.note(`No call has a score: ${advice}`);
  for (const { call, scores } of calls) {
    const score = metric === undefined || call.cell.status === 'error' ? undefined : scores.get(metric);
    const value = score && unitScore(score.value, `\`${metric}\``, score.place);
    run({
      ...call,
      cell: { ...call.cell, score: value, kind: value === 0 || value === 1 ? 'binary' : 'graded' },
    });
  }
}
