import { rng, shuffle } from '../math/rng.ts';
import type { Design } from '../metrics/design.ts';

/** Clusters dealt out at random to so many parts, evenly within each group: the part of each row. Repeatable from the design's seed. */
export function dealClusters({ clusters, groupOf, seed }: Design, parts: number): Int32Array {
  const groupOfCluster = new Map<number, number>();
  clusters.forEach((cluster, i) => {
    if (!groupOfCluster.has(cluster)) groupOfCluster.set(cluster, groupOf[i]!);
  });
  const next = new Map<number, number>();
  const part = new Map<number, number>();
  for (const [cluster, group] of shuffle([...groupOfCluster], rng(`parts/${seed}`))) {
    const turn = next.get(group) ?? group;
    part.set(cluster, turn % parts);
    next.set(group, turn + 1);
  }
  return clusters.map((cluster) => part.get(cluster)!);
}
