import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  maskOf,
  oracleShare,
  packed,
  pickPool,
  poolSettings,
  randomPool,
  ranked,
  stratumOf,
} from './routereval-pools.ts';
import { leaderboardParams, leaderboardWorld } from './routereval-world.ts';

const params = { ...leaderboardParams, models: 400, items: 330, families: 40 };
const world = leaderboardWorld(params, 1);
const scores = packed(world.outcomes, world.items);
const all = maskOf(Array(world.items).keys(), scores.words);

test('a packed oracle is the oracle', () => {
  const models = [3, 77, 250];
  const { test: rows } = world.parts;
  const solved = rows.filter((i) => models.some((m) => world.outcomes[m * world.items + i] === 1));
  assert.equal(oracleShare(scores, models, maskOf(rows, scores.words)), solved.length / rows.length);
});

test('ranks leave out what is nearly never or nearly always right', () => {
  const order = ranked(scores, all);
  const shares = Array.from(order, (m) => oracleShare(scores, [m], all));
  assert.deepEqual(
    shares,
    [...shares].sort((a, b) => b - a),
  );
  assert.ok(shares[0]! <= 0.9 && shares.at(-1)! > 0.1);
  assert.equal(stratumOf(order, 'all_strong').length, Math.floor(order.length / 5));
});

test('a pool is the run of neighbours, or the draw, whose oracle scores most', () => {
  const order = ranked(scores, all);
  const size = 4;
  for (const setting of poolSettings) {
    const picking = { scores, order, mask: all, size, seed: 'x', draws: 50 };
    const pool = pickPool(setting, picking);
    assert.deepEqual(pool, pickPool(setting, picking), setting);
    assert.equal(new Set(pool).size, size);
    const own = oracleShare(scores, pool, all);
    const stratum = stratumOf(order, setting);
    for (let draw = 0; draw < 20; draw++) {
      const random = randomPool(setting, { order, size, seed: `${draw}` });
      assert.ok(random.every((m) => stratum.includes(m)));
      assert.equal(new Set(random).size, size);
    }
    if (setting === 'strong_to_weak') continue;
    for (let s = 0; s + size <= stratum.length; s++)
      assert.ok(oracleShare(scores, stratum.subarray(s, s + size), all) <= own);
  }
  assert.throws(() => pickPool('all_weak', { scores, order, mask: all, size: 200, seed: '' }), RangeError);
});

test('outcomes are drawn with the probabilities that are told', () => {
  const groups = new Map<number, { n: number; right: number; expected: number }>();
  for (let m = 0; m < params.models; m++)
    for (let i = 0; i < params.items; i++) {
      const p = world.probability(m, i);
      const bin = Math.floor(p * 10);
      const group = groups.get(bin) ?? { n: 0, right: 0, expected: 0 };
      groups.set(bin, group);
      group.n++;
      group.right += world.outcomes[m * params.items + i]!;
      group.expected += p;
    }
  // Copies share their luck, so that there are far fewer independent draws than cells.
  for (const { n, right, expected } of groups.values())
    assert.ok(Math.abs(right - expected) / n < 0.04, `${right / n} beside ${expected / n}`);
});

test('the same seed gives the same world; items are split 80 / 10 / 10 within topics', () => {
  assert.deepEqual(leaderboardWorld(params, 1).outcomes, world.outcomes);
  assert.notDeepEqual(leaderboardWorld(params, 2).outcomes, world.outcomes);
  const { train, val, test: held } = world.parts;
  assert.equal(new Set([...train, ...val, ...held]).size, params.items);
  for (let topic = 0; topic < params.topics; topic++)
    assert.equal(held.filter((i) => world.topicOf[i] === topic).length, 4);
});
