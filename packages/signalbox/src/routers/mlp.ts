import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { fitMlp, type MlpState, predictMlp } from '../math/mlp.ts';

type State = Pick<MlpState, keyof MlpState>;

const params = z.strictObject({
  hidden: z.int().positive().default(64),
  epochs: z.int().positive().default(20),
  rate: z.number().positive().default(0.003),
  batch: z.int().positive().default(64),
  decay: z.number().nonnegative().default(1e-4),
});

/** One hidden layer that all models share, an output per model, logistic loss on fractional outcomes; Adam, stopped early by an inner fold. */
export const mlp: Router<z.infer<typeof params>, State> = {
  name: 'mlp',
  summary: 'a small neural network with an output per model',
  params,
  needs: { features: true, group: false },
  fit: ({ table, features, folds }, { hidden, epochs, rate, batch, decay }, context) => {
    const validation = Int32Array.from(folds.keys()).filter((i) => folds[i] === 0);
    const state = fitMlp({
      x: features,
      y: table.quality,
      hidden,
      epochs,
      rate,
      batch,
      decay,
      rng: context.rng.fork('mlp'),
      loss: 'logistic',
      // Too few rows to spare any: every epoch is run.
      ...(validation.length >= 20 && { validation }),
      ...(context.signal && { signal: context.signal }),
      onEpoch: (done) => context.progress('mlp', done, epochs),
    });
    // Stopped early, it is done all the same.
    context.progress('mlp', epochs, epochs);
    return state;
  },
  predict: ({ features }, state) => ({ quality: predictMlp(state, features) }),
  explain: () => ['A small neural network on the encoded query decides.'],
};
