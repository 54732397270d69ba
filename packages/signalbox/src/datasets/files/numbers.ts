import { type Place, SignalboxError } from '../../core/errors.ts';

/** What a number must be, and how to speak of it. */
export interface NumberRule {
  /** As the beginning of a sentence: `the score of gpt-4`. */
  readonly what: string;
  readonly low?: number;
  readonly high?: number;
  readonly whole?: boolean;
  /** Numbers come as text, as in CSV; otherwise a quoted number is refused as other text is. */
  readonly text?: boolean;
  /** A sentence for what is no number at all. */
  readonly hint?: string;
  readonly place: Place;
}

const pattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number of a cell; undefined where it is empty, null or NaN as a number.
 * @param value text (as CSV has it), a number, or a whole number of 64 bits (as Parquet has it)
 * @throws SignalboxError for anything else, and for a number outside the rule
 */
export function numberIn(value: unknown, rule: NumberRule): number | undefined {
  if (value === undefined || value === null || (value === '' && rule.text)) return undefined;
  const number = typeof value === 'string' && !rule.text ? undefined : numeric(value);
  if (number === undefined) {
    throw new SignalboxError(
      'row',
      `${rule.what} is ${shown(value)}; ${expected(rule)} was expected, or nothing where it is not known.${rule.hint ? ` ${rule.hint}` : ''}`,
      rule.place,
    );
  }
  if (Number.isNaN(number)) return undefined;
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY, whole = false } = rule;
  if (number < low || number > high || !Number.isFinite(number) || (whole && !Number.isSafeInteger(number))) {
    throw new SignalboxError(
      'row',
      `${rule.what} is ${shown(value)}; ${expected(rule)} was expected.`,
      rule.place,
    );
  }
  return number;
}

/** The number that a value is; undefined where it is none. */
export function numeric(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && pattern.test(value.trim())) return Number(value);
  return undefined;
}

/** A value as the reader of an error should see it, cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function expected({ low, high, whole }: NumberRule): string {
  const kind = whole ? 'a whole number' : 'a number';
  if (low !== undefined && high !== undefined) return `${kind} in [${low}, ${high}]`;
  return low === undefined ? kind : `${kind} of at least ${low}`;
}
