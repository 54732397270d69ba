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
