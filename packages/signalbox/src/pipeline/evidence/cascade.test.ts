import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import { takeRows } from '../../core/table.ts';
import { matrix } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { assess } from '../assess.ts';
import { baselineNames, findPolicy, findRouter, trustWorld, trustWorlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { noEncoder } from '../encoded-part.ts';
import type { Evaluated } from '../evaluate.ts';
import { plan } from '../protocol.ts';
import { answerSignals } from './answer-signals.ts';
import { fitCascades, type Seen } from './cascade-fit.ts';

const context: Context = makeContext({ seed: 0 });

/**
 * The small model, at a twentieth of the price, is right on six queries in ten, which nothing foretells; `tells`:
 * where it is wrong it says so.
 */
function told(tells: boolean, queries = 900): Dataset {
  const random = rng('cascade');
  const { table } = trustWorld({ ...trustWorlds['cost-switch'], queries }).draw(0);
  const quality = matrix(queries, 2);
  const cost = matrix(queries, 2);
  const answers: string[] = [];
  for (let i = 0; i < queries; i++) {
    const weak = random.next() < 0.6;
    const strong = weak || random.next() < 0.9;
    quality.data.set([weak ? 1 : 0, strong ? 1 : 0], 2 * i);
    cost.data.set([0.0001, 0.002], 2 * i);
    answers.push(tells && !weak ? 'I do not know this one.' : '(B)');
  }
  return {
    ...table,
    quality,
    cost,
    completion: (i, m) => ({ answer: m === 0 ? answers[i]! : '(B)', status: 'ok' }),
  };
}

async function assessed(table: Dataset): Promise<Evaluated> {
  const names = [...baselineNames.filter((name) => name !== 'task-table-predicted'), 'residual'];
  return assess(
    {
      table,
      encoder: noEncoder,
      choices: await Promise.all(names.map((name) => findRouter(name))),
      judged: [await findPolicy('argmax')],
      curvePolicy: (await findPolicy('utility')).policy,
      draws: 300,
      brief: true,
    },
    context,
  );
}

test('where only the answer tells, only a cascade pays, and what it saves is its replay', async () => {
  const table = told(true);
  const { set } = await assessed(table);
  const { cost } = set.verdict!;
  assert.equal(cost.answer, 'cascade');
  assert.equal(cost.by, `cascade from ${table.models[0]!.id}`);
  // Six in ten are kept: .05 + .4 of the price of the strong model is paid.
  assert.ok(Math.abs(cost.certified!.share - 0.6) < 0.05);
  assert.ok(Math.abs(cost.saving!.value - (cost.certified!.share - 0.05)) < 1e-9);
  assert.ok(cost.saving!.low > 0.4 && cost.certified!.bound <= cost.epsilon!);
});

test('where the answers show nothing, none is certified', async () => {
  const { set } = await assessed(told(false));
  assert.notEqual(set.verdict!.cost.answer, 'cascade');
  for (const { cascade } of set.deferral!.certified) assert.ok((cascade?.betting?.share ?? 0) < 0.2);
});

test('without recorded answers there is no cascade', async () => {
  const { completion: _, ...bare } = told(true, 300);
  const { set } = await assessed(bare);
  assert.ok(set.deferral!.certified.every(({ cascade }) => cascade === undefined));
});

test('with a given split it is fitted on one half of the tuning rows and certified on the other', async () => {
  const table = told(true, 3000);
  const split = {
    ...table,
    examples: table.examples.map((example, i) => ({ ...example, split: i % 3 === 0 ? 'test' : 'train' })),
  } as Dataset;
  assert.equal(plan(split, { seed: 0 }).folds, undefined);
  const { set } = await assessed(split);
  assert.equal(set.verdict!.cost.answer, 'cascade');
  assert.ok(Math.abs(set.verdict!.cost.certified!.share - 0.6) < 0.06);
});

test('what a cascade sees of an answer is not its score: with the scores of other rows it predicts the same', () => {
  const table = told(true, 400);
  const rows = Int32Array.from({ length: 400 }, (_, i) => i);
  const signals = answerSignals(table, rows)!;
  const seen: Seen = { rows, quality: table.quality, cost: table.cost!, forecast: matrix(400, 2, 0.5) };
  const fitted = fitCascades({ ...seen, signals, stay: 1, savingFloor: 0.1 })(0.02);
  const turned = { ...table.quality, data: table.quality.data.map((y) => 1 - y) };
  assert.deepEqual(fitted.predict(seen), fitted.predict({ ...seen, quality: turned }));
  assert.deepEqual([...fitted.first], [0]);
});

test('two models agree where they name one option, in whatever words', () => {
  const table = takeRows(told(true, 50), Int32Array.of(0, 1));
  const words = ['B. because', '(B)', '', '(C)'];
  const signals = answerSignals(
    { ...table, completion: (i, m) => ({ answer: words[2 * i + m]!, status: 'ok' }) },
    Int32Array.of(0, 1),
  )!;
  assert.equal(signals.agree(0, 0, 1), true);
  assert.equal(signals.agree(1, 0, 1), false);
});
