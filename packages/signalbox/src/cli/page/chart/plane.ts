import type { ResultSet, System } from '../../../core/results.ts';
import { shorter } from '../../words/names.ts';
import { bracket, percent } from '../../words/numbers.ts';
import {
  bestSingleModel,
  compared,
  find,
  headline,
  label,
  singles,
  unreachable,
} from '../../words/reading.ts';
import { isStudy } from '../../words/scenarios.ts';
import { pointsOf } from '../../words/verdict.ts';
import { html, type Markup, raw } from '../frame/markup.ts';
import { costAxis, logBeyond, logDomain, tick } from './cost-axis.ts';
import { type Drawing, domain, halo, type Layout, layouts, shorten } from './drawing.ts';
import { inkOf, type Point, place } from './labels.ts';
import { colourOf } from './systems.ts';

interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly title: string }[];
  readonly colour: string;
  readonly dashed: boolean;
  readonly strong: boolean;
}

export interface Plane {
  readonly markup: Markup;
  /** What is drawn, for the subtitle. */
  readonly about: string;
}

/** Cost against quality: single models as dots, the hull of their mixtures, router curves. Undefined without cost. */
export function planeChart(set: ResultSet, drawing: Drawing, id: string): Plane | undefined {
  const points = toPoints(set);
  const lines = toLines(set);
  if (set.costUnit === null || points.length === 0) return undefined;
  const costs = [...points.map((p) => p.x), ...lines.flatMap((line) => line.points.map((p) => p.x))];
  const least = Math.min(...costs);
  const canLog = least > 0 && Math.max(...costs) > least;
  const log = canLog && Math.max(...costs) / least > logBeyond;
  const charts = (canLog ? (['log', 'linear'] as const) : (['linear'] as const)).flatMap((scale) =>
    layouts.map((layout) => draw({ set, points, lines, drawing, scale, layout, toggled: canLog })),
  );
  const toggle = canLog
    ? html`<p class="context toggle">Cost axis: <label><input type="radio" name="${id}" class="log"${raw(log ? ' checked' : '')}>logarithmic</label> <label><input type="radio" name="${id}" class="linear"${raw(log ? '' : ' checked')}>linear</label></p>`
    : null;
  return {
    markup: html`<div class="plane">${toggle}${charts}</div>`,
    about: `${describe(lines)}${points.some((point) => point.hollow) ? ' Hollow dots need hindsight.' : ''}`,
  };
}

function describe(lines: readonly Line[]): string {
  const hull = lines.some((line) => line.dashed)
    ? ' The dashed line is the mix of single models, without looking at the query.'
    : '';
  const curves = lines.filter((line) => !line.dashed).map((line) => line.name);
  return `Each dot is a system, with the 95 % interval of its quality.${hull}${curves.length > 0 ? ` The solid lines are ${curves.join(', ')} as the price of quality varies.` : ''}`;
}

/** The best model in hindsight has its dot among the single models. */
const isSingle = (system: System): boolean => system.name === 'best-single-hindsight';

function toPoints(set: ResultSet): Point[] {
  const { scale, write } = costAxis(set);
  const main = headline(set)?.system;
  const best = bestSingleModel(set);
  const short = shorter(set.models);
  const shown = [
    ...(main ? [main] : []),
    ...singles(set).filter((system) => label(system) === best),
    ...['task-table', 'random'].flatMap((name) => find(set, name) ?? []),
    ...singles(set).filter((system) => label(system) !== best),
    // A study asks how far its bounds lie; elsewhere they would press the reachable together.
    ...(isStudy(set) ? compared(set).filter((system) => unreachable(system) && !isSingle(system)) : []),
  ];
  const singlesAndRouters = shown.flatMap((system) => {
    if (system.quality === null || system.cost === null) return [];
    const name = label(system);
    const shown = short(name);
    const isBest = system.kind === 'single' && name === best;
    const { value, low, high } = system.quality;
    const quality = `${percent(value, 1)} % ${bracket(system.quality, (x) => percent(x, 1))}`;
    return {
      name: isBest ? `${shorten(shown, 24)} (best single)` : shown,
      x: scale * system.cost.value,
      y: 100 * value,
      low: 100 * low,
      high: 100 * high,
      colour: isBest ? 'var(--mark-orange)' : colourOf(system, main),
      radius: system === main ? 6 : 4.5,
      title: `${name}: ${quality}, ${write(scale * system.cost.value)}`,
      bold: system === main,
      hollow: unreachable(system),
    };
  });
  return [...certifiedPoint(set), ...singlesAndRouters];
}

