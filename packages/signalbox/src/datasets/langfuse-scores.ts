import type { Place } from '../core/errors.ts';
import { type Fields, objectIn, textIn } from './files/fields.ts';
import { numberIn } from './files/numbers.ts';
import type { Stored } from './files/records.ts';
import type { SideScore } from './logs/side-scores.ts';

/** A field by its name in the API, or in exports to a bucket (`traceId`, `trace_id`). */
export function either(fields: Fields, name: string): unknown {
  return fields[name] ?? fields[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

const texts: ReadonlySet<string> = new Set(['input', 'output', 'metadata']);

/**
 * The scores of an observation as a table's export has them: a field named as the score is, holding the list of its
 * values. Their mean is taken; scores in words are lists of texts, and are not.
 */
export function flatScores(fields: Fields, place: Place): Map<string, SideScore> {
  const found = new Map<string, SideScore>();
  for (const [name, value] of Object.entries(fields)) {
    if (texts.has(name)) continue;
    const list = typeof value === 'string' && /^\[[-\d.,e\s]+\]$/i.test(value) ? listIn(value) : value;
    if (!Array.isArray(list) || list.length === 0 || !list.every((each) => Number.isFinite(each))) continue;
    const sum = (list as number[]).reduce((total, each) => total + each, 0);
    found.set(name, { value: sum / list.length, place });
  }
  return found;
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Scores of Langfuse by what they are of. */
export interface LangfuseScores {
  /** Those of an observation, and those of its trace where it is the trace's only generation. */
  of(observation: Fields): ReadonlyMap<string, SideScore>;
  /** What was not taken, by reason; call it last. */
  left(): Readonly<Record<string, number>>;
}

interface Sum {
  total: number;
  count: number;
  readonly place: Place;
  used: boolean;
}

/**
 * @param generations all there are, by which is told whether a trace has one or several
 * @throws SignalboxError for a numeric score whose value is no number
 */
export function langfuseScores(scores: readonly Stored[], generations: readonly Stored[]): LangfuseScores {
  const ofObservation = new Map<string, Map<string, Sum>>();
  const ofTrace = new Map<string, Map<string, Sum>>();
  let [words, stray] = [0, 0];
  for (const { fields, place } of scores) {
    const kind = either(fields, 'dataType');
    if (kind !== 'NUMERIC' && kind !== 'BOOLEAN') {
      words++;
      continue;
    }
    const name = textIn(fields, 'name', place);
    const given = fields['value'];
    const value = numberIn(typeof given === 'boolean' ? Number(given) : given, {
      what: `the score ${name ?? ''}`,
      text: true,
      place,
    });
    const [observation, trace] = subjectOf(fields, place);
    const [map, id] = observation === undefined ? [ofTrace, trace] : [ofObservation, observation];
    if (name === undefined || value === undefined || id === undefined) stray++;
    else add(map, { id, name, value, place });
  }
  const perTrace = new Map<unknown, number>();
  for (const { fields } of generations) {
    const trace = either(fields, 'traceId');
    perTrace.set(trace, (perTrace.get(trace) ?? 0) + 1);
  }
  return {
    of: (fields) => {
      const trace = either(fields, 'traceId');
      const alone = perTrace.get(trace) === 1 ? ofTrace.get(String(trace)) : undefined;
      const own = ofObservation.get(String(fields['id']));
      const found = new Map<string, SideScore>();
      for (const map of [alone, own]) {
        for (const [name, sum] of map ?? []) {
          sum.used = true;
          found.set(name, { value: sum.total / sum.count, place: sum.place });
        }
      }
      return found;
    },
    left: () => ({
      'score in words': words,
      'score of neither a generation nor a trace with only one':
        stray + unused(ofObservation) + unused(ofTrace),
    }),
  };
}

/** The observation and the trace that a score is of; version 3 of the API has them as its `subject`. */
function subjectOf(fields: Fields, place: Place): readonly [string | undefined, string | undefined] {
  const { kind, id } = objectIn(fields['subject'], '`subject`', place);
  const idOf = (name: string, word: string): string | undefined =>
    textIn({ id: either(fields, name) ?? (kind === word ? id : undefined) }, 'id', place);
  return [idOf('observationId', 'observation'), idOf('traceId', 'trace')];
}

/** Several scores of one name, as by several annotators, are their mean. */
function add(
  map: Map<string, Map<string, Sum>>,
  { id, name, value, place }: { id: string; name: string; value: number; place: Place },
): void {
  const known = map.get(id) ?? new Map<string, Sum>();
  map.set(id, known);
  const sum = known.get(name) ?? { total: 0, count: 0, place, used: false };
  known.set(name, sum);
  sum.total += value;
  sum.count++;
}

function unused(map: ReadonlyMap<string, ReadonlyMap<string, Sum>>): number {
  return [...map.values()]
    .flatMap((each) => [...each.values()])
    .filter(({ used }) => !used)
    .reduce((total, { count }) => total + count, 0);
}
