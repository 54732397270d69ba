import type { Estimate } from '../../../core/results.ts';
import { type Grown, isRouter } from '../../words/growth.ts';
import { bracket, count, percent } from '../../words/numbers.ts';
import { label } from '../../words/reading.ts';
import { html, type Markup } from '../frame/markup.ts';
import { logDomain, tick } from './cost-axis.ts';
import type { Drawing } from './drawing.ts';
import { type LinePoint, type LineSeries, lineChart } from './lines.ts';
import { heightOf, type PanelLine, panel } from './panels.ts';

interface Shown {
  /** The router that stands for all. */
  readonly router: string | undefined;
  readonly drawing: Drawing;
}

/** A panel for each way in which a task's pools were picked, on the same axes. */
export function growthPanels(grown: readonly Grown[], { router, drawing }: Shown): Markup[] {
  const sizes = grown.map(({ of }) => of.size);
  const settings = [...new Set(grown.flatMap(({ of }) => of.settings))];
  const charts = settings.map((setting) => ({ setting, lines: linesOf(grown, { setting, router }) }));
  const y = heightOf(charts.flatMap(({ lines }) => lines));
  return charts.map(
    ({ setting, lines }) => html`<figure><figcaption>${setting}</figcaption>${panel(
      {
        lines,
        x: { label: 'models of a pool', domain: logDomain(sizes), log: true, ticks: sizes, write: tick },
        y: { label: 'mean score, %', domain: y },
        about: `Mean score by models of a pool, ${setting}.`,
      },
      drawing,
    )}</figure>
`,
  );
}

function linesOf(
  grown: readonly Grown[],
  { setting, router }: { readonly setting: string; readonly router: string | undefined },
): PanelLine[] {
  const line = (system: string, look: Omit<PanelLine, 'name' | 'points'>, named = true): PanelLine => ({
    name: named ? label(system) : '',
    points: grown.flatMap(({ set, of }) => {
      const at = set.systems.find(({ name }) => name === system)?.groups?.[setting];
      return at ? [pointOf(at, { size: of.size, called: label(system), told: look.dots === true })] : [];
    }),
    ...look,
  });
  const others = [
    ...new Set(
      grown.flatMap(({ set, of }) =>
        of.systems.flatMap(({ name }) => (name !== router && isRouter(set, name) ? name : [])),
      ),
    ),
  ];
  return [
    ...others.map((name) => line(name, { colour: 'var(--grid)' }, false)),
    line('random', { colour: 'var(--context)' }),
    line('oracle', { colour: 'var(--context)', dashed: true, dots: true }),
    line('best-single', { colour: 'var(--mark-orange)', dots: true }),
    ...(router === undefined ? [] : [line(router, { colour: 'var(--blue)', strong: true, dots: true })]),
  ];
}

function pointOf(
  at: Estimate,
  { size, called, told }: { readonly size: number; readonly called: string; readonly told: boolean },
): LinePoint {
  const write = (x: number): string => percent(x, 1);
  return {
    x: size,
    y: 100 * at.value,
    ...(told && {
      low: 100 * at.low,
      high: 100 * at.high,
      title: `${called}, ${count(size)} models: ${write(at.value)} % ${bracket(at, write)}`,
    }),
  };
}

const reaches = [
  { key: 'picked', name: 'oracle, picked', colour: 'var(--context)', dashed: true },
  { key: 'pickedOnTraining', name: 'on training', colour: 'var(--sky)', dashed: true },
  { key: 'random', name: 'at random', colour: 'var(--loss)', dashed: true },
  { key: 'probability', name: 'reachable', colour: 'var(--mark-green)', dashed: false },
  { key: 'bestSingle', name: 'best single', colour: 'var(--mark-orange)', dashed: false },
] as const;

/** The oracle by how pools were picked, and what a choice by probabilities reaches, by the models of a pool. */
export function reachChart(grown: readonly Grown[], drawing: Drawing): Markup[] {
  const series = reaches.flatMap(({ key, name, colour, dashed }): LineSeries[] => {
    const points = grown.flatMap(({ of }) => {
      const at = of.reach[key];
      return at ? [pointOf(at, { size: of.size, called: name, told: true })] : [];
    });
    if (points.length === 0) return [];
    return [{ name, points, colour, dashed, dots: true, bold: key === 'probability' }];
  });
  const beyond = grown.flatMap(({ of: { size, reach } }) =>
    reach.probability === null
      ? []
      : [
          {
            x: size,
            y: 100 * reach.picked.value,
            low: 100 * reach.probability.value,
            high: 100 * reach.picked.value,
          },
        ],
  );
  return lineChart(
    {
      series,
      beyond,
      x: { label: 'models of a pool', log: true, whole: true },
      y: { label: 'mean score, %' },
      about: 'What can be reached by models of a pool.',
    },
    drawing,
  );
}
