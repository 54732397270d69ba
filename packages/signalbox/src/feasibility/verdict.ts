import { type CostInput, type CostVerdict, costVerdict } from './cost-verdict.ts';
import { type VerdictParameters, verdictParameters } from './parameters.ts';
import { type QualityInput, type QualityVerdict, qualityVerdict } from './quality-verdict.ts';

export interface Verdict {
  readonly quality: QualityVerdict;
  readonly cost: CostVerdict;
  readonly parameters: VerdictParameters;
}

/** Both answers. Everything that is asked of the data has been computed before; here it is only judged. */
export function verdict(
  quality: QualityInput,
  cost: CostInput,
  parameters: VerdictParameters = verdictParameters,
): Verdict {
  return {
    quality: qualityVerdict(quality, parameters),
    cost: costVerdict(cost, parameters),
    parameters,
  };
}

/** What the gate reads of a verdict. */
interface Answers {
  readonly quality: { readonly answer: QualityVerdict['answer'] };
  readonly cost: { readonly answer: CostVerdict['answer'] };
}

/** How a router of this verdict is served: `refused` means not without the operator's acceptance. */
export function gate(given: Answers | undefined): 'quiet' | 'refused' | 'warn' {
  if (given === undefined) return 'warn';
  const quality = given.quality.answer;
  const cost = given.cost.answer;
  if (quality === 'yes' || quality === 'task-table' || cost === 'yes' || cost === 'cascade') return 'quiet';
  return quality === 'no' && (cost === 'no' || cost === 'unknown-cost') ? 'refused' : 'warn';
}
