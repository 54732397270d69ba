import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignalboxError } from '../../core/errors.ts';
import { textOf } from '../../core/query.ts';
import { at, column, type Matrix, row } from '../../math/matrix.ts';
import { leastCost, policyValue, populationTruth } from './population.ts';
import { type TrustTable, trustWorld } from './world.ts';
import { type TrustWorldName, trustWorlds } from './worlds.ts';

const names = Object.keys(trustWorlds) as TrustWorldName[];
const small = names.filter((name) => trustWorlds[name].queries <= 2000);

test('the named worlds span what the verdict is tested on', () => {
  assert.ok(names.length >= 12);
  const all = Object.values(trustWorlds);
  assert.deepEqual(new Set(all.map(({ signal }) => signal)), new Set(['none', 'group', 'instance']));
  for (const models of [2, 7, 30]) assert.ok(all.some((world) => world.models === models));
  assert.ok(all.some(({ repeats }) => repeats === 10));
  assert.ok(all.some(({ queries, models }) => queries === 20_000 && models === 30));
  for (const name of names) assert.equal(trustWorlds[name].name, name);
});

for (const name of small) {
  test(`${name}: parts fit, probabilities are such, and the ceiling stands over best single`, () => {
    const world = trustWorld(trustWorlds[name]);
    const { queries, models, features, repeats } = world.params;
    const { table, features: x, truth } = world.draw(1);
    assert.deepEqual([x.rows, x.cols], [queries, features]);
    assert.ok(features <= 32);
    for (const m of [table.quality, table.cost!, table.k, truth.probability, truth.foreseen, truth.cost])
      assert.deepEqual([m.rows, m.cols], [queries, models]);
    assert.equal(table.samples?.length ?? 1, repeats);
    assert.ok(truth.probability.data.every((p) => p > 0 && p < 1));
    assert.ok(table.cost!.data.every((cost) => cost > 0));
    const fresh = world.fresh(2000);
    assert.ok(fresh.probability.data.every((p) => p > 0 && p < 1));
    const { quality, bestSingle, taskTable, bestForeseen, ceiling } = populationTruth(fresh);
    assert.ok(ceiling >= quality[bestSingle]!);
    assert.ok(taskTable >= quality[bestSingle]! - 1e-12);
    assert.ok(bestForeseen >= taskTable - 1e-12);
  });
}

test('the same seed gives the same table, another seed another of the same law', () => {
  const world = trustWorld({ ...trustWorlds.instance, queries: 300, repeats: 2, duplicates: 0.2 });
  assert.deepEqual(world.draw(3), trustWorld({ ...world.params }).draw(3));
  assert.deepEqual(world.fresh(50, 'x'), world.fresh(50, 'x'));
  assert.notDeepEqual(world.draw(3).table.quality, world.draw(4).table.quality);
  assert.notDeepEqual(world.fresh(50, 0).features, world.fresh(50, 1).features);
});

test('outcomes follow their probabilities, and what is foreseen is their mean', () => {
  const { table, truth } = trustWorld({
    ...trustWorlds.group,
    queries: 4000,
    repeats: 3,
    labelNoise: 0.1,
  }).draw(0);
  for (let m = 0; m < table.models.length; m++) {
    let [seen, beyond, variance, spread] = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const p = at(truth.probability, i, m);
      seen += at(table.quality, i, m) - p;
      variance += (p * (1 - p)) / 3;
      beyond += p - at(truth.foreseen, i, m);
      spread += (p - at(truth.foreseen, i, m)) ** 2;
    }
    assert.ok(Math.abs(seen) < 4 * Math.sqrt(variance), `${seen}`);
    assert.ok(Math.abs(beyond) < 4 * Math.sqrt(spread), `${beyond}`);
  }
});

