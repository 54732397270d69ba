import type { SweepsResult } from '../../../core/results-sweeps.ts';
import { percent } from '../../words/numbers.ts';
import { against } from '../../words/sweeps.ts';
import { html, type Markup } from '../frame/markup.ts';
import { logBeyond, logDomain, tick } from './cost-axis.ts';
import { type Drawing, domain } from './drawing.ts';
import type { LinePoint } from './lines.ts';
import { heightOf, type Panel, type PanelLine, panel } from './panels.ts';

type Swept = SweepsResult[number];

/** What quality is drawn against. */
export interface Axis {
  readonly label: string;
  readonly write: (x: number) => string;
  /** Undefined where it was not recorded. */
  readonly of: (point: Swept['curve'][number]) => number | undefined;
  /** Lines and dots that stand in every panel, drawn first. */
  readonly before: readonly PanelLine[];
}

/** A figure for each sweep, with a panel for each axis that was recorded; panels of one axis share their scales. */
export function sweepPanels(all: SweepsResult, axes: readonly Axis[], drawing: Drawing): Markup[] {
  const drawn = axes.flatMap((axis) => {
    const lines = all.map((swept) => along(swept, axis));
    return lines.some((points) => points.length > 0) ? [{ axis, lines, scales: scalesOf(lines, axis) }] : [];
  });
  return all.map((swept, i) => {
    const charts = drawn.flatMap(({ axis, lines, scales }) => {
      const own = lines[i]!;
      const others = lines.filter((points, j) => j !== i && points.length > 0);
      const chart: Panel = {
        lines: [
          ...others.map((points) => ({ name: '', points: plain(points), colour: 'var(--grid)' })),
          ...axis.before,
          { name: '', points: own, colour: 'var(--blue)', strong: true, dots: true },
        ],
        told: told(swept, own, scales),
        x: { label: axis.label, ...scales.x, write: tick },
        y: { label: 'quality, %', domain: scales.y },
        about: `Quality of ${swept.router} by ${swept.parameter}, against ${axis.label}.`,
      };
      return own.length === 0 ? [] : [html`<div>${panel(chart, drawing)}</div>`];
    });
    const way = swept.price === 'cost' ? '' : `, a price of ${against(swept.price)}`;
    return html`<figure><figcaption>${swept.router} by ${swept.parameter}${way}</figcaption><div>${charts}</div></figure>
`;
  });
}

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

function along(
  { parameter, curve }: Swept,
  axis: Axis,
): (LinePoint & { readonly parameter: number | null })[] {
  return curve.flatMap((point) => {
    const x = axis.of(point);
    if (x === undefined) return [];
    const at = point.parameter === null ? '' : `${parameter} ${number.format(point.parameter)}: `;
    const title = `${at}${percent(point.quality, 1)} %, ${axis.write(x)}`;
    return [{ x, y: 100 * point.quality, title, parameter: point.parameter }];
  });
}

/** The others' points say nothing on hover, nor to those who read the label. */
const plain = (points: readonly LinePoint[]): LinePoint[] => points.map(({ x, y }) => ({ x, y }));

interface Scales {
  readonly x: { readonly domain: readonly [number, number]; readonly log: boolean };
  readonly y: readonly [number, number];
}

function scalesOf(lines: readonly (readonly LinePoint[])[], { before }: Axis): Scales {
  const all = [...lines.map((points) => ({ name: '', points, colour: '' })), ...before];
  const xs = all.flatMap(({ points }) => points.map(({ x }) => x));
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const log = least > 0 && most / least > logBeyond;
  return { x: { domain: log ? logDomain(xs) : domain(xs, 0.06), log }, y: heightOf(all) };
}

/** Distance in pixels, more or less, at which values of the parameter are written. */
const apart = 48;

/** The ends of the sweep with the parameter's name, and values between them as far as there is room. */
function told(
  { parameter }: Swept,
  points: readonly (LinePoint & { readonly parameter: number | null })[],
  { x: { domain: across, log }, y: up }: Scales,
): NonNullable<Panel['told']> {
  const f = log ? Math.log : (x: number): number => x;
  const place = ({ x, y }: LinePoint): [number, number] => [
    (300 * (f(x) - f(across[0]))) / (f(across[1]) - f(across[0])),
    (200 * (y - up[0])) / (up[1] - up[0]),
  ];
  const far = (a: LinePoint, b: LinePoint): boolean => {
    const [[ax, ay], [bx, by]] = [place(a), place(b)];
    return Math.hypot(ax - bx, ay - by) >= apart;
  };
  const known = points.filter((point) => point.parameter !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const kept = far(first, last) ? [first, last] : [first];
  for (const point of known) if (kept.every((other) => far(point, other))) kept.push(point);
  const written = kept.map(({ x, y, parameter: value }, i) => ({
    x,
    y,
    text: `${i < 2 ? `${parameter} ` : ''}${number.format(value!)}`,
  }));
  // The points without a word are told of as well, so that none is written over.
  return [
    ...written,
    ...points.filter((point) => !kept.includes(point)).map(({ x, y }) => ({ x, y, text: '' })),
  ];
}
