import type { Estimate, ResultSet } from '../../core/results.ts';
import { find, headline } from '../words/reading.ts';

/** Who is how good in one group. */
export interface Contest {
  readonly group: string;
  readonly n: number;
  readonly best: Estimate | undefined;
  readonly table: Estimate | undefined;
  readonly router: Estimate | undefined;
}

export const own = (
  of: Readonly<Record<string, Estimate>> | null | undefined,
  key: string,
): Estimate | undefined => (of && Object.hasOwn(of, key) ? of[key] : undefined);

/** Groups with the largest gain of the router over best single, weighed by their queries, first. */
export function contests(set: ResultSet): Contest[] {
  const router = headline(set)?.system;
  const all = set.groups.map((group) => {
    const best = own(find(set, 'best-single')?.groups, group);
    const table = own(find(set, 'task-table')?.groups, group);
    const ours = own(router?.groups, group);
    return { group, n: (best ?? table ?? ours)?.n ?? 0, best, table, router: ours };
  });
  const gain = (c: Contest): number => c.n * ((c.router ?? c.table)?.value ?? 0) - c.n * (c.best?.value ?? 0);
  return all
    .filter((c) => c.best ?? c.table ?? c.router)
    .sort((a, b) => gain(b) - gain(a) || (a.group < b.group ? -1 : 1));
}
