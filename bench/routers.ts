/**
 * Fit and predict of every router on made tables of 15,000 rows x 384 columns, with 7 and with 30 models, and of
 * one query alone: npm run bench -- routers
 * With --json FILE the measures are kept there, and what it holds already is not measured again:
 * npm run node bench/routers.ts --json speed.json [--rows 15000] [--models 7,30] [--routers knn,residual]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { asQuery } from '../packages/signalbox/src/core/query.ts';
import type { Training } from '../packages/signalbox/src/core/router.ts';
import { selectRows } from '../packages/signalbox/src/math/matrix.ts';
import { quantile } from '../packages/signalbox/src/math/order.ts';
import { allRouterNames, baselineNames, findRouter } from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { training, visible } from '../packages/signalbox/src/pipeline/encoded-part.ts';
import type { RouterChoice } from '../packages/signalbox/src/pipeline/fitted.ts';
import { madeTable } from './made/table.ts';

interface Speed {
  readonly router: string;
  readonly rows: number;
  readonly models: number;
  readonly fitSeconds: number;
  readonly predictSecondsPer1000: number;
  /** Median of one prediction after another; null where it was not measured. */
  readonly decisionMs: number | null;
}

const [width, groups, decisions] = [384, 5, 60];

function made(rows: number, models: number): Training {
  const { table, features } = madeTable({ rows, models, width, groups, seed: `routers/${rows}/${models}` });
  return training({ ...table, weak: 'm0', strong: 'm1' }, features, 0);
}

async function measure({ name, router, params }: RouterChoice, train: Training): Promise<Speed> {
  const began = performance.now();
  const state = await router.fit(train, params, makeContext());
  const fitted = performance.now();
  const some = (from: number, count: number) => {
    const rows = Array.from({ length: count }, (_, i) => (from + i) % train.queries.length);
    const queries = rows.map((i) => asQuery(train.table.examples[i]!));
    return visible({ queries, features: selectRows(train.features, rows) }, router);
  };
  const thousand = some(0, 1000);
  const ready = performance.now();
  await router.predict(thousand, state, params, makeContext());
  const predicted = performance.now();
  const times: number[] = [];
  const context = makeContext();
  for (let i = 0; i < decisions; i++) {
    const one = some(i, 1);
    const start = performance.now();
    await router.predict(one, state, params, context);
    // The first ones warm the code up.
    if (i >= 10) times.push(performance.now() - start);
  }
  return {
    router: name,
    rows: train.queries.length,
    models: train.table.models.length,
    fitSeconds: (fitted - began) / 1000,
    predictSecondsPer1000: (predicted - ready) / 1000,
    decisionMs: quantile(Float64Array.from(times).sort(), 0.5),
  };
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rows: { type: 'string', default: '15000' },
    models: { type: 'string', default: '7,30' },
    routers: { type: 'string' },
  },
});
const { json } = values;
const known: Speed[] = json !== undefined && existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : [];
const names = values.routers?.split(',') ?? [...baselineNames, ...allRouterNames];
const rows = Number(values.rows);
console.log('| router | rows x models | fit, s | predict 1,000, ms | one prediction, ms |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const models of values.models.split(',').map(Number)) {
  const train = made(rows, models);
  for (const name of names) {
    const same = (one: Speed): boolean => one.router === name && one.rows === rows && one.models === models;
    let speed = known.find(same);
    if (speed === undefined) {
      speed = await measure(await findRouter(name), train);
      known.push(speed);
      if (json !== undefined) writeFileSync(json, `${JSON.stringify(known, null, 2)}\n`);
    }
    const { fitSeconds, predictSecondsPer1000, decisionMs } = speed;
    console.log(
      `| ${name} | ${rows} x ${models} | ${fitSeconds.toFixed(2)} | ${(1000 * predictSecondsPer1000).toFixed(1)} | ${decisionMs?.toFixed(3) ?? ''} |`,
    );
  }
}
