import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { column } from '../math/matrix.ts';
import { calibrated } from './shared/labels.ts';
import { fitLinearLabels, type LinearLabels, linearScores } from './shared/linear-labels.ts';

const params = z.strictObject({
  /** Candidates for the L2 penalty on the summed loss; each classifier keeps its best on a held-out inner fold. */
  penalties: z.array(z.number().positive()).min(1).default([1, 3, 10, 30, 100]),
});

/**
 * SC of 2405.00467: a binary classifier for each model alone, on whether its majority answer is right (quality
 * above .5), with a penalty and a threshold of its own. The paper fine-tunes a language model for each and gives
 * no recipe; here each is a logistic regression on frozen features.
 */
export const separate: Router<z.infer<typeof params>, LinearLabels> = {
  name: 'separate',
  summary: 'a binary classifier per model, each with its own penalty and threshold',
  paper: '2405.00467',
  params,
  needs: { features: true, group: false },
  fit: (train, { penalties }, context) => {
    const { models, quality } = train.table;
    const labels = models.map((_, m) => ({
      y: column(quality, m).map((value) => (Number.isNaN(value) ? value : Number(value > 0.5))),
    }));
    return fitLinearLabels({ train, labels, penalties, shared: false, name: separate.name }, context);
  },
  predict: ({ features }, state) => calibrated(linearScores(features, state), state.labels, features.rows),
  explain: () => ['A classifier of its own says of each model whether it answers the encoded query right.'],
};
