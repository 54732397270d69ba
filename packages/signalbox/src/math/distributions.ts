/** Distribution functions of the normal, Student's t and the beta, to about 14 digits. */

/** P(Z <= z). */
export function normalCdf(z: number): number {
  return z < 0 ? 0.5 * erfc(-z / Math.SQRT2) : 1 - 0.5 * erfc(z / Math.SQRT2);
}

/** erfc for x >= 0: by the incomplete gamma function of 1/2, a series below 2 and Lentz's fraction above. */
function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 27.3) return 0;
  const square = x * x;
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  }
  let b = square + 0.5;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 500; i++) {
    const a = -i * (i - 0.5);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const change = c * d;
    h *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return (Math.exp(-square) * x * h) / Math.sqrt(Math.PI);
}

/** z with P(Z <= z) = p: bisection brackets it, Newton's steps finish. */
export function normalQuantile(p: number): number {
  return quantileOf(p, normalCdf, (z) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI));
}

/** P(T <= t) for Student's t; `df` may be fractional, or Infinity for the normal. */
export function studentT(t: number, df: number): number {
  if (df === Number.POSITIVE_INFINITY) return normalCdf(t);
  const square = t * t;
  const tail = 0.5 * regularisedBeta(df / (df + square), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** t with P(T <= t) = p. */
export function studentTQuantile(p: number, df: number): number {
  if (df === Number.POSITIVE_INFINITY) return normalQuantile(p);
  const logScale = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * Math.log(df * Math.PI);
  return quantileOf(
    p,
    (t) => studentT(t, df),
    (t) => Math.exp(logScale - ((df + 1) / 2) * Math.log1p((t * t) / df)),
  );
}

/** Quantile of a distribution symmetric about 0, by Newton kept within a bracket; the lower tail keeps its digits. */
function quantileOf(p: number, cdf: (x: number) => number, density: (x: number) => number): number {
  if (Number.isNaN(p) || p < 0 || p > 1) return Number.NaN;
  if (p === 0.5) return 0;
  if (p > 0.5) return -quantileOf(1 - p, cdf, density);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  let high = 0;
  let low = -1;
  while (cdf(low) > p) [high, low] = [low, low * 2];
  let x = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const error = cdf(x) - p;
    if (error > 0) high = x;
    else low = x;
    const step = x - error / density(x);
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-15 * Math.abs(next)) return next;
    x = next;
  }
  return x;
}

/** I_x(a, b), the distribution function of the beta, by Lentz's continued fraction (Abramowitz and Stegun 26.5.8). */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (Number.isNaN(x)) return x;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Upper bound, at level 1 - delta, on a share of which k among n were seen (Clopper and Pearson, 1934); 1 where n is 0. */
export function clopperPearsonUpper(k: number, n: number, delta: number): number {
  if (k >= n) return 1;
  let [low, high] = [0, 1];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (regularisedBeta(middle, k + 1, n - k) < 1 - delta) low = middle;
    else high = middle;
  }
  return high;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let k = 1; k < 10_000; k++) {
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    h *= d * c;
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return h;
}

/** ln of the gamma function for x > 0: Stirling's series, after the recurrence has carried x beyond 15. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 15; z++) shift += Math.log(z);
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
