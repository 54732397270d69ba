import { clopperPearsonUpper, normalQuantile, regularisedBeta } from '../math/distributions.ts';
import { column, type Matrix } from '../math/matrix.ts';
import { rng, shuffle } from '../math/rng.ts';
import { type Bets, bets, bettingP } from './betting.ts';

export type Method = 'betting' | 'hoeffding' | 'hoeffding-bentkus';

export interface CertifyInput {
  /**
   * Calibration rows x thresholds, safest first: net loss of quality in [-1, 1] on each row under each threshold.
   * The thresholds are fixed before these rows are seen, and no fit has seen the rows.
   */
  readonly losses: Matrix;
  readonly epsilon: number;
  readonly delta: number;
  /** Default: betting. */
  readonly method?: Method;
  /** Leading thresholds that are safe by construction, as never leaving best single is: passed without a test. */
  readonly safe?: number;
  /** Of the order of rows in the betting test. */
  readonly seed: number;
}

export interface Guarantee {
  /** The last threshold that passed; -1 where none did. */
  readonly index: number;
  /** Of each threshold that was tested: the first failure is the last. */
  readonly p: readonly number[];
  /**
   * The smallest epsilon at which the sequence would still have reached this threshold, never above epsilon; NaN where
   * none passed. It bounds the loss of a threshold fixed beforehand at level 1 - delta; of this one, chosen on the same
   * rows, only nearly: in made worlds of 300 to 3,000 rows, delta .05, the loss exceeded it in 2 to 7 % of draws.
   */
  readonly bound: number;
}

/**
 * Learn-then-Test (Angelopoulos, Bates, Candes, Jordan and Lei, 2110.01052) in a fixed sequence: each threshold's
 * "its expected loss exceeds epsilon" is tested, from the safest on, up to the first that cannot be rejected at
 * delta. The chance that the threshold returned loses more than epsilon is at most delta.
 * @throws RangeError for a loss outside [-1, 1] or NaN
 */
export function certify(input: CertifyInput): Guarantee {
  const { losses, epsilon, delta, safe = 0 } = input;
  check(input);
  const tests = testsOf(input);
  const p: number[] = [];
  let index = -1;
  for (let t = 0; t < losses.cols; t++) {
    const found = t < safe ? 0 : tests(t)(epsilon);
    p.push(found);
    if (found > delta) break;
    index = t;
  }
  if (index < 0) return { index, p, bound: Number.NaN };
  let bound = safe > 0 ? 0 : -1;
  for (let t = safe; t <= index; t++) bound = Math.max(bound, invert(tests(t), { delta, bound, epsilon }));
  return { index, p, bound };
}

/** p-value of one threshold as a function of epsilon; it falls as epsilon grows. */
type Test = (epsilon: number) => number;

function testsOf({ losses, delta, method = 'betting', seed }: CertifyInput): (threshold: number) => Test {
  const n = losses.rows;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  shuffle(order, rng(`guarantee/${seed}`));
  const made: Test[] = [];
  const make = (t: number): Test => {
    if (method === 'betting') {
      const one: Bets = bets((row) => losses.data[row * losses.cols + t]!, order, delta);
      return (epsilon) => bettingP(one, (epsilon + 1) / 2);
    }
    const z = (column(losses, t).reduce((sum, loss) => sum + loss, 0) / n + 1) / 2;
    const p = method === 'hoeffding' ? hoeffdingP : hoeffdingBentkusP;
    return (epsilon) => p(z, (epsilon + 1) / 2, n);
  };
  return (t) => {
    made[t] ??= make(t);
    return made[t];
  };
}

/** The smallest epsilon in [bound, epsilon] that passes, to 1e-6 and from above. */
function invert(test: Test, at: { delta: number; bound: number; epsilon: number }): number {
  if (test(at.bound) <= at.delta) return at.bound;
  let [low, high] = [at.bound, at.epsilon];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (test(middle) <= at.delta) high = middle;
    else low = middle;
  }
  return high;
}

/** Of n values in [0, 1] of mean z: p of "the true mean is at least m". */
export function hoeffdingP(z: number, m: number, n: number): number {
  return Math.exp(-2 * n * Math.max(m - z, 0) ** 2);
}

/** Hoeffding and Bentkus (Bates, Angelopoulos, Lei, Malik and Jordan, 2101.02703). */
export function hoeffdingBentkusP(z: number, m: number, n: number): number {
  const hoeffding = Math.exp(-n * relativeEntropy(Math.min(z, m), m));
  // Rounding must not lift a whole number of successes to the next.
  const bentkus = Math.E * binomialCdf(Math.ceil(n * z - 1e-9), n, m);
  return Math.min(1, hoeffding, bentkus);
}

function relativeEntropy(a: number, b: number): number {
  const term = (x: number, y: number): number => (x === 0 ? 0 : x * Math.log(x / y));
  return term(a, b) + term(1 - a, 1 - b);
}

function binomialCdf(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  return k < 0 ? 0 : regularisedBeta(1 - p, n - k, k + 1);
}

/**
 * Upper Clopper-Pearson bound, at level 1 - delta, on the share of violations among queries routed away (the gate
 * of Uddin and Bauer, ACL-SRW 2026). It is conditional on being routed, and of one threshold fixed beforehand.
 */
export function clopperPearsonGate(input: {
  readonly violations: number;
  readonly routed: number;
  readonly delta: number;
}): number {
  return clopperPearsonUpper(input.violations, input.routed, input.delta);
}

/**
 * The last threshold whose loss is not shown to exceed epsilon: its one-sided normal lower bound at level
 * 1 - delta is at most epsilon. What more rows might certify; -1 where none.
 */
export function attainable(input: {
  readonly losses: Matrix;
  readonly epsilon: number;
  readonly delta: number;
}): number {
  const { losses, epsilon, delta } = input;
  const z = normalQuantile(1 - delta);
  const n = losses.rows;
  for (let t = losses.cols - 1; t >= 0; t--) {
    const values = column(losses, t);
    const mean = values.reduce((sum, loss) => sum + loss, 0) / n;
    const variance = values.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / Math.max(n - 1, 1);
    if (mean - z * Math.sqrt(variance / n) <= epsilon) return t;
  }
  return -1;
}

function check({ losses, delta, epsilon }: CertifyInput): void {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta is ${delta}, not between 0 and 1`);
  if (!(epsilon >= -1 && epsilon <= 1)) throw new RangeError(`epsilon is ${epsilon}, not within [-1, 1]`);
  const bad = losses.data.findIndex((loss) => !(loss >= -1 && loss <= 1));
  if (bad >= 0) throw new RangeError(`the loss of cell ${bad} is ${losses.data[bad]}, not within [-1, 1]`);
}
