import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dataset, Recorded } from '../core/dataset.ts';
import { userMessage } from '../core/query.ts';
import { needs } from '../datasets/tables.fixture.ts';
import { fromRows, type Matrix, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { labelQuality } from './label-quality.ts';
import { near, realTable } from './outcomes.fixture.ts';

function tableOf(
  quality: Matrix,
  completion?: (i: number, m: number) => Recorded | undefined,
  more: Partial<Dataset> = {},
): Dataset {
  return {
    name: 'table',
    format: 'jsonl',
    examples: Array.from({ length: quality.rows }, (_, i) => ({ id: `${i}`, messages: userMessage(`${i}`) })),
    models: Array.from({ length: quality.cols }, (_, m) => ({ id: `m${m}`, price: 'unknown' as const })),
    quality,
    k: matrix(quality.rows, quality.cols, 1),
    primary: 'quality',
    rowsDropped: {},
    notes: [],
    digests: {},
    ...(completion && { completion }),
    ...more,
  };
}

const codes = (table: Dataset): string[] => labelQuality(table).flags.map(({ code }) => code);

test('what is not `ok` is counted, as wrong and left out', () => {
  const statuses = [
    ['ok', 'error'],
    ['ok', 'refused'],
    ['truncated', 'error'],
  ] as const;
  const quality = fromRows([
    [1, Number.NaN],
    [0, 0.5],
    [1, 0],
  ]);
  const got = labelQuality(tableOf(quality, (i, m) => ({ status: statuses[i]![m]! }))).labelQuality;
  assert.deepEqual(got.statuses, { m0: { ok: 2, truncated: 1 }, m1: { error: 2, refused: 1 } });
  assert.deepEqual(got.asWrong, { m0: 1 / 3, m1: 0 });
  assert.deepEqual(got.leftOut, { m0: 0.5 });
});

test('without recordings nothing is claimed', () => {
  assert.deepEqual(labelQuality(tableOf(fromRows([[1, 0]]))), {
    labelQuality: { statuses: null, asWrong: null, leftOut: null, guessing: null },
    flags: [],
  });
});

test('a model with one answer for all is named, however it is written', () => {
  const random = rng('constant');
  const letters = ['A', 'B', 'C', 'D'];
  const varied = Array.from({ length: 60 }, () => letters[random.int(4)]!);
  const answers = (i: number, m: number): string => (m === 0 ? ['B', '(b)', 'B.\n'][i % 3]! : varied[i]!);
  const { labelQuality: got, flags } = labelQuality(
    tableOf(matrix(60, 2, 1), (i, m) => ({ status: 'ok', answer: answers(i, m) })),
  );
  assert.deepEqual(
    flags.map(({ code, models }) => [code, models]),
    [
      ['constant-answer', ['m0']],
      ['guessing-floor', []],
    ],
  );
  assert.match(flags[0]!.message, /^m0 gives the same answer \("b"\) on 100\.0 % of queries/);
  assert.deepEqual(got.guessing, { options: 4, single: 0.25, oracle: 1 - 0.75 ** 2 });
});

test('the same long text on every query is a constant answer too; numbers as answers are no options', () => {
  const apology = 'I cannot help with that. '.repeat(40);
  const answer = (i: number, m: number): string => (m === 0 ? apology : `${i}`);
  assert.deepEqual(codes(tableOf(matrix(60, 2), (i, m) => ({ status: 'ok', answer: answer(i, m) }))), [
    'constant-answer',
  ]);
});

test('the best-scored model is named where it writes far more than the others', () => {
  const rows = 30;
  const quality = matrix(rows, 4);
  const tokensOut = matrix(rows, 4);
  for (let i = 0; i < rows; i++) {
    quality.data.set([0.2, 0.4, 0.5, 0.9], i * 4);
    tokensOut.data.set([100, 120, 140, 600], i * 4);
  }
  const { flags } = labelQuality(tableOf(quality, undefined, { tokensOut }));
  assert.deepEqual([flags[0]!.code, flags[0]!.models], ['length-bias', ['m3']]);
  assert.match(flags[0]!.message, /600 tokens\) is 5\.0 times .* \(120\)\. .* rank correlation of 1\.00/);

  for (let i = 0; i < rows; i++) quality.data[i * 4] = 1;
  assert.deepEqual(codes(tableOf(quality, undefined, { tokensOut })), [], 'long, but not first');
});

test('lengths of answers stand in for tokens', () => {
  const answer = (i: number, m: number): string => `${i} `.repeat(m === 0 ? 200 : 20);
  const quality = fromRows(Array.from({ length: 25 }, () => [1, 0]));
  assert.deepEqual(codes(tableOf(quality, (i, m) => ({ status: 'ok', answer: answer(i, m) }))), [
    'length-bias',
  ]);
});

describe('real answers', () => {
  test(
    'Winogrande: three models have one answer for all',
    needs('routerbench/winograde_train.csv'),
    async () => {
      const { table } = await realTable('routerbench/winograde_train.csv');
      const { labelQuality: got, flags } = labelQuality(table);
      assert.deepEqual(
        flags.filter(({ code }) => code === 'constant-answer').flatMap(({ models }) => models),
        ['claude-instant-v1', 'claude-v1', 'meta/llama-2-70b-chat'],
      );
      assert.equal(got.guessing?.options, 2);
    },
  );

  test('ARC has four options, MMLU-Pro ten', needs('routerbench/arc_challenge_train.csv'), async (t) => {
    const { table } = await realTable('routerbench/arc_challenge_train.csv');
    assert.equal(labelQuality(table).labelQuality.guessing?.options, 4);
    await t.test('MMLU-Pro', needs('mmlupro'), async () => {
      const { labelQuality: got } = labelQuality((await realTable('mmlupro/half.csv')).table);
      near(got.guessing?.oracle, 1 - 0.9 ** 14, 1e-12);
      assert.deepEqual(got.statuses!['Qwen1.5-72B-Chat'], { ok: 4855, unparsed: 1080 });
    });
  });

  test('GSM8K: free answers have no floor', needs('routellm/gsm8k_responses.csv'), async () => {
    const { labelQuality: got, flags } = labelQuality(
      (await realTable('routellm/gsm8k_responses.csv')).table,
    );
    assert.deepEqual([got.guessing, flags], [null, []]);
  });
});
