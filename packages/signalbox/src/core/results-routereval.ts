import { z } from 'zod';
import { count, estimate, number, text } from './results-parts.ts';

/** RouterEval's measures of one pool size, each the mean over its pool settings. */
export const routerEval = z.strictObject({
  task: text,
  /** Models of a pool. */
  size: count,
  /** How pools were picked: all_strong, all_weak, strong_to_weak. */
  settings: z.array(text),
  systems: z.array(
    z.strictObject({
      name: text,
      /** Mean test score of the models chosen. */
      mu: estimate,
      /** Over the published score of a reference model; null where there is none. */
      vr: number.nullable(),
      /** Over the best single model on the test rows. */
      vb: number,
      /** Classification bias in bits, by the rule of the released code. */
      ep: number.nullable(),
      /** The p of r_o(p), which takes the oracle's choice with probability p and any other's else, that does as well. */
      skill: number.nullable(),
      /** V_B as published, the mean over its twelve tasks. */
      published: number.optional(),
    }),
  ),
  /** What the best choice on each test row reaches. */
  reach: z.strictObject({
    /** The pools as they are picked: by the oracle's score on all rows, those of the test among them. */
    picked: estimate,
    /** Pools picked in the same way on training rows alone; null where only the pools are known. */
    pickedOnTraining: estimate.nullable(),
    /** Pools drawn at random from the same models. */
    random: estimate.nullable(),
    /** Of the pools picked: what choosing the model of the greatest probability on each row reaches; null where it is not known. */
    probability: estimate.nullable(),
    /** Of these the best single model by its probabilities. */
    bestSingle: estimate.nullable(),
    /** The best of the routers less the best single model of the same pools, by the probabilities of what they chose. */
    routerLift: estimate.nullable(),
  }),
});
export type RouterEvalResult = z.infer<typeof routerEval>;
