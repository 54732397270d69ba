/** What two printouts of `signalbox report --json` have in common, figure by figure. */

/** Of a run, its clock, or the file that a table lies in; all else is what was found. */
const aboutRun: ReadonlySet<string> = new Set([
  'command',
  'startedAt',
  'seconds',
  'fitSeconds',
  'predictSecondsPer1000',
  'digests',
]);

export interface Compared {
  /** Numbers that were compared. */
  readonly figures: number;
  /** Where the two differ first, and what stands there; absent = nowhere. */
  readonly difference?: string;
}

/**
 * Compares every value of two parsed printouts, numbers by their bits. The name of a set is that of its file, and its
 * `notes` tell what the reader of a format saw there: neither is compared.
 */
export function sameFigures(one: unknown, other: unknown): Compared {
  let figures = 0;
  const differ = (a: unknown, b: unknown, path: string): string | undefined => {
    if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
      const names = new Set([...Object.keys(a), ...Object.keys(b)]);
      for (const name of names) {
        if (aboutRun.has(name) || /^\/sets\/\d+\/(dataset|notes)$/.test(`${path}/${name}`)) continue;
        const found = differ(
          (a as Record<string, unknown>)[name],
          (b as Record<string, unknown>)[name],
          `${path}/${name}`,
        );
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (typeof a === 'number') figures++;
    return Object.is(a, b) ? undefined : `${path}: ${shown(a)} and ${shown(b)}`;
  };
  const difference = differ(one, other, '');
  return { figures, ...(difference !== undefined && { difference }) };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
