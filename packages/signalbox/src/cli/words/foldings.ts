import type { Estimate } from '../../core/results.ts';
import type { FoldingsResult } from '../../core/results-foldings.ts';
import { bracket, counted, fixed } from './numbers.ts';

type Folding = FoldingsResult[number];

/** APGR is written in plain numbers; one assignment of rows moves its fourth decimal. */
export const plainFour = (x: number): string => fixed(x, 4);

/** A router, and how many labels it learned from where these were not all. */
export const foldingName = ({ router, labels }: Folding): string =>
  labels === null ? router : `${router}, ${counted(labels, 'label')}`;

/** What several assignments of rows to folds come to, as the title of what shows them. */
export function foldingsSaid({ router, values, mean }: Folding): string {
  return `Over ${counted(values.length, 'assignment')} of rows to folds ${router} has an APGR of ${withBracket(mean)}; one alone gives ${range(values.map(({ value }) => value.value))}`;
}

const withBracket = (estimate: Estimate): string =>
  `${plainFour(estimate.value)} ${bracket(estimate, plainFour)}`;

const range = (values: readonly number[]): string =>
  `${plainFour(Math.min(...values))} to ${plainFour(Math.max(...values))}`;
