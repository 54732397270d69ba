import { nearest, type Place, SignalboxError } from '../../core/errors.ts';
import type { ReadOptions } from '../../core/format.ts';

/**
 * The metric that is read as the score: the only one, or the one that `--metric` names.
 * @param of what has these metrics, as in `the task gsm8k`
 * @throws SignalboxError that lists them where there are several and none, or more than one, is named
 */
export function chosenMetric(
  names: readonly string[],
  { metrics = [] }: ReadOptions,
  of: { readonly what: string; readonly place: Place },
): string {
  // Beside `exact_match,strict-match` in full, `exact_match` is meant for another source.
  const inFull = names.filter((name) => metrics.includes(name));
  const short = metrics.filter((metric) => !inFull.some((name) => isNamedBy(metric, name)));
  const wanted = names.filter(
    (name) => inFull.includes(name) || short.some((metric) => isNamedBy(metric, name)),
  );
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1) return only;
  const [first] = names;
  if (first === undefined) throw new SignalboxError('format', `${of.what} has no score.`, of.place);
  if (wanted.length > 1) {
    throw new SignalboxError(
      'usage',
      `${of.what} has ${list(wanted)}, and --metric names more than one of them; one table has one score. Name one.`,
      of.place,
    );
  }
  if (names.length === 1 && metrics.length === 0) return first;
  const near = metrics.map((metric) => nearest(metric, names)).find((name) => name !== undefined);
  const hint =
    near === undefined ? ` Add --metric ${first} to read it as the score.` : ` Did you mean \`${near}\`?`;
  throw new SignalboxError(
    'usage',
    metrics.length === 0
      ? `${of.what} has several scores: ${list(names)}. Choose with --metric ${first}.`
      : `${of.what} has ${list(names)}, and none of them is named by --metric.${hint}`,
    of.place,
  );
}

/** Named by what stands before the first comma, as in `exact_match,strict-match`. */
function isNamedBy(metric: string, name: string): boolean {
  return name.startsWith(`${metric},`);
}

function list(names: readonly string[]): string {
  const shown = names
    .slice(0, 20)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
