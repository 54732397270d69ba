import type { DeferralResult } from '../../../core/results-evidence.ts';
import { bracket, fixed, percent } from '../../words/numbers.ts';
import { pointsOf } from '../../words/verdict.ts';
import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, halo, type Layout, layouts } from './drawing.ts';

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly title: string;
}

/** What is certified at one epsilon: the share that may leave, up to the loss that is tolerated. */
interface Region {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly title: string;
}

/** The loss in points beyond which nothing is drawn, three times what is tolerated: it would press the rest flat. */
export function greatestDrawn({ certified }: DeferralResult): number {
  const widest = Math.max(0, ...certified.map(({ epsilon }) => epsilon)) || 0.05;
  return Math.max(300 * widest, 1);
}

/** Loss of quality against the share of queries that leave the incumbent. None where nothing ever leaves. */
export function deferralChart(deferral: DeferralResult, drawing: Drawing): Markup[] {
  const most = greatestDrawn(deferral);
  const within = (value: number): number => Math.min(Math.max(value, -most), most);
  const points = deferral.points
    .map(toPoint)
    .filter(({ y }) => Math.abs(y) <= most)
    .map((point) => ({ ...point, low: within(point.low), high: within(point.high) }))
    .sort((a, b) => a.x - b.x);
  if (points.length < 2) return [];
  return layouts.map((layout) => draw(points, regionsOf(deferral), { drawing, layout }));
}

function toPoint({ share, loss, parameter, cost }: DeferralResult['points'][number]): Point {
  const write = (x: number): string => fixed(100 * x, 1);
  const spent = cost === null ? '' : `, ${percent(cost, 0)} % of the cost`;
  return {
    x: 100 * share,
    y: 100 * loss.value,
    low: 100 * loss.low,
    high: 100 * loss.high,
    title: `${percent(share, 0)} % leave at a threshold of ${fixed(100 * parameter, 1)} points: ${write(loss.value)} points lost ${bracket(loss, write)}${spent}`,
  };
}

const regionsOf = ({ certified }: DeferralResult): Region[] =>
  certified.flatMap(({ epsilon, betting }) =>
    betting === null || betting.share === 0
      ? []
      : [
          {
            x: 100 * betting.share,
            y: 100 * epsilon,
            text: `at most ${pointsOf(epsilon)}`,
            title: `Certified: ${percent(betting.share, 0)} % may leave, losing at most ${pointsOf(epsilon)}`,
          },
        ],
  );

interface Way {
  readonly drawing: Drawing;
  readonly layout: Layout;
}

function draw(points: readonly Point[], regions: readonly Region[], { drawing, layout }: Way): Markup {
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const y = domain([...points.flatMap((p) => [p.low, p.high]), ...regions.map((r) => r.y), 0], 0.08);
  const right = Math.max(...points.map((p) => p.x), ...regions.map((r) => r.x));
  return drawing.draw(
    {
      width: narrow ? 340 : 860,
      height: narrow ? 300 : 400,
      marginLeft: 44,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 40,
      x: {
        domain: [0, right * 1.02],
        label: 'queries that leave the incumbent, %',
        labelArrow: 'none',
        ticks: narrow ? 5 : 10,
      },
      y: { domain: y, label: 'quality lost, points', labelArrow: 'none', ticks: 6 },
      marks: [
        Plot.gridY({ ticks: 6, stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.ruleY([0], { stroke: 'var(--mark-orange)', strokeDasharray: '3,3' }),
        Plot.rect(regions, {
          x1: 0,
          x2: 'x',
          y1: y[0],
          y2: 'y',
          fill: 'var(--mark-green)',
          fillOpacity: 0.13,
          stroke: 'var(--mark-green)',
          strokeOpacity: 0.7,
          title: 'title',
        }),
        Plot.areaY(points, {
          x: 'x',
          y1: 'low',
          y2: 'high',
          fill: 'var(--blue)',
          fillOpacity: 0.18,
        }),
        Plot.line(points, { x: 'x', y: 'y', stroke: 'var(--blue)', strokeWidth: 2.5 }),
        Plot.dot(points, { x: 'x', y: 'y', r: 3, fill: 'var(--blue)', title: 'title' }),
        // A narrow region has its label beside it, not beyond the axis.
        ...[true, false].map((roomy) =>
          Plot.text(
            regions.filter((region) => region.x / right > (narrow ? 0.36 : 0.15) === roomy),
            {
              x: 'x',
              y: 'y',
              dx: roomy ? -6 : 6,
              dy: 9,
              text: 'text',
              textAnchor: roomy ? 'end' : 'start',
              fill: 'var(--green)',
              fontWeight: 'bold',
              ...halo,
            },
          ),
        ),
      ],
    },
    {
      label: `Quality lost against the share of queries that leave. ${[...points, ...regions].map((mark) => mark.title).join('. ')}`,
      classes: layout,
    },
  );
}
