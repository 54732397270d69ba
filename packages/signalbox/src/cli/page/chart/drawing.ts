import type * as PlotModule from '@observablehq/plot';
import { type Markup, raw } from '../frame/markup.ts';

/** The chart library with a document to draw in, loaded only where a page is made. */
export interface Drawing {
  readonly Plot: typeof PlotModule;
  /** A chart as SVG markup whose colours follow the page's custom properties. */
  draw(options: PlotModule.PlotOptions, about: About): Markup;
}

export interface About {
  /** Read to those who do not see the chart. */
  readonly label: string;
  /** Where it is shown: `wide` or `narrow`, and other classes. */
  readonly classes: string;
}

export const layouts = ['wide', 'narrow'] as const;
export type Layout = (typeof layouts)[number];

export async function makeDrawing(): Promise<Drawing> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    Plot,
    draw: (options, { label, classes }) => {
      const svg = Plot.plot({
        className: 'chart',
        style: { fontSize: '12px', color: 'var(--ink)', background: 'none' },
        ...options,
        document,
      });
      // The page's own style sheet says it all; the library's would follow neither dark mode nor print.
      for (const own of [...svg.querySelectorAll('style')]) own.remove();
      svg.setAttribute('class', `chart ${classes}`);
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', label);
      return raw(svg.outerHTML);
    },
  };
}

/** Columns of text at 12 px, for placing labels where nothing can be measured. */
export const textWidth = (text: string): number => 6.6 * [...text].length;

/** The domain of values with room at both ends; never empty. */
export function domain(values: readonly number[], room = 0.05): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = high > low ? (high - low) * room : Math.max(Math.abs(high) * 0.1, 1e-6);
  return [low - margin, high + margin];
}

/** The text in at most so many characters; the middle goes. */
export function shorten(text: string, most: number): string {
  const symbols = [...text];
  if (symbols.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${symbols.slice(0, head).join('')}…${symbols.slice(symbols.length - (most - 1 - head)).join('')}`;
}

/** Reference to the hatch that the page defines once. */
export const hatch = 'url(#hatch)';
export const halo = { stroke: 'var(--paper)', strokeWidth: 4 } as const;
