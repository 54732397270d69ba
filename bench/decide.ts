/**
 * One `auto` decision after encoding, and fit and predict of each router: 6,000 training rows x 384 columns,
 * 7 models, 5 groups. Run: npm run bench -- decide
 */
import type { Encoder } from '../packages/signalbox/src/core/encoder.ts';
import type { Plain } from '../packages/signalbox/src/core/plain.ts';
import { asQuery } from '../packages/signalbox/src/core/query.ts';
import { type Matrix, selectRows } from '../packages/signalbox/src/math/matrix.ts';
import { quantile } from '../packages/signalbox/src/math/order.ts';
import { makeChooser } from '../packages/signalbox/src/pipeline/chooser.ts';
import { findPolicy, findRouter, routerNames } from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { fitCosts } from '../packages/signalbox/src/pipeline/cost.ts';
import { training } from '../packages/signalbox/src/pipeline/encoded-part.ts';
import { madeTable } from './made/table.ts';

const [rows, width, models, groups, decisions] = [6000, 384, 7, 5, 400];
const { table, features } = madeTable({ rows, models, width, groups, seed: 'decide' });
const { examples } = table;

/** Hands out rows that are encoded already: the decision alone is timed. */
function ready(x: Matrix): Encoder<null> {
  return {
    name: 'ready',
    settings: null,
    fit: async () => null,
    encode: async ([query]) => selectRows(x, [Number(query!.id.slice(1))]),
    width: () => width,
  };
}

const seconds = async (work: () => Promise<unknown> | unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

const context = makeContext();
const train = training(table, features, 0);
const { policy, params: policyParams } = await findPolicy('utility', { lambda: 5 });
const costs = fitCosts(train) ?? null;
console.log(
  `Each router: ${rows} training rows x ${width}, ${models} models; one decision after encoding, ${decisions} in a row\n`,
);
console.log('| router | fit, s | predict 1,000, ms | decision p50, ms | p99, ms |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const name of ['task-table', ...routerNames]) {
  const { router, params } = await findRouter(name);
  let state: Plain = null;
  const fit = await seconds(async () => {
    state = await router.fit(train, params, makeContext());
  });
  const thousand = {
    queries: examples.slice(0, 1000).map(asQuery),
    features: selectRows(
      features,
      Array.from({ length: 1000 }, (_, i) => i),
    ),
  };
  const predict = await seconds(() => router.predict(thousand, state, params, makeContext()));
  const chooser = makeChooser(
    {
      artifact: {
        manifest: {
          schema: 'signalbox/router@1',
          version: '0',
          createdAt: '',
          seed: 0,
          models: table.models.map(({ id }) => id),
          primary: 'quality',
          bestSingle: 'm0',
          encoder: { name: 'ready', settings: '' },
          router: { name, params: {} },
          policy: { name: 'utility', params: {} },
          trainedOn: { name: 'bench', rows, digests: {} },
          files: {},
        },
        state: { encoderSettings: null, encoder: null, router: state, costs, baselines: {} },
        trainedKeys: new Set(),
      },
      encoder: ready(features),
      router,
      routerParams: params,
      policy,
      policyParams,
    },
    context,
  );
  const times: number[] = [];
  for (let i = 0; i < decisions + 50; i++) {
    const query = asQuery(examples[i]!);
    const began = performance.now();
    await chooser.decide(query);
    // The first ones warm the code up.
    if (i >= 50) times.push(performance.now() - began);
  }
  const sorted = Float64Array.from(times).sort();
  const shown = [
    fit.toFixed(2),
    (1000 * predict).toFixed(1),
    quantile(sorted, 0.5).toFixed(3),
    quantile(sorted, 0.99).toFixed(3),
  ];
  console.log(`| ${name} | ${shown.join(' | ')} |`);
}
