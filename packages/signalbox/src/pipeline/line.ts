import type { System } from '../core/results.ts';
import type { Matrix } from '../math/matrix.ts';
import type { CrossFitted } from './fitted.ts';
import type { Judged } from './judged.ts';

/** One line of the comparison before it is measured: whom it chooses on each compared row. */
export interface Line {
  readonly name: string;
  readonly kind: System['kind'];
  /** Made when it is asked for: of many lines and models they would be much larger than the table. */
  readonly share: Matrix;
  /** What came of it on each row, where that is not the chosen model's own outcome: votes, bounds. */
  readonly outcome?: { readonly quality: Float64Array; readonly cost?: Float64Array };
  /** False where nothing is learned from training rows: then folds add no variance of their own. */
  readonly fitted: boolean;
  /** How it came about, where no forecasts of one router under one policy say so. */
  readonly made?: Partial<Pick<System, 'encoder' | 'router' | 'policy' | 'strategy'>>;
  readonly from?: CrossFitted;
  readonly judged?: Judged;
}
