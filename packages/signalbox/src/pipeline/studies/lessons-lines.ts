import { matrix } from '../../math/matrix.ts';
import { multiLabelBound } from '../../metrics/as-released.ts';
import type { CrossFitted } from '../fitted.ts';
import { comparedQuality } from '../forecast.ts';
import type { Line } from '../line.ts';
import type { Plan } from '../protocol.ts';
import { voteLines } from '../recorded-votes.ts';

/** Votes over recorded answers, and for each multi-label classifier the bound that its labels allow. */
export function linesBeside(plan: Plan, fitted: readonly CrossFitted[]): Line[] {
  return [...voteLines(plan), ...fitted.flatMap((from) => boundOf(plan, from))];
}

/** `multi-label-bound`, and with the variant's words for the others. */
function boundOf(plan: Plan, { choice, forecasts: { capable, quality } }: CrossFitted): Line[] {
  const [router, variant] = choice.name.split(':');
  if (router !== 'multi-label' || capable === undefined) return [];
  const values = multiLabelBound({ capable, quality: comparedQuality(plan) });
  const share = matrix(quality.rows, quality.cols, 1 / quality.cols);
  return [
    {
      name: variant === undefined ? 'multi-label-bound' : `multi-label-bound:${variant}`,
      kind: 'bound',
      share,
      outcome: { quality: values },
      fitted: true,
    },
  ];
}
