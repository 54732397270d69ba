import { expectedOf } from '../../core/choice.ts';
import type { Estimate } from '../../core/results.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval, minus, type Sampled, unseen } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';

/** What each compared row was worth under several choices, measured on the same draws by the primary average. */
export function sampledOf(
  values: readonly Float64Array[],
  { plan, design }: { readonly plan: Plan; readonly design: Design },
): Sampled[] {
  return averages(design, sideBySide(values)).map(({ weighted, macro }) =>
    plan.table.primary === 'macro' ? macro : weighted,
  );
}

/** The value of a choice. */
export function estimateOf(sampled: Sampled, design: Design): Estimate {
  return asEstimate(interval(sampled, design), 0, 1);
}

/** The difference of two fitted policies on the same rows; where no row showed any, what may have gone unseen. */
export function liftOf(a: Sampled, b: Sampled, design: Design): Estimate {
  const difference = minus(a, b);
  const reach = unseen(difference, design);
  if (reach > 0) return { value: 0, low: -reach, high: reach, n: difference.n };
  return asEstimate(interval(difference, design), -1, 1);
}

/** Quality of each compared row under a choice. */
export function qualityUnder(share: Matrix, plan: Plan): Float64Array {
  return expectedOf(share, comparedQuality(plan));
}

/** Lists of one length as the columns of a matrix. */
export function sideBySide(values: readonly Float64Array[]): Matrix {
  const out = matrix(values[0]?.length ?? 0, values.length);
  values.forEach((list, j) => {
    list.forEach((value, i) => {
      out.data[i * values.length + j] = value;
    });
  });
  return out;
}
