import { z } from 'zod';
import type { Strategy } from '../core/strategy.ts';
import { begin, goOn } from './attempt.ts';

const params = z.strictObject({});

/** The first choice, once. */
export const single: Strategy<z.infer<typeof params>> = {
  name: 'single',
  summary: 'calls the chosen model and no other',
  params,
  requires: [],
  async *run(execution) {
    const begun = await begin(execution, execution.choices[0]!);
    if ('failure' in begun) throw begun.failure;
    return yield* goOn(begun);
  },
};
