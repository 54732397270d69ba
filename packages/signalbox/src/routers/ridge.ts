import { z } from 'zod';
import type { Router } from '../core/router.ts';
import type { Matrix } from '../math/matrix.ts';
import { fitRidge, foldGrams, predictRidge } from '../math/ridge.ts';
import { penalties as defaults } from './shared/posterior.ts';

const params = z.strictObject({
  /** Candidates; each model keeps the best by inner folds. */
  penalties: z
    .array(z.number().positive())
    .min(1)
    .default([...defaults]),
});
type State = { readonly coefficients: Matrix; readonly intercept: Float64Array };

/** One ridge regression per model on the encoded query, its penalty by inner folds. */
export const ridge: Router<z.infer<typeof params>, State> = {
  name: 'ridge',
  summary: 'a ridge regression per model',
  params,
  needs: { features: true, group: false },
  fit: ({ table, features, folds }, { penalties }, { signal, once }) => {
    const { coefficients, intercept } = fitRidge({
      x: features,
      y: table.quality,
      folds,
      penalties,
      grams: once('fold grams', [features, folds], foldGrams),
      ...(signal && { signal }),
    });
    return { coefficients, intercept };
  },
  predict: ({ features }, state) => ({ quality: predictRidge(state, features) }),
  explain: () => ['A linear fit to the encoded query decides.'],
};
