import type { Estimate } from '../../../core/results.ts';
import { bracket, count, counted, percent } from '../../words/numbers.ts';
import type { Contest } from '../contests.ts';
import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, type Layout, layouts, shorten } from './drawing.ts';

/** Groups on one chart: a chart stays whole on a printed page. */
const most = 20;

interface Mark {
  readonly at: Estimate;
  readonly y: number;
  readonly dy: number;
  readonly colour: string;
  readonly title: string;
}

const lanes = [
  { key: 'best', name: 'best single', colour: 'var(--mark-orange)', dy: -7 },
  { key: 'table', name: 'task table', colour: 'var(--mark-green)', dy: 0 },
  { key: 'router', name: 'router', colour: 'var(--blue)', dy: 7 },
] as const;

/** Best single, task table and router in each group, as dots on their intervals; one scale for all charts. */
export function groupCharts(
  contests: readonly Contest[],
  drawing: Drawing,
  short: (group: string) => string,
): Markup[] {
  const values = contests.flatMap((contest) =>
    lanes.flatMap(({ key }) => {
      const at = contest[key];
      return at ? [100 * at.low, 100 * at.high] : [];
    }),
  );
  if (values.length === 0) return [];
  const x = domain(values);
  const parts = Math.ceil(contests.length / most);
  const size = Math.ceil(contests.length / parts);
  return Array.from({ length: parts }, (_, i) => contests.slice(i * size, (i + 1) * size)).flatMap((part) =>
    layouts.map((layout) => draw(part, { drawing, layout, x, short })),
  );
}

function marksOf(contests: readonly Contest[]): Mark[] {
  return contests.flatMap((contest, y) =>
    lanes.flatMap(({ key, name, colour, dy }) => {
      const at = contest[key];
      if (!at) return [];
      const write = (value: number): string => percent(value, 1);
      const title = `${contest.group}, ${name}: ${write(at.value)} % ${bracket(at, write)}, ${counted(at.n, 'query', 'queries')}`;
      return [{ at, y, dy, colour, title }];
    }),
  );
}

interface Way {
  readonly drawing: Drawing;
  readonly layout: Layout;
  readonly x: readonly [number, number];
  readonly short: (group: string) => string;
}

function draw(contests: readonly Contest[], { drawing, layout, x, short }: Way): Markup {
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const marks = marksOf(contests);
  const [width, step, top, left] = narrow ? [340, 48, 34, 4] : [860, 32, 34, 230];
  const base = narrow ? 9 : 0;
  const lane = (dy: number) => marks.filter((mark) => mark.dy === dy);
  const name = (contest: Contest): string =>
    `${shorten(short(contest.group), narrow ? 34 : 24)} (n ${count(contest.n)})`;
  return drawing.draw(
    {
      width,
      height: top + step * contests.length + 8,
      marginLeft: left,
      marginRight: 16,
      marginTop: top,
      marginBottom: 8,
      x: {
        domain: [...x],
        axis: 'top',
        label: 'quality in the group, %',
        labelArrow: 'none',
        ticks: narrow ? 4 : 8,
      },
      y: { type: 'band', domain: contests.map((_, i) => i), axis: null, padding: 0 },
      marks: [
        Plot.gridX({ ticks: narrow ? 4 : 8, stroke: 'var(--grid)', strokeOpacity: 1 }),
        ...lanes.flatMap(({ dy }) => [
          Plot.link(lane(dy), {
            x1: (d: Mark) => 100 * d.at.low,
            x2: (d: Mark) => 100 * d.at.high,
            y1: 'y',
            y2: 'y',
            dy: dy + base,
            stroke: (d: Mark) => d.colour,
            strokeWidth: 2,
            strokeOpacity: 0.6,
          }),
          Plot.dot(lane(dy), {
            x: (d: Mark) => 100 * d.at.value,
            y: 'y',
            dy: dy + base,
            r: 4,
            fill: (d: Mark) => d.colour,
            title: 'title',
          }),
        ]),
        Plot.text(contests, {
          y: (_: Contest, i: number) => i,
          frameAnchor: 'left',
          dx: narrow ? 0 : -226,
          dy: narrow ? -13 : 0,
          text: name,
          title: 'group',
          textAnchor: 'start',
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    },
    { label: `Quality in each group. ${marks.map((mark) => mark.title).join('. ')}`, classes: layout },
  );
}
