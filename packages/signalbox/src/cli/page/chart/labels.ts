import { shorten, textWidth } from './drawing.ts';

/** A dot of a chart, with all that is written about it. */
export interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  readonly radius: number;
  readonly title: string;
  readonly bold: boolean;
  /** What needs hindsight is hollow. */
  readonly hollow?: boolean;
}

/** Names of the three systems that matter are written in the colour of their dots, a shade that text can have. */
export const inkOf = (point: Point): string =>
  point.colour === 'var(--context)' || point.colour === 'var(--sky)'
    ? 'var(--ink)'
    : point.colour.replace('--mark-', '--');

interface Placing {
  readonly frame: Readonly<Record<'width' | 'height' | 'left' | 'right' | 'top' | 'bottom', number>>;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly log: boolean;
  /** Characters of a name at most. */
  readonly most: number;
}

interface Label {
  readonly point: Point;
  readonly text: string;
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

type Box = readonly [left: number, top: number, right: number, bottom: number];
const overlap = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Names beside their dots, the most important first; a name that would cover another or a dot is left out. */
export function place(points: readonly Point[], { frame, x, y, log, most }: Placing): Label[] {
  const f = log ? Math.log : (value: number): number => value;
  const across = frame.width - frame.left - frame.right;
  const down = frame.height - frame.top - frame.bottom;
  const at = points.map((point) => [
    frame.left + ((f(point.x) - f(x[0])) / (f(x[1]) - f(x[0]))) * across,
    frame.top + (1 - (point.y - y[0]) / (y[1] - y[0])) * down,
  ]);
  const taken: Box[] = at.map(([px, py]) => [px! - 5, py! - 5, px! + 5, py! + 5]);
  const labels: Label[] = [];
  points.forEach((point, i) => {
    const [px, py] = [at[i]![0]!, at[i]![1]!];
    const text = shorten(point.name, most);
    const width = textWidth(text);
    const tries: [Box, Omit<Label, 'point' | 'text'>][] = [
      [[px + 8, py - 7, px + 8 + width, py + 7], { dx: 9, dy: 0, anchor: 'start' }],
      [[px - 8 - width, py - 7, px - 8, py + 7], { dx: -9, dy: 0, anchor: 'end' }],
      [[px - width / 2, py - 22, px + width / 2, py - 8], { dx: 0, dy: -14, anchor: 'middle' }],
      [[px - width / 2, py + 8, px + width / 2, py + 22], { dx: 0, dy: 14, anchor: 'middle' }],
      [[px + 6, py - 20, px + 6 + width, py - 6], { dx: 7, dy: -13, anchor: 'start' }],
      [[px + 6, py + 6, px + 6 + width, py + 20], { dx: 7, dy: 13, anchor: 'start' }],
      [[px - 6 - width, py - 20, px - 6, py - 6], { dx: -7, dy: -13, anchor: 'end' }],
      [[px - 6 - width, py + 6, px - 6, py + 20], { dx: -7, dy: 13, anchor: 'end' }],
    ];
    // A label in its dot's own colour may stand further off.
    if (inkOf(point) !== 'var(--ink)') {
      for (const dy of [26, -28, 42, -44]) {
        tries.push([[px + 4, py + dy - 7, px + 4 + width, py + dy + 7], { dx: 4, dy, anchor: 'start' }]);
        tries.push([[px - 4 - width, py + dy - 7, px - 4, py + dy + 7], { dx: -4, dy, anchor: 'end' }]);
      }
    }
    const free = tries.find(
      ([box]) =>
        box[0] >= frame.left &&
        box[2] <= frame.width &&
        box[1] >= 0 &&
        !taken.some((other, j) => j !== i && overlap(box, other)),
    );
    if (free === undefined) return;
    taken.push(free[0]);
    labels.push({ point, text, ...free[1] });
  });
  return labels;
}
