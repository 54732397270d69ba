import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { fitIsotonic, type Isotonic, isotonicAt } from '../math/isotonic.ts';
import { sigmoid } from '../math/logistic.ts';
import { column, type Matrix, matrix } from '../math/matrix.ts';
import { calibrate, type Labels, noOpinion, uncalibrated } from './shared/labels.ts';
import { fitWithHeldOut, linearScores } from './shared/linear-labels.ts';

const params = z.strictObject({
  /** From scores to probabilities on the held-out inner fold: Platt's logistic curve, or any that never falls. */
  calibration: z.enum(['platt', 'isotonic']).default('platt'),
  /** Candidates for the L2 penalty on the summed loss (scikit-learn's 1 / C); the best for all models together on a held-out inner fold is kept. */
  penalties: z.array(z.number().positive()).min(1).default([1, 3, 10, 30, 100]),
});
type Params = z.infer<typeof params>;

/** Log odds to the probability of a right answer. */
type Curve = { readonly slope: number; readonly offset: number } | Isotonic;
type State = {
  /** Columns of the features x models. */
  readonly coefficients: Matrix;
  /** NaN for a model never observed. */
  readonly intercept: Float64Array;
  readonly curves: readonly Curve[];
};

/** Held-out rows below which a curve of many corners would draw their noise. */
const fewest = 50;
/** The paper's label: more likely right than wrong. */
const half = 0.5;

/**
 * SelectLLM (2408.08545): one output a model on the encoded query by multi-label cross-entropy, and from it the
 * subset that is asked and votes; the subsets are `metrics/confident-subset.ts`, the votes `metrics/panel-vote.ts`, and
 * `reproduce mmlupro` runs both. As a router it predicts the probability that each model is right.
 * Departures: RoBERTa is not fine-tuned, the features are frozen. Outcomes are learned as they are, one recorded
 * answer or the mean of several; the paper labels the modal answer of ten samples. Each output is calibrated on a
 * held-out inner fold before it may weigh a vote, and the label is the calibrated probability at one half; the
 * released code takes the raw logit above 0.
 */
export const subset: Router<Params, State> = {
  name: 'subset',
  summary: 'calibrated confidence in each model, from which a subset is chosen to vote (SelectLLM)',
  paper: '2408.08545',
  params,
  needs: { features: true, group: false },
  variants: { platt: { calibration: 'platt' }, isotonic: { calibration: 'isotonic' } },
  fit: (train, { calibration, penalties }, context) => {
    const labels = train.table.models.map((_, m): Labels => ({ y: column(train.table.quality, m) }));
    const { coefficients, intercept, scores, held } = fitWithHeldOut(
      { train, labels, penalties, shared: true, name: subset.name },
      context,
    );
    const curves = labels.map(({ y }, m) =>
      y.every(Number.isNaN) ? platt(noOpinion) : curveOf(scores[m]!, held[m]!, calibration),
    );
    return { coefficients, intercept, curves };
  },
  predict: ({ features }, state) => {
    const [quality, capable] = [
      matrix(features.rows, state.curves.length),
      matrix(features.rows, state.curves.length),
    ];
    linearScores(features, state).forEach((scores, m) => {
      scores.forEach((score, i) => {
        const p = confidence(state.curves[m]!, score);
        quality.data[i * quality.cols + m] = p;
        capable.data[i * quality.cols + m] = Number(p >= half);
      });
    });
    return { quality, capable };
  },
  explain: () => [
    'The calibrated probability that each model is right decides, by a logistic fit to the query.',
  ],
};

const platt = ({ slope, offset }: { readonly slope: number; readonly offset: number }): Curve => ({
  slope,
  offset,
});

function curveOf(scores: Float64Array, held: Labels, calibration: Params['calibration']): Curve {
  if (scores.some(Number.isNaN)) return platt(uncalibrated);
  const known = held.y.filter((y) => !Number.isNaN(y)).length;
  const isotonic = calibration === 'isotonic' && known >= fewest ? fitIsotonic(scores, held.y) : undefined;
  return isotonic ?? platt(calibrate(scores, held));
}

function confidence(curve: Curve, score: number): number {
  return 'x' in curve ? isotonicAt(curve, score) : sigmoid(curve.slope * score + curve.offset);
}
