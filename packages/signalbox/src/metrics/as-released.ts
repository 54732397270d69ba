import { at, type Matrix } from '../math/matrix.ts';

/**
 * The scoring of the code released with "Lessons Learned from LLM Routing" (2405.00467), defects and all, so that
 * its table can be compared with. It is no accuracy of a router.
 */
const releasedPolicies = ['argmax', 'random-capable', 'prediction', 'sorted-prediction'] as const;
type ReleasedPolicy = (typeof releasedPolicies)[number];

export const isReleased = (name: string): name is ReleasedPolicy =>
  (releasedPolicies as readonly string[]).includes(name);

/** In a sentence, how the released scoring of each policy departs from what the policy is meant to do. */
export const releasedDifference: Readonly<Record<ReleasedPolicy, string>> = {
  argmax:
    'The released code counts the most confident LLM only where the classifier also labels it capable, so that a right answer from an LLM labelled incapable counts as wrong.',
  'random-capable':
    'The released code draws among the three most confident LLMs where no confidence exceeds .60 and takes the most confident elsewhere, instead of drawing among the LLMs above their thresholds, and counts a right answer only where the classifier labels the LLM capable.',
  prediction:
    'The released code subtracts one predicted number from all confidences of a query and takes the greatest, which is the most confident LLM whatever was predicted, instead of the LLM whose confidence is nearest to the prediction.',
  'sorted-prediction':
    'The released code finds its choice in the given order of the LLMs and reads the result in their order of training accuracy, so that it scores another LLM than the one chosen.',
};

export interface Released {
  /** Predicted confidence, rows x LLMs. */
  readonly confidence: Matrix;
  /** The classifier's own labels, 1 or 0. */
  readonly capable: Matrix;
  /** Observed; right where above .5. */
  readonly quality: Matrix;
  /** Training accuracy of each LLM. */
  readonly accuracy: Float64Array;
}

/** Confidence below which the released random policy draws among the three best. */
const unsure = 0.6;

/**
 * What the released code counts on each row. `argmax`: the choice counts only where the classifier labels it capable
 * and it is right (the gate is asked of the truth). `random-capable`: the same gate, and where no confidence
 * exceeds .60 a draw among the three most confident (here its expectation). `prediction`: subtracting the predicted
 * confidence of the first correct LLM from all leaves the argmax as it was, so it is argmax without the gate.
 * `sorted-prediction`: the index of the choice is read in the LLMs sorted by accuracy, which is another LLM.
 */
export function asReleased(policy: ReleasedPolicy, released: Released): Float64Array {
  const { confidence, accuracy } = released;
  const order = Array.from(accuracy.keys()).sort((a, b) => accuracy[a]! - accuracy[b]!);
  const right = (row: number, m: number): number => (at(released.quality, row, m) > 0.5 ? 1 : 0);
  const gated = (row: number, m: number): number => (at(released.capable, row, m) > 0 ? right(row, m) : 0);
  return Float64Array.from({ length: confidence.rows }, (_, row) => {
    const ranked = rankedBy(confidence, row);
    const first = ranked[0]!;
    switch (policy) {
      case 'argmax':
        return gated(row, first);
      case 'random-capable': {
        if (at(confidence, row, first) > unsure) return gated(row, first);
        const three = ranked.slice(0, 3);
        return three.reduce((sum, m) => sum + gated(row, m), 0) / three.length;
      }
      case 'prediction':
        return right(row, first);
      case 'sorted-prediction':
        return right(row, order[first]!);
    }
  });
}

function rankedBy(confidence: Matrix, row: number): number[] {
  return Array.from({ length: confidence.cols }, (_, m) => m).sort(
    (a, b) => at(confidence, row, b) - at(confidence, row, a) || a - b,
  );
}

/** What a perfect choice among the LLMs that the classifier holds capable would reach on each row; 0 where it holds none. */
export function multiLabelBound({ capable, quality }: Pick<Released, 'capable' | 'quality'>): Float64Array {
  return Float64Array.from({ length: quality.rows }, (_, row) => {
    let best = 0;
    for (let m = 0; m < quality.cols; m++)
      if (at(capable, row, m) > 0) best = Math.max(best, at(quality, row, m));
    return best;
  });
}
