/** What an objective is at a point. The gradient is read before the next point is asked for. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Stop once no cell of the gradient is greater. */
  readonly tolerance: number;
  readonly iterations?: number;
  /** Pairs kept of past steps. */
  readonly memory?: number;
}

/**
 * Minimises a smooth convex function by L-BFGS (Liu and Nocedal 1989; Nocedal and Wright, algorithm 7.5) as a
 * conversation: it yields the point whose value and gradient it needs, and is sent them; so many problems that
 * share a table can be advanced side by side. The line search ends by the Wolfe conditions, or near the
 * minimum, where values no longer tell points apart, by slopes alone (Hager and Zhang 2005).
 */
export function* lbfgs(
  start: Float64Array,
  options: LbfgsOptions,
): Generator<Float64Array, Float64Array, Evaluation> {
  const { tolerance, iterations = 500, memory = 10 } = options;
  let x: Float64Array = start.slice();
  let now = copied(yield x);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  for (let i = 0; i < iterations && greatest(now.gradient) > tolerance; i++) {
    let direction = descent(now.gradient, steps, changes);
    let slope = dot(direction, now.gradient);
    if (!(slope < 0)) {
      steps.length = 0;
      changes.length = 0;
      direction = now.gradient.map((g) => -g);
      slope = dot(direction, now.gradient);
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const found = yield* lineSearch({ x, now, direction, slope }, first);
    if (found === undefined) break;
    const step = found.x.map((value, j) => value - x[j]!);
    const change = found.at.gradient.map((value, j) => value - now.gradient[j]!);
    // Rounding may leave no curvature along a very short step.
    if (dot(step, change) > 1e-16 * dot(change, change)) {
      steps.push(step);
      changes.push(change);
      if (steps.length > memory) {
        steps.shift();
        changes.shift();
      }
    }
    x = found.x;
    now = found.at;
  }
  return x;
}

interface Ray {
  readonly x: Float64Array;
  readonly now: Evaluation;
  readonly direction: Float64Array;
  readonly slope: number;
}

/** A step within the Wolfe conditions by bracketing and safeguarded interpolation of slopes; undefined if none is found. */
function* lineSearch(
  { x, now, direction, slope }: Ray,
  first: number,
): Generator<Float64Array, { x: Float64Array; at: Evaluation } | undefined, Evaluation> {
  let low = 0;
  let slopeLow = slope;
  let high = Number.POSITIVE_INFINITY;
  let slopeHigh = Number.NaN;
  let t = first;
  const slack = 1e-10 * Math.abs(now.value);
  for (let tries = 0; tries < 40; tries++) {
    const step = t;
    const point = x.map((value, j) => value + step * direction[j]!);
    const at = copied(yield point);
    const slopeAt = dot(direction, at.gradient);
    const enough = at.value <= now.value + 1e-4 * t * slope;
    const nearly = at.value <= now.value + slack && slopeAt <= -0.8 * slope;
    if ((enough || nearly) && slopeAt >= 0.9 * slope) return { x: point, at };
    if ((enough || nearly) && slopeAt < 0) [low, slopeLow] = [t, slopeAt];
    else [high, slopeHigh] = [t, slopeAt];
    if (high === Number.POSITIVE_INFINITY) t *= 4;
    else {
      const secant = low + ((high - low) * slopeLow) / (slopeLow - slopeHigh);
      const margin = 0.1 * (high - low);
      t = slopeHigh > 0 && secant > low + margin && secant < high - margin ? secant : (low + high) / 2;
    }
  }
  return undefined;
}

/** The two-loop recursion: -H g. */
function descent(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  const last = steps.length - 1;
  for (let i = last; i >= 0; i--) {
    const alpha = dot(steps[i]!, q) / dot(steps[i]!, changes[i]!);
    alphas[i] = alpha;
    addScaled(q, changes[i]!, -alpha);
  }
  if (last >= 0) {
    const scale = dot(steps[last]!, changes[last]!) / dot(changes[last]!, changes[last]!);
    for (let j = 0; j < q.length; j++) q[j]! *= scale;
  }
  for (let i = 0; i <= last; i++) {
    const beta = dot(changes[i]!, q) / dot(steps[i]!, changes[i]!);
    addScaled(q, steps[i]!, alphas[i]! - beta);
  }
  return q;
}

function copied({ value, gradient }: Evaluation): Evaluation {
  return { value, gradient: gradient.slice() };
}

function greatest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (!(Math.abs(value) <= most)) most = Math.abs(value);
  return most;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}
