import { gainOver, type RightBits, union } from './bits.ts';

/** Chooses models one after the other, each that which has most right of what those before it have wrong. */
export interface Cover {
  /** Counts a model as chosen. */
  take(model: number): void;
  /** The model among these that adds most, the first of equals; undefined of none. */
  best(models: Iterable<number>): number | undefined;
}

/**
 * A greedy cover of the rows (submodular: Nemhauser, Wolsey and Fisher 1978). Once nothing that is left adds anything,
 * the rows are covered a second time, and so on: an oracle of many models is saturated by chance.
 */
export function greedyCover(bits: RightBits): Cover {
  let covered = new Uint32Array(bits.words);
  const most = (models: readonly number[]): [number | undefined, number] => {
    let [best, gain]: [number | undefined, number] = [models[0], 0];
    for (const model of models) {
      const own = gainOver(covered, bits, model);
      if (own > gain) [best, gain] = [model, own];
    }
    return [best, gain];
  };
  return {
    take: (model) => union(covered, bits, model),
    best: (models) => {
      const left = [...models];
      const [best, gain] = most(left);
      if (gain > 0 || best === undefined) return best;
      covered = new Uint32Array(bits.words);
      return most(left)[0];
    },
  };
}
