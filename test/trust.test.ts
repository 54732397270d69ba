import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from '../scripts/trust/page.ts';
import { plainCoverage, tallies } from '../scripts/trust/tally.ts';
import { type Answer, work } from '../scripts/trust/worker.ts';

/** A small version of `npm run trust`: a few tables of a few worlds, all judged as the whole run is. */
const worlds = ['none-2-equal', 'none-repeats', 'cost-pays'] as const;
const tables = 2;
const answers: Answer[] = [];

test('the harness judges verdicts, intervals, bands and certificates on worlds of known truth', async () => {
  for (const world of worlds) {
    answers.push(await work({ kind: 'truth', world }));
    // Of the seeds of the whole run, so that what is seen here is seen there.
    for (let seed = 10; seed < 10 + tables; seed++) answers.push(await work({ kind: 'trial', world, seed }));
  }
  answers.push(await work({ kind: 'plain', from: 0, to: 12 }));
  const list = tallies(answers);
  assert.deepEqual(
    list.map(({ world, truth, trials }) => [world, truth.quality, truth.cost, trials]),
    [
      ['none-2-equal', 'no', 'no', tables],
      ['none-repeats', 'no', 'no', tables],
      ['cost-pays', 'no', 'yes', tables],
    ],
  );
  for (const { world, falseQuality, falseCost } of list) {
    assert.equal(falseQuality!.count, 0, world);
    if (falseCost) assert.equal(falseCost.count, 0, world);
  }
  const pays = list.at(-1)!;
  assert.ok(pays.cost['yes']! >= 0.5, 'the saving is there, and found');
  assert.equal(pays.violations!.count, 0);
  const repeated = list.find(({ world }) => world === 'none-repeats')!;
  assert.equal(repeated.band!.count, tables);
  assert.ok(plainCoverage(answers).mean.count >= 9);
});

test('a false yes is counted as one, and the page says what is broken', () => {
  const wrong = answers.map(
    (one): Answer =>
      one.kind === 'trial' && one.trial.world === 'none-2-equal'
        ? { kind: 'trial', trial: { ...one.trial, quality: 'yes' } }
        : one,
  );
  const [first] = tallies(wrong);
  assert.deepEqual(first!.falseQuality, { count: tables, of: tables, kept: false });
  assert.match(page(wrong), /Not every promise was kept.*none-2-equal/);
  assert.match(page(answers), /Every promise below was kept/);
});