/** Where the certified policy stands: best single less the loss measured, at its share of the cost. */
function certifiedPoint(set: ResultSet): Point[] {
  const { scale, write } = costAxis(set);
  const at = set.deferral?.certified.findLast(({ betting }) => betting !== null && betting.share > 0);
  const point = set.deferral?.points.find(({ parameter }) => parameter === at?.betting?.parameter);
  const best = find(set, 'best-single');
  if (!at || !point || point.cost === null || !best?.quality || !best.cost) return [];
  const [quality, x] = [best.quality.value, scale * point.cost * best.cost.value];
  const name = `certified, at most ${pointsOf(at.epsilon)} lost`;
  return [
    {
      name,
      x,
      y: 100 * (quality - point.loss.value),
      low: 100 * (quality - point.loss.high),
      high: 100 * (quality - point.loss.low),
      colour: 'var(--blue)',
      radius: 5,
      title: `${name}: ${percent(quality - point.loss.value, 1)} %, ${write(x)}`,
      bold: true,
    },
  ];
}

function toLines(set: ResultSet): Line[] {
  const { scale, write } = costAxis(set);
  const main = headline(set)?.system;
  const line = (system: System, look: Pick<Line, 'colour' | 'dashed' | 'strong'>): Line[] => {
    const points = (system.curve ?? []).map(({ cost, quality, parameter }) => ({
      x: scale * cost,
      y: 100 * quality,
      title: `${label(system)}: ${percent(quality, 1)} %, ${write(scale * cost)}${parameter === null ? '' : `, parameter ${Number(parameter.toPrecision(3))}`}`,
    }));
    points.sort((a, b) => a.x - b.x || a.y - b.y);
    return points.length > 1 ? [{ name: label(system), points, ...look }] : [];
  };
  const others = compared(set).filter((system) => system.kind === 'router' && system !== main);
  const hull = find(set, 'zero-router');
  return [
    ...(hull ? line(hull, { colour: 'var(--context)', dashed: true, strong: false }) : []),
    ...others
      .slice(0, 2)
      .flatMap((system) => line(system, { colour: 'var(--sky)', dashed: false, strong: false })),
    ...(main ? line(main, { colour: 'var(--blue)', dashed: false, strong: true }) : []),
  ];
}

interface Job {
  readonly set: ResultSet;
  readonly points: readonly Point[];
  readonly lines: readonly Line[];
  readonly drawing: Drawing;
  readonly scale: 'log' | 'linear';
  readonly layout: Layout;
  readonly toggled: boolean;
}

function draw(job: Job): Markup {
  const { points, lines, layout, scale, drawing } = job;
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const frame = {
    width: narrow ? 340 : 860,
    height: narrow ? 340 : 460,
    left: 40,
    right: 12,
    top: 24,
    bottom: 40,
  };
  const xs = [...points.map((p) => p.x), ...lines.flatMap((line) => line.points.map((p) => p.x))];
  const ys = [
    ...points.flatMap((p) => [p.low, p.high]),
    ...lines.flatMap((line) => line.points.map((p) => p.y)),
  ];
  const x = scale === 'log' ? logDomain(xs) : domain(xs, 0.06);
  const y = domain(ys, 0.06);
  const labels = place(points, { frame, x, y, log: scale === 'log', most: narrow ? 24 : 38 });
  return drawing.draw(
    {
      width: frame.width,
      height: frame.height,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      x: {
        type: scale,
        domain: x,
        label: costAxis(job.set).label,
        labelArrow: 'none',
        ticks: narrow ? 4 : 8,
        tickFormat: tick,
      },
      y: { domain: y, label: 'quality, % (mean of all queries)', labelArrow: 'none', ticks: 6 },
      r: { type: 'identity' },
      marks: [
        Plot.gridY({ ticks: 6, stroke: 'var(--grid)', strokeOpacity: 1 }),
        ...lines.map((line) =>
          Plot.line(line.points, {
            x: 'x',
            y: 'y',
            stroke: line.colour,
            strokeWidth: line.strong ? 2.5 : 1.5,
            ...(line.dashed ? { strokeDasharray: '5,4' } : {}),
          }),
        ),
        ...lines.map((line) =>
          Plot.dot(line.points, { x: 'x', y: 'y', r: 2, fill: line.colour, title: 'title' }),
        ),
        Plot.ruleX(points, {
          x: 'x',
          y1: 'low',
          y2: 'high',
          stroke: (d: Point) => d.colour,
          strokeWidth: 2,
          strokeOpacity: 0.5,
        }),
        Plot.dot(points, {
          x: 'x',
          y: 'y',
          r: 'radius',
          fill: (d: Point) => (d.hollow ? 'var(--paper)' : d.colour),
          stroke: (d: Point) => (d.hollow ? d.colour : 'var(--paper)'),
          title: 'title',
        }),
        ...labels.map(({ point, text, dx, dy, anchor }) =>
          Plot.text([point], {
            x: 'x',
            y: 'y',
            dx,
            dy,
            text: () => text,
            textAnchor: anchor,
            fill: inkOf(point),
            fontWeight: point.bold ? 'bold' : 'normal',
            ...halo,
          }),
        ),
      ],
    },
    {
      label: `Cost and quality. ${points.map((point) => point.title).join('. ')}`,
      classes: `${layout}${job.toggled ? ` on-${scale}` : ''}`,
    },
  );
}
