import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rng } from '../math/rng.ts';
import { budgetPacer, paced, priceOf } from './budget-pacer.ts';

test('pacer: whatever is spent, the overspending is at most what mu has risen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (costs, eta) => {
        const start = budgetPacer(2, { eta });
        const end = costs.reduce(paced, start);
        const over = costs.reduce((sum, cost) => sum + (cost / 2 - 1), 0);
        assert.ok(end.mu >= 0 && over <= (end.mu - start.mu) / eta + 1e-6);
      },
    ),
  );
});

test('pacer: a choice between a dear and a cheap model comes to the budget, and spends it', () => {
  const random = rng('pacer');
  let pacer = budgetPacer(0.002);
  let spent = 0;
  for (let i = 0; i < 5000; i++) {
    // The dear model brings up to one half more, and costs ten times as much.
    const cost = 0.5 * random.next() - priceOf(pacer) * 0.009 > 0 ? 0.01 : 0.001;
    pacer = paced(pacer, cost);
    spent += cost;
  }
  const mean = spent / 5000;
  assert.ok(mean <= 0.002 && mean > 0.0018, `${mean}`);
});

test('pacer: where the budget is ample the price falls to nothing', () => {
  let pacer = budgetPacer(1);
  for (let i = 0; i < 500; i++) pacer = paced(pacer, 0.5);
  assert.equal(priceOf(pacer), 0);
  assert.throws(() => budgetPacer(0), RangeError);
});
