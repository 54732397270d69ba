import type { Context } from '../core/context.ts';
import type { Encoder } from '../core/encoder.ts';
import type { Plain } from '../core/plain.ts';
import type { Query } from '../core/query.ts';
import { type Matrix, matrix32 } from '../math/matrix.ts';
import { stopIfAborted } from './batches.ts';

export interface StackedState {
  readonly [key: string]: Float64Array | readonly Plain[];
  /** State of each child, in their order. */
  readonly states: readonly Plain[];
  /** Factor of each child's block. */
  readonly scales: Float64Array;
}

/** Training queries over which a block's scale is measured: as many, evenly spaced. */
const measured = 2000;

/**
 * Encoders side by side. Each block is scaled so that its mean squared row length is 1 on the training queries:
 * a wide block then weighs no more than a narrow one. Named by its children: `surface+lsa`.
 */
export function stacked(children: readonly Encoder[]): Encoder<StackedState> {
  return {
    name: children.map(({ name }) => name).join('+'),
    settings: { children: children.map(({ name, settings }) => ({ name, settings })) },
    async fit(queries, context) {
      const sample = evenly(queries, measured);
      const states: Plain[] = [];
      const scales = new Float64Array(children.length);
      for (const [i, child] of children.entries()) {
        const state = await child.fit(queries, context);
        states.push(state);
        scales[i] = scaleOf(await child.encode(sample, state, quiet(context)));
      }
      return { states, scales };
    },
    async encode(queries, { states, scales }, context) {
      stopIfAborted(context);
      const out = matrix32(
        queries.length,
        children.reduce((sum, child, i) => sum + child.width(states[i]!), 0),
      );
      let from = 0;
      for (const [i, child] of children.entries()) {
        const block = await child.encode(queries, states[i]!, context);
        place(block, scales[i]!, { out, from });
        from += block.cols;
      }
      return out;
    },
    width: ({ states }) => children.reduce((sum, child, i) => sum + child.width(states[i]!), 0),
    async close() {
      await Promise.all(children.map((child) => child.close?.()));
    },
  };
}

/** The measuring of scales is no stage of its own. */
function quiet(context: Context): Context {
  return { ...context, progress: () => {} };
}

function evenly(queries: readonly Query[], most: number): readonly Query[] {
  if (queries.length <= most) return queries;
  return Array.from({ length: most }, (_, i) => queries[Math.floor((i * queries.length) / most)]!);
}

function scaleOf({ rows, data }: Matrix): number {
  let squares = 0;
  for (const value of data) squares += value * value;
  return squares > 0 ? Math.sqrt(rows / squares) : 1;
}

/** A child's block times its factor, from this column on. */
function place(
  { rows, cols, data }: Matrix,
  factor: number,
  { out, from }: { readonly out: Matrix; readonly from: number },
): void {
  for (let i = 0, c = 0; i < rows; i++)
    for (let j = 0, o = i * out.cols + from; j < cols; j++, c++, o++) out.data[o] = data[c]! * factor;
}
