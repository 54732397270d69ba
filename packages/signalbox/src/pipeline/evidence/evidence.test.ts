import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Encoder } from '../../core/encoder.ts';
import { takeModels } from '../../core/table.ts';
import { type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { type AssessArgs, assess } from '../assess.ts';
import { baselineNames, findPolicy, findRouter, trustWorld, trustWorlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { designOf } from '../design.ts';
import type { Evaluated } from '../evaluate.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
import { plan } from '../protocol.ts';
import { pickRouter } from './candidates.ts';
import { choicesAt, thresholdsOf } from './deferral-family.ts';
import { leaveGroupsOut } from './groups-left-out.ts';
import { permutationTests } from './permutation.ts';

type Name = keyof typeof trustWorlds;
const context: Context = makeContext({ seed: 0 });

function made(world: Name, queries: number): { table: Dataset; encoder: Encoder } {
  const { table, features } = trustWorld({ ...trustWorlds[world], queries }).draw(1);
  const place = new Map(table.examples.map(({ id }, i) => [id, i]));
  const encoder: Encoder = {
    name: 'given',
    settings: {},
    textless: true,
    fit: async () => null,
    width: () => features.cols,
    encode: async (some) =>
      selectRows(
        features,
        some.map(({ id }) => place.get(id)!),
      ),
  };
  return { table, encoder };
}

async function assessed(world: Name, more: Partial<AssessArgs> = {}, queries = 600): Promise<Evaluated> {
  const names = [
    ...baselineNames.filter((name) => name !== 'task-table-predicted'),
    'knn',
    'ridge',
    'residual',
  ];
  return assess(
    {
      ...made(world, queries),
      choices: await Promise.all(names.map((name) => findRouter(name))),
      judged: [await findPolicy('argmax')],
      curvePolicy: (await findPolicy('utility')).policy,
      draws: 300,
      ...more,
    },
    context,
  );
}

let pays: Evaluated;
before(async () => {
  pays = await assessed('cost-pays', { money: { volume: 1_000_000, labellingCost: 500 } }, 1200);
});

test('where the cheap model does nearly as well, the saving is certified and told in dollars', () => {
  const { verdict, deferral, money, systems } = pays.set;
  assert.equal(verdict!.cost.answer, 'yes');
  const { saving, epsilon, certified } = verdict!.cost;
  assert.ok(saving!.low > 0.1 && certified!.share > 0.1);
  const best = systems.find(({ name }) => name === 'best-single')!.cost!.value;
  assert.ok(Math.abs(money!.now!.value - 1e6 * best) < 1e-6);
  assert.ok(Math.abs(money!.with!.value - 1e6 * best * (1 - saving!.value)) < 1e-6 * 1e6);
  assert.ok(money!.breakEvenMonths! > 0);
  const own = deferral!.certified.find((one) => one.epsilon === epsilon)!;
  assert.deepEqual(own.betting, certified);
  // Hoeffding never lets more queries leave than betting does.
  for (const { betting, hoeffding } of deferral!.certified)
    if (betting && hoeffding) assert.ok(hoeffding.share <= betting.share);
});

test('the deferral curve begins at best single and leaves it ever more often', () => {
  const { points } = pays.set.deferral!;
  assert.deepEqual([points[0]!.share, points[0]!.loss.value, points[0]!.cost], [0, 0, 1]);
  for (let i = 1; i < points.length; i++) {
    assert.ok(points[i]!.share >= points[i - 1]!.share - 1e-12);
    assert.ok(points[i]!.cost! <= points[i - 1]!.cost! + 1e-12);
  }
});

test('the ladder rests on one set of rows, best single at its foot, ceilings at its top', () => {
  const { ladder, systems } = pays.set;
  const value = (name: string): number => systems.find((system) => system.name === name)!.quality!.value;
  assert.deepEqual(
    ladder!.map(({ rung }) => rung),
    ['constant', 'task-table', 'knn', 'linear', 'best-router', 'one-sample'],
  );
  for (const { rung, system, value: own } of ladder!)
    if (system && rung !== 'best-router') assert.ok(Math.abs(own.value - value(system)) < 1e-12, rung);
  for (const { value: own, lift } of ladder!)
    assert.ok(Math.abs(lift.value - (own.value - value('best-single'))) < 1e-9);
});

test('what must find nothing finds nothing, and what is there is found', async () => {
  const of = async (world: Name) => {
    const { table, encoder } = made(world, 1500);
    const planned = plan(table, { seed: 0 });
    return permutationTests({ plan: planned, encoder, permutations: 99, mostRows: 1200 }, context);
  };
  const [nothing, instance, group] = [await of('none-7'), await of('instance'), await of('group')];
  assert.ok(nothing.global!.p > 0.05 && nothing.withinGroup!.p > 0.05);
  assert.ok(instance.global!.p <= 0.02 && instance.withinGroup!.p <= 0.02);
  // All of its signal is the group's.
  assert.ok(group.global!.p <= 0.05 && group.withinGroup!.p > 0.05);
});

test('without features what needs none is told all the same', async () => {
  const { table } = made('group', 600);
  const bare: Encoder = {
    name: 'none',
    settings: {},
    fit: async () => null,
    width: () => 0,
    encode: async (some) => ({ rows: some.length, cols: 0, data: new Float32Array(0) }),
  };
  const { set } = await assessed('group', { table, encoder: bare });
  assert.ok(set.verdict && set.ceilings && set.complementarity && set.noise);
  assert.ok(set.ladder!.some(({ rung }) => rung === 'task-table'));
  assert.equal(set.controls?.permutationGlobal ?? null, null);
});

test('one model leaves nothing to choose: no, and no number of labels', async () => {
  const { table, encoder } = made('instance', 120);
  const { set } = await assessed('instance', { table: takeModels(table, [0]), encoder });
  assert.equal(set.verdict!.quality.answer, 'no');
  assert.equal(set.verdict!.quality.needs.labels, null);
});

test('the ledger can be kept free of texts and answers', async () => {
  const { table } = made('instance', 300);
  const told = {
    ...table,
    examples: table.examples.map((example) => ({
      ...example,
      messages: [{ role: 'user', content: `secret ${example.id}` }],
    })),
    completion: () => ({ answer: 'secret answer', status: 'ok' as const }),
  };
  const open = JSON.stringify((await assessed('instance', { table: told }, 300)).set.ledger);
  const closed = JSON.stringify((await assessed('instance', { table: told, redact: true }, 300)).set.ledger);
  assert.match(open, /secret answer/);
  assert.doesNotMatch(closed, /secret/);
});

test('the best router is picked on tuning rows, not on the rows that it is tested on', async () => {
  const { table } = made('none-2-equal', 200);
  const planned = plan(table, { seed: 0 });
  const good = table.quality;
  const bad = { ...good, data: good.data.map((y) => 1 - y) };
  const router = async (name: string, tuned: typeof good, tested: typeof good): Promise<CrossFitted> => ({
    choice: await findRouter(name),
    encoder: 'given',
    forecasts: { models: [], quality: selectRows(tested, planned.compared) },
    tuning: planned.parts.map(({ train }) => ({
      rows: train,
      forecasts: { models: [], quality: selectRows(tuned, train) },
    })),
    fresh: [],
    fitSeconds: 0,
    predictSecondsPer1000: 0,
  });
  const picked = pickRouter(planned, [await router('knn', good, bad), await router('ridge', bad, good)])!;
  assert.equal(picked.usual.choice.name, 'knn');
  assert.ok(picked.picks.every(({ choice }) => choice.name === 'knn'));
});

test('a group left out is in no fit that tests it', async () => {
  const { table, encoder } = made('group', 300);
  const planned = plan(table, { seed: 0 });
  const ridge = await findRouter('ridge');
  const fits: string[][] = [];
  const tests: string[][] = [];
  const spy: RouterChoice = {
    ...ridge,
    router: {
      ...ridge.router,
      needs: { ...ridge.router.needs, group: true },
      fit: (train, params, of) => {
        fits.push([...new Set(train.queries.map(({ group }) => group!))]);
        return ridge.router.fit(train, params, of);
      },
      predict: (input, state, params, of) => {
        tests.push([...new Set(input.queries.map(({ group }) => group!))]);
        return ridge.router.predict(input, state, params, of);
      },
    },
  };
  const left = await leaveGroupsOut(
    {
      plan: planned,
      design: designOf(planned, { draws: 50, seed: 0 }),
      choices: [spy],
      bestSingle: await findRouter('best-single'),
      encoder,
    },
    context,
  );
  assert.equal(fits.length, 5);
  fits.forEach((seen, part) => {
    for (const group of tests[part]!) assert.ok(!seen.includes(group), `${group} in ${seen.join(' ')}`);
  });
  assert.deepEqual(tests.flat().sort(), [...new Set(tests.flat())].sort());
  assert.equal(Object.keys(left.get('ridge')!.groups).length, 5);
});

test('thresholds rise from never; the cheapest model whose predicted loss is small enough is taken', () => {
  const quality = matrix(2, 3);
  quality.data.set([0.9, 0.85, 0.5, 0.6, 0.7, 0.65]);
  const cost = matrix(2, 3);
  cost.data.set([3, 2, 1, 3, 2, 1]);
  const forecasts = { models: ['a', 'b', 'c'], quality, cost };
  const thresholds = thresholdsOf([{ rows: Int32Array.of(0, 1), forecasts }], () => 0);
  assert.ok(thresholds.every((t, i) => i === 0 || t > thresholds[i - 1]!));
  const stay = Int32Array.of(0, 0);
  assert.deepEqual([...choicesAt(forecasts, stay, thresholds[0]!)], [0, 0]);
  assert.deepEqual([...choicesAt(forecasts, stay, 0)], [0, 2]);
  assert.deepEqual([...choicesAt(forecasts, stay, 0.06)], [1, 2]);
  assert.deepEqual([...choicesAt(forecasts, stay, thresholds.at(-1)!)], [2, 2]);
});

test('a table says the same whether its cells are bytes or 64-bit floats', async () => {
  const { table } = made('cost-pays', 300);
  const bytes = ({ rows, cols, data }: Matrix): Matrix => ({ rows, cols, data: Uint8Array.from(data) });
  const { samples, ...rest } = table;
  assert.ok(table.quality.data.every((value) => value === 0 || value === 1));
  const narrow = {
    ...rest,
    quality: bytes(table.quality),
    k: bytes(table.k),
    ...(samples && { samples: samples.map(bytes) }),
  };
  const untimed = ({ set }: Evaluated): string =>
    JSON.stringify(set, (name, value: unknown) => (/seconds/i.test(name) ? undefined : value));
  const [wide, small] = [
    await assessed('cost-pays', { table }, 300),
    await assessed('cost-pays', { table: narrow }, 300),
  ];
  assert.equal(untimed(small), untimed(wide));
});
