/**
 * Signalbox as a library: compare routers on a table, train one, ask it. In a project of your own the import is
 * from 'signalbox'. Run: npx node examples/compare.ts
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  baselineNames,
  evaluate,
  findEncoder,
  findPolicy,
  findRouter,
  makeContext,
  makeWorld,
  openRouter,
  saveArtifact,
  train,
  worlds,
} from '../packages/signalbox/src/index.ts';

// A simulated table; `openTable({ paths: ['table.csv'], options: {}, context })` reads your own.
const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 400 }, 0);
const context = makeContext({ seed: 0 });
const { encoder } = await findEncoder('surface+lsa');
const { policy, params: policyParams } = await findPolicy('utility', { lambda: 0 });
const baselines = await Promise.all(baselineNames.map((name) => findRouter(name)));
const residual = await findRouter('residual');

const { set } = await evaluate(
  {
    table,
    choices: [...baselines, residual],
    encoder,
    judged: [{ policy, params: policyParams }],
    curvePolicy: policy,
  },
  context,
);
for (const { name, quality, versus } of set.systems) {
  if (quality === null || name.startsWith('single:')) continue;
  const lift = versus.bestSingle;
  const shown =
    lift &&
    `${(100 * lift.value).toFixed(1)} points [${(100 * lift.low).toFixed(1)}, ${(100 * lift.high).toFixed(1)}]`;
  console.log(`${name.padEnd(24)} ${(100 * quality.value).toFixed(1)} %   over best single: ${shown}`);
}

const folder = await mkdtemp(join(tmpdir(), 'signalbox-example-'));
try {
  const createdAt = new Date().toISOString();
  await saveArtifact(
    join(folder, 'router'),
    await train({ table, choice: residual, encoder, policy, policyParams, baselines, createdAt }, context),
  );
  const router = await openRouter({ folder: join(folder, 'router'), encoder: {} }, makeContext());
  const { candidates, reasons } = await router.decide({
    id: 'q',
    messages: [{ role: 'user', content: 'Write a function `add(a, b)`.' }],
  });
  console.log(`\n${candidates[0]!.model}: ${reasons.join(' ')}`);
  await router.close();
} finally {
  await rm(folder, { recursive: true });
}
