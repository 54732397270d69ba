import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, textWidth } from './drawing.ts';
import { endNames } from './end-names.ts';
import type { LinePoint, Rule } from './lines.ts';

/** One of several charts of the same axes, each with a line of its own before those of the others. */
export interface SmallChart {
  readonly points: readonly LinePoint[];
  /** Lines of the other charts, for comparison. */
  readonly others: readonly (readonly LinePoint[])[];
  readonly colour: string;
  /** Levels across the chart, named at its right end. */
  readonly across?: readonly Rule[];
  /** Of all charts that stand together. */
  readonly xs: readonly number[];
  readonly y: readonly [number, number];
  readonly labels: { readonly x: string; readonly y: string };
  /** Read before the points to those who do not see the chart. */
  readonly about: string;
}

const [width, height, top, bottom, left] = [320, 190, 26, 38, 44];

/** A domain that holds every point with its interval, and the levels. */
export function commonDomain(points: readonly LinePoint[], levels: readonly number[] = []): [number, number] {
  return domain([...points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]), ...levels], 0.06);
}

/** Wide and narrow alike; as many stand in a row as there is room for. Places of x are on a log scale. */
export function smallLines(chart: SmallChart, drawing: Drawing): Markup {
  const { points, others, colour, across = [], xs, y, labels, about } = chart;
  const { Plot } = drawing;
  const right = 10 + Math.max(0, ...across.map(({ name }) => textWidth(name) + 6));
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const room = (most / least) ** 0.06 * (most > least ? 1 : 1.5);
  return drawing.draw(
    {
      width,
      height,
      marginLeft: left,
      marginRight: right,
      marginTop: top,
      marginBottom: bottom,
      x: {
        type: 'log',
        domain: [least / room, most * room],
        label: labels.x,
        labelAnchor: 'left',
        labelArrow: 'none',
        ticks: [...xs],
        tickFormat: String,
      },
      y: { domain: [...y], label: labels.y, labelArrow: 'none', ticks: 4 },
      r: { type: 'identity' },
      marks: [
        Plot.gridY({ ticks: 4, stroke: 'var(--grid)', strokeOpacity: 1 }),
        ...others.map((line) =>
          Plot.line(line, { x: 'x', y: 'y', stroke: 'var(--context)', strokeOpacity: 0.35 }),
        ),
        ...across.map((rule) =>
          Plot.ruleY([rule.at], { stroke: rule.colour, ...(rule.dashed && { strokeDasharray: '4,3' }) }),
        ),
        Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2 }),
        Plot.ruleX(points, {
          x: 'x',
          y1: 'low',
          y2: 'high',
          stroke: colour,
          strokeWidth: 2,
          strokeOpacity: 0.5,
        }),
        Plot.dot(points, { x: 'x', y: 'y', r: 3.5, fill: colour, title: 'title' }),
        ...endNames(across, { y, down: height - top - bottom }, drawing),
      ],
    },
    { label: `${about} ${points.flatMap((p) => p.title ?? []).join('. ')}`, classes: 'small' },
  );
}
