import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { primaryMeans } from '../core/table.ts';
import { matrix } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { ability, clamped } from './shared/admitted.ts';

type State = { readonly means: Float64Array };

/** Each model's training mean by the table's primary average, the same for every query: what one would use without routing. */
export const bestSingle: Router<object, State> = {
  name: 'best-single',
  summary: 'the model with the best training mean, for every query',
  params: z.strictObject({}),
  needs: { features: false, group: false },
  baseline: true,
  fit: ({ table }) => ({ means: primaryMeans(table) }),
  predict: ({ queries }, { means }) => ({ quality: constant(queries.length, means) }),
  admit: ({ quality }, { means }) => {
    const usual = mean(means);
    const better = ability(quality, new Float64Array(quality.length).fill(usual));
    return { means: Float64Array.of(...means, clamped(usual + better)) };
  },
  explain: () => ['Models are ordered by their mean on the training rows, whatever the query.'],
};

/** The same row for each of n queries. */
export function constant(n: number, row: Float64Array): ReturnType<typeof matrix> {
  const out = matrix(n, row.length);
  for (let i = 0; i < n; i++) out.data.set(row, i * row.length);
  return out;
}