test('fresh rows follow the law of the table', () => {
  for (const name of ['none-near-copies', 'group', 'instance', 'cost-pays', 'shift'] as const) {
    const world = trustWorld({ ...trustWorlds[name], queries: 6000 });
    const { table, truth } = world.draw(5);
    const tested = [...table.examples.keys()].filter((i) => table.examples[i]!.split !== 'train');
    const fresh = world.fresh(4000, 6);
    const same = (a: Matrix, b: Matrix, j: number): void => {
      const [x, y] = [Float64Array.from(tested, (i) => at(a, i, j)), column(b, j)];
      const error = Math.sqrt(variance(x) / x.length + variance(y) / y.length);
      assert.ok(Math.abs(mean(x) - mean(y)) < 4.5 * error + 1e-12, `${name} ${mean(x)} ${mean(y)}`);
    };
    for (let j = 0; j < truth.probability.cols; j++) {
      same(truth.probability, fresh.probability, j);
      same(truth.foreseen, fresh.foreseen, j);
      same(table.cost!, fresh.cost, j);
    }
    for (let j = 0; j < truth.features.cols; j++) same(truth.features, fresh.features, j);
    assert.deepEqual(
      new Set(fresh.examples.map(({ group }) => group)),
      new Set(table.examples.map(({ group }) => group)),
    );
  }
});

test('signals are where they are said to be', () => {
  const truthOf = (name: TrustWorldName) => {
    const { quality, bestSingle, ...truth } = populationTruth(trustWorld(trustWorlds[name]).fresh(20_000));
    const best = quality[bestSingle]!;
    return {
      table: truth.taskTable - best,
      router: truth.bestForeseen - best,
      ceiling: truth.ceiling - best,
    };
  };
  for (const name of names.filter((each) => each.startsWith('none') || each.startsWith('cost'))) {
    assert.ok(truthOf(name).router < 1e-9, name);
  }
  assert.ok(truthOf('none-repeats').ceiling > 0.1);
  const [group, instance, weak] = [truthOf('group'), truthOf('instance'), truthOf('instance-weak')];
  assert.ok(group.table > 0.03 && group.router - group.table < 1e-3);
  assert.ok(instance.router > 0.03 && instance.table < 1e-3);
  assert.ok(weak.router > 0.001 && weak.router < 0.005);
  assert.ok(truthOf('large').router > 0.005);
});

test('what can be saved is what the worlds say', () => {
  const savingOf = (name: TrustWorldName, epsilon: number): number => {
    const fresh = trustWorld(trustWorlds[name]).fresh(5000);
    const { quality, cost, bestSingle } = populationTruth(fresh);
    const kept = quality.map((q) => q >= quality[bestSingle]! - epsilon - 1e-12);
    const incumbent = Math.min(...cost.filter((_, m) => kept[m]));
    return 1 - leastCost(fresh, epsilon).cost / incumbent;
  };
  for (const name of names.filter((each) => each.startsWith('none'))) {
    for (const epsilon of [0.05, 0.02, 0.01, 0.005]) assert.ok(savingOf(name, epsilon) < 0.1, name);
  }
  assert.ok(savingOf('cost-pays', 0.005) > 0.4);
  assert.ok(savingOf('cost-switch', 0.005) < 1e-9);
  assert.ok(Math.abs(savingOf('cost-at-bound', 0.05) - 0.1) < 1e-9);
});

test('a linear rule in the features finds what an instance signal holds', () => {
  const world = trustWorld({ ...trustWorlds.instance, models: 2, strength: 1, ability: 0, difficulty: 0 });
  const { foreseen, features } = world.fresh(3000);
  // Of two alike models the better one lies on one side of a plane through the origin: its normal is the mean
  // of the features, the signs of the losing side turned.
  const normal = Float64Array.from({ length: features.cols }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < 3000; i++)
      sum += at(features, i, c) * Math.sign(at(foreseen, i, 1) - at(foreseen, i, 0));
    return sum;
  });
  const score = (i: number): number => mean([1, 2, 3, 4].map((c) => at(features, i, c) * normal[c]!));
  const linear = policyValue(foreseen, (i) => (score(i) > 0 ? 1 : 0));
  const best = policyValue(foreseen, (i) => (at(foreseen, i, 1) > at(foreseen, i, 0) ? 1 : 0));
  assert.ok(best - linear < 0.002 && linear > 0.7);
});

