import type { AblationsResult } from '../../core/results-ablations.ts';
import { count } from './numbers.ts';
import { saidPoints } from './verdict.ts';

type Ablation = AblationsResult[number];

/** A line of an ablation without the router's name, as both faces have it. */
export const partOf = (system: string, router: string): string =>
  system === router ? 'as it is' : system.replace(`${router}:`, '');

/** What a router's parts come to, as the title of what shows it. */
export function ablationSaid({ router, lines }: Ablation): string {
  const changed = lines.flatMap(({ system, difference }) => (difference ? [{ system, difference }] : []));
  const sure = changed.filter(({ difference }) => difference.low > 0 || difference.high < 0);
  const [first] = [...sure].sort((a, b) => Math.abs(b.difference.value) - Math.abs(a.difference.value));
  if (changed.length === 0) return `${router}, as it is`;
  const tried = changed.length === 1 ? 'the one change' : `${count(changed.length)} changes`;
  if (first === undefined) return `No change to ${router} is told from noise, with ${tried} tried`;
  const others = sure.length - 1;
  const rest =
    changed.length === 1
      ? ''
      : others === 0
        ? '; no other is told from noise'
        : `; ${count(others)} of the ${count(changed.length - 1)} others ${others === 1 ? 'is' : 'are'} told from noise too`;
  return `What changes ${router} most is ${partOf(first.system, router)}, by ${saidPoints(first.difference)}${rest}`;
}

/** What a lost model leaves of a router, as the title of what shows it. */
export function lostSaid({ router, lost }: Ablation): string {
  const above = lost.filter(({ lift }) => lift.low > 0).length;
  const below = lost.filter(({ lift }) => lift.high < 0).length;
  const when = (n: number): string =>
    n === lost.length ? 'whichever it is' : `in ${count(n)} of ${count(lost.length)} cases`;
  const rest = 'the best single model of those left';
  if (below > 0) return `With one model lost, ${router} falls below ${rest} ${when(below)}`;
  return above === 0
    ? `With one model lost, ${router} cannot be told from ${rest}, ${when(lost.length)}`
    : `With one model lost, ${router} still beats ${rest} ${when(above)}`;
}
