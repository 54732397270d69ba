import type { Context } from '../../core/context.ts';
import type { CrossFitted } from '../cross-fit.ts';
import type { Line } from '../measure.ts';
import type { Plan } from '../protocol.ts';

export function linesBeside(plan: Plan, fitted: readonly CrossFitted[], context: Context): Line[] {
  void plan;
  void fitted;
  void context;
  return [];
}