test('near-copies agree as often as they are said to, and other models do not', () => {
  const { table } = trustWorld({ ...trustWorlds['none-near-copies'], queries: 5000 }).draw(2);
  const phi = (a: number, b: number): number =>
    correlation(column(table.quality, a), column(table.quality, b));
  for (const copy of [1, 2, 3]) assert.ok(phi(copy, 4) > 0.85, `${phi(copy, 4)}`);
  assert.ok(phi(1, 2) > 0.75);
  assert.ok(phi(0, 4) < 0.3);
});

test('duplicates share features, probabilities and text or cluster; outcomes are drawn anew', () => {
  for (const duplicatesShare of ['text', 'cluster'] as const) {
    const world = trustWorld({ queries: 3000, duplicates: 0.3, duplicatesShare, testShare: 0.5 });
    const { table, features, truth } = world.draw(0);
    const first = new Map<string, number>();
    let repeated = 0;
    let differing = 0;
    for (const [i, example] of table.examples.entries()) {
      const key = duplicatesShare === 'text' ? textOf(example) : example.cluster!;
      const before = first.get(key);
      if (before === undefined) first.set(key, i);
      else {
        repeated++;
        assert.deepEqual(row(features, i), row(features, before));
        assert.deepEqual(row(truth.probability, i), row(truth.probability, before));
        assert.deepEqual(
          [example.group, example.split],
          [table.examples[before]!.group, table.examples[before]!.split],
        );
        if (at(table.quality, i, 0) !== at(table.quality, before, 0)) differing++;
      }
    }
    assert.ok(Math.abs(repeated / 3000 - 0.3) < 0.04, `${repeated}`);
    assert.ok(differing > repeated / 5);
  }
  assert.equal(new Set(names.map((name) => trustWorlds[name].duplicatesShare)).size, 2);
});

test('a shift turns the mix of groups round and moves the features of the signal', () => {
  const { table, features }: TrustTable = trustWorld({ ...trustWorlds.shift, queries: 6000, shift: 1 }).draw(
    0,
  );
  const rows = (split: string) =>
    [...table.examples.keys()].filter((i) => table.examples[i]!.split === split);
  const share = (split: string, group: string): number =>
    mean(rows(split).map((i) => Number(table.examples[i]!.group === group)));
  assert.ok(
    Math.abs(share('train', 'group-5') - 1 / 3) < 0.03 && Math.abs(share('test', 'group-5') - 1 / 15) < 0.03,
  );
  const centre = (split: string, c: number): number => mean(rows(split).map((i) => at(features, i, c)));
  assert.ok(Math.abs(centre('test', 1) - centre('train', 1) - 1) < 0.15);
  assert.ok(Math.abs(centre('test', 0) - centre('train', 0)) < 0.15);
});

test('parameters that make no world are refused', () => {
  for (const params of [
    { models: 1 },
    { models: 31 },
    { repeats: 0 },
    { repeats: 11 },
    { features: 33 },
    { queries: 0 },
    { groups: -1 },
    { groups: 0, signal: 'group' as const },
    { features: 1, signal: 'instance' as const },
    { labelNoise: 0.6 },
    { duplicates: 1 },
    { nearCopies: 4 },
    { copyAgreement: 2 },
    { priceRatio: 0 },
    { shift: 0.5 },
    { strength: Number.NaN },
  ]) {
    assert.throws(
      () => trustWorld(params),
      (error) => error instanceof SignalboxError && /^The world world needs/.test(error.message),
      JSON.stringify(params),
    );
  }
});

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}

function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  return mean(Array.from(values, (value) => (value - centre) ** 2));
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = [mean(a), mean(b)];
  const product = Array.from(a, (value, i) => (value - p) * (b[i]! - q));
  return mean(product) / Math.sqrt(variance(a) * variance(b));
}
