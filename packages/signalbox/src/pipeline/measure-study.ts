import { expectedOf } from '../core/choice.ts';
import type { Estimate, System } from '../core/results.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import type { Line } from './measure.ts';
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
  return { ...(raw && { raw }) };
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
