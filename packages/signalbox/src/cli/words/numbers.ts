/**
 * How numbers are written, in the terminal and on the page alike. JSON carries fractions; people see percent
 * and points. Minus signs are U+2212 and units hang on their number by U+00A0; a face without Unicode
 * replaces both.
 */
export const nbsp = '\u00a0';
const minus = '−';
const grouping = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands marked: 9,408. */
export function count(n: number): string {
  return grouping.format(n).replace('-', minus);
}

/** A count of things in words: 1 query, 9,408 queries. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)}${nbsp}${n === 1 ? one : many}`;
}

/** A number with so many decimals; what rounds to zero carries no sign. */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** As `fixed`, with a plus before what is above zero. */
export function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A fraction as a number of percent, without the unit. */
export const percent = (fraction: number, decimals: number): string => fixed(100 * fraction, decimals);

/** A difference of fractions in percentage points, without the unit, with its sign. */
export const points = (fraction: number, decimals: number): string => signed(100 * fraction, decimals);

/**
 * Decimals that an interval of this half-width supports, in the unit in which both will be written: the
 * half-width keeps two significant figures (JCGM 100:2008, 7.2.6), never more than three decimals.
 */
export function decimalsFor(halfWidth: number): number {
  if (!(halfWidth > 0)) return 1;
  return Math.min(Math.max(1 - Math.floor(Math.log10(halfWidth)), 0), 3);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Decimals of a whole column of intervals in fractions that is written in percent: those of the median one. */
export function columnDecimals(intervals: readonly Interval[], least = 0): number {
  const halves = intervals.map(({ low, high }) => (100 * (high - low)) / 2).filter((half) => half > 0);
  if (halves.length === 0) return Math.max(1, least);
  halves.sort((a, b) => a - b);
  return Math.max(decimalsFor(halves[Math.floor(halves.length / 2)]!), least);
}

/**
 * Decimals for one number in a sentence: one less than a table's, for it is read aloud, but so many that an
 * end of the interval that is not zero does not look like zero.
 */
export function spokenDecimals({ low, high }: Interval): number {
  const decimals = Math.max(decimalsFor((100 * (high - low)) / 2) - 1, 1);
  const blurred = (at: number): boolean =>
    [low, high].some((end) => end !== 0 && Number((100 * end).toFixed(at)) === 0);
  return blurred(decimals) && !blurred(decimals + 1) ? decimals + 1 : decimals;
}

/** `[low, high]`, each end written by the same function. */
export function bracket({ low, high }: Interval, write: (value: number) => string): string {
  return `[${write(low)}, ${write(high)}]`;
}

/** Text in which no interval is broken across lines. */
export function unbroken(text: string): string {
  return text.replace(/\[([^[\]\s]+), ([^[\]\s]+)\]/g, `[$1,${nbsp}$2]`);
}

/**
 * Decimals with which a column of dollars shows three significant figures of its median and one of its
 * least, so that they align; from none (thousands) to six.
 */
export function moneyDecimals(values: readonly number[]): number {
  const amounts = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (amounts.length === 0) return 2;
  const middle = amounts[Math.floor(amounts.length / 2)]!;
  const places = (value: number, figures: number): number => figures - 1 - Math.floor(Math.log10(value));
  return Math.min(Math.max(places(middle, 3), places(amounts[0]!, 1), 0), 6);
}

/** A two-sided p to two significant figures, never smaller than its bootstrap can tell. */
export function pValue(p: number): string {
  if (p < 0.001) return '<0.001';
  return p >= 0.1 ? p.toFixed(2) : p.toFixed(3);
}

/** A time in the unit that suits it: 0.4 s, 12 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 0.0005) return `0${nbsp}s`;
  if (seconds < 1) return `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)}${nbsp}ms`;
  if (seconds < 59.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)}${nbsp}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) {
    return `${Math.floor(whole / 60)}${nbsp}min${nbsp}${String(whole % 60).padStart(2, '0')}${nbsp}s`;
  }
  const minutes = Math.round(whole / 60);
  return `${count(Math.floor(minutes / 60))}${nbsp}h${nbsp}${String(minutes % 60).padStart(2, '0')}${nbsp}min`;
}
