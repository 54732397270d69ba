import type { NewcomerResult } from '../../core/results.ts';
import { trustedRuns } from '../../pipeline/studies/newcomer-words.ts';

/** Which router to trust with a model that joins, as the title of what shows it. */
export function newcomerSaid(all: readonly NewcomerResult[]): string {
  const runs = trustedRuns(all);
  const when = (i: number): string => {
    const { from, to } = runs[i]!;
    return `after ${from === to ? from : `${from} to ${to}`}${i === 0 ? ' answers' : ''}`;
  };
  if (all.every(({ trusted }) => trusted))
    return `When a model joins, no router stands out: the least Brier score is that of ${runs.map(({ router }, i) => `${router} ${when(i)}`).join(', ')}`;
  return `When a model joins, trust ${runs.map(({ router }, i) => `${router} ${when(i)}`).join(', ')}`;
}
