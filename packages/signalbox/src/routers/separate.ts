import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { column } from '../math/matrix.ts';
import { calibrated, fitLinearLabel, innerParts, type LinearLabel, linearScore } from './labels.ts';

const params = z.strictObject({
  /** Candidates for the L2 penalty on the summed loss; each classifier keeps its best on a held-out inner fold. */
  penalties: z.array(z.number().positive()).min(1).default([0.3, 3, 30, 300]),
});

type State = { readonly labels: readonly LinearLabel[] };

/**
 * SC of 2405.00467: a binary classifier for each model alone, on whether its majority answer is right (quality
 * above .5), with a penalty and a threshold of its own. The paper fine-tunes a language model for each and gives
 * no recipe; here each is a logistic regression on frozen features.
 */
export const separate: Router<z.infer<typeof params>, State> = {
  name: 'separate',
  summary: 'a binary classifier per model, each with its own penalty and threshold',
  paper: '2405.00467',
  params,
  needs: { features: true, group: false },
  fit: (train, { penalties }, context) => {
    const parts = innerParts(train, context);
    const { models, quality } = train.table;
    const labels = models.map((_, m) => {
      context.progress('separate', m, models.length);
      const y = column(quality, m).map((value) => (Number.isNaN(value) ? value : Number(value > 0.5)));
      return fitLinearLabel({ x: train.features, labels: { y }, parts, penalties }, context);
    });
    context.progress('separate', models.length, models.length);
    return { labels };
  },
  predict: ({ features }, { labels }) =>
    calibrated(
      labels.map((label) => linearScore(features, label)),
      labels,
      features.rows,
    ),
  explain: () => ['A classifier of its own says of each model whether it answers the encoded query right.'],
};
