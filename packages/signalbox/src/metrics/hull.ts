/** A point of the cost-quality plane. */
export interface Point {
  readonly cost: number;
  readonly quality: number;
}

/**
 * Upper, concave, non-decreasing hull of points, from the cheapest to the best (OUTPUT, Measures): what
 * mixing operating points reaches. Right of its last point it is flat.
 */
export function hull<P extends Point>(points: readonly P[]): P[] {
  const sorted = [...points].sort((a, b) => a.cost - b.cost || b.quality - a.quality);
  const out: P[] = [];
  for (const point of sorted) {
    const last = out.at(-1);
    if (last !== undefined && (point.quality <= last.quality || point.cost === last.cost)) continue;
    while (out.length > 1 && below(out[out.length - 2]!, out[out.length - 1]!, point)) out.pop();
    out.push(point);
  }
  return out;
}

function below(a: Point, b: Point, c: Point): boolean {
  return (b.quality - a.quality) * (c.cost - a.cost) <= (c.quality - a.quality) * (b.cost - a.cost);
}

/** Height at a cost; left of the first point its own quality. */
export function heightAt(corners: readonly Point[], cost: number): number {
  let before = corners[0]!;
  for (const corner of corners) {
    if (corner.cost >= cost) return corner === before ? corner.quality : between(before, corner, cost);
    before = corner;
  }
  return before.quality;
}

function between(a: Point, b: Point, cost: number): number {
  return a.quality + (b.quality - a.quality) * ((cost - a.cost) / (b.cost - a.cost));
}

/** AIQ: mean height over [from, to] (RouterBench, 2403.12031, with one common range for all routers). */
export function meanHeight(corners: readonly Point[], from: number, to: number): number {
  if (!(to > from)) return heightAt(corners, from);
  let area = 0;
  let a = from;
  let height = heightAt(corners, from);
  const upTo = (b: number): void => {
    const next = heightAt(corners, b);
    area += ((height + next) / 2) * (b - a);
    a = b;
    height = next;
  };
  for (const { cost } of corners) if (cost > from && cost < to) upTo(cost);
  upTo(to);
  return area / (to - from);
}

/** The least cost at which the hull reaches a quality; NaN where it does not. */
export function costToReach(corners: readonly Point[], quality: number): number {
  let before: Point | undefined;
  for (const corner of corners) {
    if (corner.quality >= quality) {
      if (before === undefined) return corner.cost;
      return (
        before.cost +
        ((corner.cost - before.cost) * (quality - before.quality)) / (corner.quality - before.quality)
      );
    }
    before = corner;
  }
  return Number.NaN;
}
