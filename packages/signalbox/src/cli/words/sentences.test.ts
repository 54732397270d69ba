import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultSet, System, Versus } from '../../core/results.ts';
import { fakeSet } from './contract.ts';
import { allEqual, answer, nextSteps } from './sentences.ts';

const said = (set: ResultSet): { quality: string; cost: string; asides: string } => {
  const { quality, cost, asides } = answer(set);
  const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
  return { quality: plain(quality), cost: plain(cost), asides: plain(asides.join(' ')) };
};

function change(set: ResultSet, name: string, changes: Partial<System>): ResultSet {
  return { ...set, systems: set.systems.map((s) => (s.name === name ? { ...s, ...changes } : s)) };
}

const none = { '95': null, '98': null, '99': null };
const lift = (value: number, low: number, high: number): Versus => ({ value, low, high, p: 0.2 });

test('a gain, a loss and an interval around zero are three different sentences', () => {
  const set = fakeSet();
  const table = lift(-0.001, -0.004, 0.003);
  const gain = change(set, 'residual', {
    versus: { bestSingle: lift(0.012, 0.007, 0.018), taskTable: table },
  });
  assert.equal(
    said(gain).quality,
    'Routing gains 1.2 points [0.7, 1.8] over the best single model on 9,408 queries; against the task table the difference is −0.1 [−0.4, 0.3].',
  );
  const loss = change(set, 'residual', {
    versus: { bestSingle: lift(-0.012, -0.018, -0.007), taskTable: null },
  });
  assert.equal(
    said(loss).quality,
    'Routing loses 1.2 points [0.7, 1.8] against the best single model on 9,408 queries; there is no task table to compare it with.',
  );
  const unsure = change(set, 'residual', {
    versus: { bestSingle: lift(0.002, -0.004, 0.008), taskTable: table },
  });
  assert.match(
    said(unsure).quality,
    /^Routing cannot be told from the best single model on 9,408 queries: the difference is \+0\.2 points \[−0\.4, 0\.8\];/,
  );
  assert.match(nextSteps(unsure).join(' '), /would narrow the interval/);
  assert.match(nextSteps(gain, 'report a.jsonl --seed 0').join(' '), /signalbox train a\.jsonl -o router/);
  const dear = change(loss, 'residual', {
    versus: loss.systems.find((s) => s.name === 'residual')!.versus,
    costAt: none,
    costAtFixed: none,
  });
  assert.deepEqual(nextSteps(dear, 'report a.jsonl'), []);
});

test('the macro average is named where it is what is compared', () => {
  assert.match(said(fakeSet({ primary: 'macro' })).quality, /in the mean of 5 groups, on 9,408 queries/);
});

test('the cost sentence reads the fixed operating point first, and says so when it cannot', () => {
  const set = fakeSet();
  assert.equal(
    said(set).cost,
    'To keep 98 % of the quality of the best single model, routing spends 62 % [57, 67] of its cost, at an operating point fixed on training rows. Mixing single models without looking at the query takes 85 %.',
  );
  const { costAtFixed: _, ...rest } = set.systems.find((s) => s.name === 'residual')!;
  const onHull = { ...set, systems: set.systems.map((s) => (s.name === 'residual' ? rest : s)) };
  assert.match(said(onHull).cost, /99 % .* 66 % \[61, 71\] .*optimistic/);
  assert.match(
    said(change(set, 'residual', { costAt: none, costAtFixed: none })).cost,
    /At no operating point/,
  );
  assert.match(said(fakeSet({ cost: null })).cost, /No cost is recorded/);
  assert.match(
    said(fakeSet({ cost: 'strong share', models: 2 })).cost,
    /^To win half .* 26 % \[23, 29\] .* \(at random: 50 %\); to win 80 % of it, 61 % \[57, 65\]/,
  );
});

test('a router picked after the fact is called so', () => {
  const set = fakeSet({ routers: ['knn', 'ridge'] });
  assert.match(said(set).asides, /highest of 2 routers .* flatters it/);
  assert.doesNotMatch(said(fakeSet()).asides, /flatters/);
});

test('one model, no model, no router, equal models', () => {
  assert.match(
    said(fakeSet({ models: 1, routers: [] })).quality,
    /one model, llama-3-8b, so there is nothing/,
  );
  assert.match(said(fakeSet({ routers: [] })).quality, /^Choosing by group \(task table\) /);
  const equal = fakeSet({ equal: true });
  assert.ok(allEqual(equal));
  assert.match(said(equal).quality, /^Routing changes nothing against the best single model on 9,408/);
  assert.match(said({ ...fakeSet(), models: [], systems: [] }).quality, /no model/);
});
