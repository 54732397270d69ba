import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from '../core/context.ts';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import { type Query, userMessage } from '../core/query.ts';
import { row, selectRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';

/** A context of a seed, which notes what is reported. */
export function testContext(more: { readonly seed?: number; readonly signal?: AbortSignal } = {}): Context & {
  readonly stages: string[];
  readonly warnings: string[];
} {
  const stages: string[] = [];
  const warnings: string[] = [];
  const seed = more.seed ?? 1;
  return {
    seed,
    rng: rng(seed),
    ...(more.signal && { signal: more.signal }),
    progress: (stage, done, total) => void stages.push(`${stage} ${done}/${total}`),
    warn: (message) => void warnings.push(message),
    once: (_kind, _keys, compute) => compute(),
    stages,
    warnings,
  };
}

export function queriesOf(texts: readonly string[]): Query[] {
  return texts.map((text, i) => ({ id: String(i), messages: userMessage(text) }));
}

/** Prompts of many kinds: tasks, scripts, code, formulas, blanks. */
export const texts: readonly string[] = [
  'What is the capital of France?',
  'Which of the following is a prime number?\nA) 4\nB) 6\nC) 7\nD) 9\nAnswer:',
  'Natalia sold 48 clips in April and half as many in May. How many clips did she sell altogether?',
  'def add(a, b):\n    """Add two numbers.\n    >>> add(1, 2)\n    3\n    """\n',
  'Solve $\\frac{x^2 - 1}{x + 1} = 3$ for $x$.',
  '以下是关于中国历史的单项选择题，请直接给出正确答案的选项。题目：下列哪一项是正确的？A. 甲 B. 乙',
  'Какой город является столицей Франции?',
  'ما هي عاصمة فرنسا؟',
  'フランスの首都はどこですか。',
  'เมืองหลวงของฝรั่งเศสคืออะไร',
  'Write a poem about the sea, and explain why you chose its form.',
  'function f(x) { return x => x + 1; } // what does `f` return?',
  '👩‍👩‍👧‍👦 🎉 \u{d800} zero\u0000byte',
  'Which city is the capital of Italy?',
  'Is seven a prime number? Why, or why not?',
  'If a train travels 60 miles in 1.5 hours, how fast does it go?',
];

/** What every encoder must do, with a fresh one for each test. */
export function encoderContract(make: () => Encoder, options: { readonly skip?: string | false } = {}): void {
  const run = (title: string, body: (encoder: Encoder) => Promise<void>): void => {
    test(title, { skip: options.skip ?? false }, async () => {
      const encoder = make();
      try {
        await body(encoder);
      } finally {
        await encoder.close?.();
      }
    });
  };
  const queries = queriesOf(texts);

  run('a query has the same row alone, in any batch and in any order', async (encoder) => {
    const state = await encoder.fit(queries, testContext());
    const all = await encoder.encode(queries, state, testContext());
    assert.equal(all.rows, queries.length);
    assert.equal(all.cols, encoder.width(state));
    assert.ok(all.data instanceof Float32Array);
    assert.ok(all.data.every((value) => Number.isFinite(value)));
    const order = queries.map((_, i) => (i * 5 + 3) % queries.length);
    const mixed = await encoder.encode(
      order.map((i) => queries[i]!),
      state,
      testContext(),
    );
    assert.deepEqual(mixed.data, selectRows(all, order).data);
    for (const i of [0, 5, 12]) {
      const alone = await encoder.encode([queries[i]!], state, testContext());
      assert.deepEqual(alone.data, Float32Array.from(row(all, i)));
    }
  });

  run('fitting again gives the same state, and the state survives a structured clone', async (encoder) => {
    const state = await encoder.fit(queries, testContext());
    assert.deepEqual(await encoder.fit(queries, testContext()), state);
    const copy = structuredClone(state);
    assert.deepEqual(copy, state);
    const rows = await encoder.encode(queries, state, testContext());
    assert.deepEqual(await encoder.encode(queries, copy, testContext()), rows);
  });

  run('no query, one query, and texts that are empty', async (encoder) => {
    const trained = await encoder.fit(queries, testContext());
    const none = await encoder.encode([], trained, testContext());
    assert.deepEqual([none.rows, none.cols, none.data.length], [0, encoder.width(trained), 0]);
    const odd = [...queriesOf(['', ' \n\t ']), { id: 'without text', messages: [] }];
    for (const few of [[], [queries[0]!], odd, [odd[0]!]]) {
      const state = await encoder.fit(few, testContext());
      const rows = await encoder.encode([...odd, queries[0]!], state, testContext());
      assert.deepEqual([rows.rows, rows.cols], [4, encoder.width(state)]);
      assert.ok(rows.data.every((value) => Number.isFinite(value)));
    }
  });

  run('reads the text alone: not the group, not the reference', async (encoder) => {
    const forbidden = queries.map((query) =>
      Object.defineProperties({ ...query }, Object.fromEntries(['group', 'reference', 'split'].map(trap))),
    );
    const state = await encoder.fit(forbidden, testContext());
    const rows = await encoder.encode(forbidden, state, testContext());
    assert.deepEqual(rows, await encoder.encode(queries, state, testContext()));
  });

  run('a text of 10 MB is cut, not read to its end', async (encoder) => {
    const long = ['word and ', '长文本', 'x', ' '].map((part) => part.repeat(Math.ceil(1e7 / part.length)));
    const state = await encoder.fit(queriesOf([...texts, ...long]), testContext());
    const rows = await encoder.encode(queriesOf(long), state, testContext());
    assert.ok(rows.data.every((value) => Number.isFinite(value)));
  });

  run('stops when it is asked to', async (encoder) => {
    const state = await encoder.fit(queries, testContext());
    const context = testContext({ signal: AbortSignal.abort() });
    await assert.rejects(encoder.encode(queries, state, context), isInterruption);
  });
}

function trap(name: string): [string, PropertyDescriptor] {
  return [
    name,
    {
      enumerable: true,
      get() {
        throw new Error(`${name} was read`);
      },
    },
  ];
}

export function isInterruption(error: unknown): boolean {
  return error instanceof SignalboxError && error.code === 'interrupted';
}
