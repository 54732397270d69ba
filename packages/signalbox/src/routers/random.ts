import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { matrix } from '../math/matrix.ts';

type State = { readonly models: number };

/** Every model alike: all tied, so each is chosen with equal probability. The floor of every comparison. */
export const random: Router<object, State> = {
  name: 'random',
  summary: 'every model alike; its value is the exact expectation',
  params: z.strictObject({}),
  needs: { features: false, group: false },
  baseline: true,
  fit: ({ table }) => ({ models: table.models.length }),
  predict: ({ queries }, { models }) => ({ quality: matrix(queries.length, models, 0.5) }),
  admit: (_, { models }) => ({ models: models + 1 }),
  explain: () => ['Every model is as likely as any other.'],
};
