import { type Drawing, halo } from './drawing.ts';
import type { Rule } from './lines.ts';

/** Names right of a frame at the levels that they belong to, pushed apart where they would cover each other. */
export function endNames(
  ends: readonly Rule[],
  { y: [low, high], down }: { readonly y: readonly [number, number]; readonly down: number },
  { Plot }: Drawing,
) {
  const sorted = [...ends].sort((a, b) => b.at - a.at);
  let last = Number.NEGATIVE_INFINITY;
  return sorted.map((end, i) => {
    const after = (sorted.length - 1 - i) * 13;
    last = Math.min(Math.max((1 - (end.at - low) / (high - low)) * down, last + 13), down - after);
    return Plot.text([end], {
      frameAnchor: 'top-right',
      dx: 5,
      dy: last - 6,
      text: (of: Rule) => of.name,
      textAnchor: 'start',
      fill: end.colour,
      ...halo,
    });
  });
}
