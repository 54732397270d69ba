import { expectedOf } from '../core/choice.ts';
import type { Estimate, System } from '../core/results.ts';
import { columnMeans, takeRows } from '../core/table.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import { asReleased, isReleased } from '../metrics/as-released.ts';
import { classifier } from '../metrics/classifier.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import type { CrossFitted } from './fitted.ts';
import type { Line } from './line.ts';
import type { Plan } from './protocol.ts';

/** Figures of a study of the founding kind, beside those of every comparison. */
export interface Study {
  /** The table keeps the score that its labels were made of, and its mean stands beside theirs. */
  readonly raw: boolean;
}

interface StudyInput extends Study {
  readonly plan: Plan;
  readonly design: Design;
  /** Observed, compared rows x models. */
  readonly quality: Matrix;
}

export function studyFigures(line: Line, input: StudyInput): Partial<System> {
  const raw = input.raw && !line.outcome && input.plan.table.rawScore ? rawOf(line, input) : undefined;
  const released = line.kind === 'router' ? releasedOf(line, input) : undefined;
  return {
    ...(raw && { raw }),
    ...(released && { asReleased: released }),
    ...(line.kind === 'router' && line.from && { classifier: classifiers(line.from, input) }),
  };
}

/** By the released scoring, with the order of LLMs by each part's training rows. */
function releasedOf({ from, judged }: Line, input: StudyInput): Estimate | undefined {
  const { plan, design, quality } = input;
  const policy = judged?.policy.name ?? '';
  const capable = from?.forecasts.capable;
  if (!from || !capable || !isReleased(policy)) return undefined;
  const values = new Float64Array(quality.rows);
  for (const [part, { train }] of plan.parts.entries()) {
    const accuracy = columnMeans(takeRows(plan.table, train).quality);
    asReleased(policy, { confidence: from.forecasts.quality, capable, quality, accuracy }).forEach(
      (value, i) => {
        if (plan.folds === undefined || plan.folds[i] === part) values[i] = value;
      },
    );
  }
  const [measured] = averages(design, { rows: values.length, cols: 1, data: values });
  return asEstimate(interval(measured!.weighted, design), 0, 1);
}

function classifiers({ forecasts }: CrossFitted, { plan, quality }: StudyInput): System['classifier'] {
  return Object.fromEntries(plan.table.models.map(({ id }, m) => [id, classifier(forecasts, quality, m)]));
}

function rawOf({ share, fitted }: Line, { plan, design }: StudyInput): Estimate {
  const scores = matrix(plan.compared.length, plan.table.models.length);
  plan.compared.forEach((row, i) => {
    for (let m = 0; m < scores.cols; m++) scores.data[i * scores.cols + m] = at(plan.table.rawScore!, row, m);
  });
  const values = expectedOf(share, scores);
  const [measured] = averages(design, { rows: values.length, cols: 1, data: values });
  const { weighted } = measured!;
  return asEstimate(interval(fitted ? weighted : { ...weighted, folds: [] }, design), 0, 1);
}
