import { multiplicities } from '../math/bootstrap.ts';
import { rng } from '../math/rng.ts';

/** How the compared rows were tested: what every interval of a report rests on. */
export interface Design {
  readonly rows: number;
  readonly groupNames: readonly string[];
  /** Number of each row's group. */
  readonly groupOf: Int32Array;
  /** Rows of one text or cluster share a number and are drawn together. */
  readonly clusters: Int32Array;
  /** In cross-validation the fold in which a row was tested; absent with a given split. */
  readonly folds?: Int32Array;
  /** n_test / n_train of one fold, for Nadeau and Bengio's correction. */
  readonly testOverTrain: number;
  readonly draws: number;
  readonly seed: number;
}

/** How often each row is drawn, draw by draw; the same draws for everything that is compared. The buffer is reused. */
export function drawsOf(design: Design): Generator<Uint16Array> {
  const { clusters, groupOf: strata, draws, seed } = design;
  return multiplicities({ clusters, strata, draws, rng: rng(`bootstrap/${seed}`) });
}

/** Rows of each fold; none with a given split. */
export function foldRows({ folds, rows }: Design): Int32Array[] {
  if (folds === undefined) return [];
  const lists: number[][] = [];
  for (let i = 0; i < rows; i++) {
    const list = lists[folds[i]!] ?? [];
    lists[folds[i]!] = list;
    list.push(i);
  }
  return lists.filter((list) => list !== undefined).map((list) => Int32Array.from(list));
}
