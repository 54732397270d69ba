import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, matrix } from '../../math/matrix.ts';
import { findRouter, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { crossFit } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import { noEncoder } from '../encoded-part.ts';
import { plan } from '../protocol.ts';
import { costTies } from './cost-ties.ts';

const { table: world } = makeWorld({ ...worlds['quality-lifts'], rows: 40, testShare: 0 }, 1);
const examples = world.examples.slice(0, 20);
const models = world.models.slice(0, 2);

/** The first model is dear and best on the whole; the second is right on as many rows as are named. */
function tableOf(second: number): typeof world {
  const {
    samples: _,
    rawScore: __,
    tokensIn: ___,
    tokensOut: ____,
    latencyMs: _____,
    calls: ______,
    ...rest
  } = world;
  return {
    ...rest,
    examples,
    models,
    primary: 'quality',
    quality: fromRows(examples.map((_, i) => [i < 19 ? 1 : 0, i < second || i === 19 ? 1 : 0])),
    cost: fromRows(examples.map(() => [0.01, 0.001])),
    k: matrix(20, 2, 1),
  };
}

async function tiesOf(table: typeof world) {
  const planned = plan(table, { seed: 0 });
  const choices = [await findRouter('best-single')];
  const [best] = await crossFit(
    planned,
    { choices, encoder: noEncoder, tune: false },
    makeContext({ seed: 0 }),
  );
  return costTies(best!, { plan: planned, design: designOf(planned, { draws: 200, seed: 0 }) });
}

test('where a cheaper model is as good its price is saved, and where it is better nothing is counted', async () => {
  const found = (await tiesOf(tableOf(10)))!;
  assert.equal(found.rows.value, 0.5);
  assert.ok(Math.abs(found.saving.value - 0.5 * 0.9) < 1e-12, String(found.saving.value));
  assert.ok(found.saving.low < found.saving.value && found.saving.value < found.saving.high);
});

test('without ties nothing is saved, without costs nothing is said', async () => {
  const found = (await tiesOf(tableOf(0)))!;
  assert.deepEqual([found.rows.value, found.saving.value], [0, 0]);
  const { cost: _, ...free } = tableOf(10);
  assert.equal(await tiesOf(free), undefined);
});
