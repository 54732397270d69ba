import type { ResultSet } from '../../core/results.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** How the tables of one set are written. */
export interface View {
  readonly set: ResultSet;
  readonly width: number;
  readonly paint: Paint;
  /** Decimals of qualities in percent. */
  readonly decimals: number;
}

/** A title in bold, what is drawn in dim, then the table. */
export function titled(view: View, title: string, about: string, lines: readonly string[]): string {
  const [head, ...rows] = lines;
  const [first = '', ...more] = wrap(`${title}: ${about}`, view.width);
  const shown = first.startsWith(title)
    ? view.paint.bold(title) + view.paint.dim(first.slice(title.length))
    : view.paint.bold(first);
  return [shown, ...more.map(view.paint.dim), '', view.paint.dim(head ?? ''), ...rows].join('\n');
}
