import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, halfOf, tieNodes } from './halves.ts';
import { near } from './outcomes.fixture.ts';

/** Every way to take `size` of these. */
function subsets<T>(items: readonly T[], size: number): { taken: T[]; left: T[] }[] {
  if (size === 0) return [{ taken: [], left: [...items] }];
  if (items.length < size) return [];
  const [first, ...rest] = items;
  return [
    ...subsets(rest, size - 1).map(({ taken, left }) => ({ taken: [first!, ...taken], left })),
    ...subsets(rest, size).map(({ taken, left }) => ({ taken, left: [first!, ...left] })),
  ];
}
const meanOf = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
const ones = (right: number, k: number): number[] => Array.from({ length: k }, (_, i) => (i < right ? 1 : 0));

/** The same by listing all halves of all cells. */
function listed(cells: readonly (readonly [right: number, k: number])[], order: readonly number[]) {
  let all: { shown: number; rest: number }[][] = [[]];
  for (const [right, k] of cells) {
    const halves = subsets(ones(right, k), Math.ceil(k / 2)).map(({ taken, left }) => ({
      shown: meanOf(taken),
      rest: meanOf(left),
    }));
    all = all.flatMap((before) => halves.map((half) => [...before, half]));
  }
  const results = all.map((halves) => {
    const seen = Math.max(...halves.map(({ shown }) => shown));
    const tied = order.filter((m) => halves[m]!.shown === seen).map((m) => halves[m]!.rest);
    return { seen, averaged: meanOf(tied), ordered: tied[0]! };
  });
  return {
    seen: meanOf(results.map(({ seen }) => seen)),
    averaged: meanOf(results.map(({ averaged }) => averaged)),
    ordered: meanOf(results.map(({ ordered }) => ordered)),
  };
}

test('choosing on halves agrees with listing all of them', () => {
  const tables = [
    [
      [2, 4],
      [3, 4],
      [1, 4],
    ],
    [
      [1, 2],
      [1, 3],
      [4, 5],
      [0, 2],
    ],
    [
      [5, 5],
      [0, 4],
    ],
    [
      [2, 4],
      [2, 4],
      [2, 4],
      [2, 4],
    ],
  ] as const;
  for (const cells of tables) {
    const order = cells.map((_, m) => (m + 1) % cells.length);
    const got = choose(
      cells.map(([right, k]) => halfOf(right, k)),
      { order, nodes: tieNodes(cells.length) },
    );
    const expected = listed(cells, order);
    near(got.seen, expected.seen, 1e-12);
    near(got.averaged, expected.averaged, 1e-12);
    near(got.ordered, expected.ordered, 1e-12);
  }
});

test('many models, all alike, are worth what each of them is', () => {
  for (const models of [1, 2, 30, 200]) {
    const got = choose(
      Array.from({ length: models }, () => halfOf(6, 10)),
      { order: Array.from({ length: models }, (_, m) => m), nodes: tieNodes(models) },
    );
    assert.ok(got.averaged <= 0.6 + 1e-9 && got.averaged > 0, `${models} models: ${got.averaged}`);
    assert.ok(got.seen >= 0.6 - 1e-9 && got.seen <= 1 + 1e-9);
    // Ties are between equals here: it does not matter how they are resolved.
    near(got.averaged, got.ordered, 1e-9);
  }
});

test('one sample leaves nothing to score on', () => {
  const { seen, averaged } = choose([halfOf(1, 1), halfOf(0, 1)], { order: [0, 1], nodes: tieNodes(2) });
  assert.equal(seen, 1);
  assert.ok(Number.isNaN(averaged));
});
