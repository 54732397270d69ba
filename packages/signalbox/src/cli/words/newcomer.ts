import type { NewcomerResult } from '../../core/results.ts';
import { trustedRuns } from '../../pipeline/studies/newcomer-words.ts';

/** Which router to trust with a model that joins, as the title of what shows it. */
export function newcomerSaid(all: readonly NewcomerResult[]): string {
  const told = trustedRuns(all).map(
    ({ router, from, to }, i) =>
      `${i === 0 ? 'trust ' : ''}${router} after ${from === to ? from : `${from} to ${to}`}${i === 0 ? ' answers' : ''}`,
  );
  return `When a model joins, ${told.join(', ')}`;
}
