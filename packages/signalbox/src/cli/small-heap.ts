import { setFlagsFromString } from 'node:v8';

/** Nodes on which the flag is known to be understood; another would complain on standard error. */
const understood: readonly number[] = [22, 24];

/**
 * Holds the part of the heap where objects begin at its first size. What a comparison computes with are arrays of
 * numbers outside of the heap; what dies young beside them fills up whatever room V8 grants it, 100 MB and more on a
 * large table, for a tenth of the time.
 */
export function holdHeapSmall(): void {
  if (understood.includes(Number.parseInt(process.versions.node, 10)))
    setFlagsFromString('--semi-space-growth-factor=1');
}
