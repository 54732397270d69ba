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
  /** The draws, once made, and the design that they are of: a changed copy makes its own. */
  kept?: { readonly of: Design; readonly counts: Uint8Array | Uint16Array };
}

/** Draws are kept up to this many counts (32 MB), so that each statistic need not make them anew; beyond, memory matters more than time. */
const mostKept = 32_000_000;

/** How often each row is drawn, draw by draw; the same draws for everything that is compared. Not to be changed, nor held beyond the step. */
export function* drawsOf(design: Design): Generator<Uint16Array> {
  const { clusters, groupOf: strata, draws, seed, rows } = design;
  const made = (): Generator<Uint16Array> =>
    multiplicities({ clusters, strata, draws, rng: rng(`bootstrap/${seed}`) });
  if (rows * draws > mostKept) {
    yield* made();
    return;
  }
  if (design.kept?.of !== design) design.kept = { of: design, counts: keep(made, rows * draws) };
  const { counts } = design.kept;
  const weights = new Uint16Array(rows);
  for (let d = 0; d < draws; d++) {
    weights.set(counts.subarray(d * rows, (d + 1) * rows));
    yield weights;
  }
}

/** In bytes, unless a row is ever drawn more than 255 times. */
function keep(made: () => Iterable<Uint16Array>, size: number): Uint8Array | Uint16Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const weights of made()) {
    if (weights.some((count) => count > 255)) return keepWide(made(), size);
    bytes.set(weights, at);
    at += weights.length;
  }
  return bytes;
}

function keepWide(made: Iterable<Uint16Array>, size: number): Uint16Array {
  const all = new Uint16Array(size);
  let at = 0;
  for (const weights of made) {
    all.set(weights, at);
    at += weights.length;
  }
  return all;
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
