import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { SignalboxError } from '../core/errors.ts';
import type { Plain } from '../core/plain.ts';
import { userMessage } from '../core/query.ts';
import { loadArtifact, saveArtifact } from './artifact.ts';
import {
  allRouterNames,
  baselineNames,
  findEncoder,
  findPolicy,
  findRouter,
  makeWorld,
  worlds,
} from './config.ts';
import { makeContext } from './context.ts';
import { evaluateArtifact } from './evaluate-artifact.ts';
import { openParts, openRouter } from './open-router.ts';
import { pack, unpack } from './plain-files.ts';
import { train } from './train.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-artifact-'));
after(() => rm(folder, { recursive: true }));

const context = makeContext({ seed: 3 });
const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 300, testShare: 0.3 }, 1);
const encoder = (await findEncoder('surface', {})).encoder;
const { policy, params: policyParams } = await findPolicy('utility');

async function trained(name: string, to = join(folder, name), by = 'utility'): Promise<string> {
  const { policy, params: policyParams } = await findPolicy(by);
  const baselines = await Promise.all(baselineNames.map((baseline) => findRouter(baseline)));
  const args = {
    table,
    choice: await findRouter(name),
    encoder,
    policy,
    policyParams,
    baselines,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  await saveArtifact(to, await train(args, context));
  return to;
}

test('plain state comes back from its files bit by bit', () => {
  const numbers = fc.float64Array().map((data) => data as Plain);
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.string(),
    numbers,
    fc.float32Array(),
    fc.int32Array(),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(
        fc.string().filter((key) => !key.startsWith('$') && key !== '__proto__'),
        tie('tree'),
      ),
    ),
  }));
  fc.assert(
    fc.property(tree, (state) => {
      const back = unpack(pack(state as Plain));
      assert.deepEqual(normal(back), normal(state));
    }),
  );
});

/** JSON knows no -0. */
function normal(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(normal);
  if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
  return value;
}

for (const name of [...allRouterNames, 'multi-label:mlp,balanced', 'best-single', 'task-table']) {
  test(`${name}: trained, saved, opened, it decides; the same again`, async () => {
    const to = await trained(name);
    const args = { folder: to, encoder: {} };
    const chooser = await openRouter(args, makeContext());
    const query = { id: 'q', messages: userMessage('Write a Python function that sorts a list') };
    const decision = await chooser.decide(query);
    assert.deepEqual(
      new Set(decision.candidates.map(({ model }) => model)),
      new Set(table.models.map(({ id }) => id)),
    );
    assert.ok(Math.abs(decision.candidates.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.ok(decision.reasons.length > 0);
    assert.deepEqual(await (await openRouter(args, makeContext())).decide(query), decision);
    const allowed = new Set([table.models[0]!.id]);
    assert.deepEqual(
      (await chooser.decide(query, allowed)).candidates.map(({ model }) => model),
      [...allowed],
    );
    await assert.rejects(chooser.decide(query, new Set(['nobody'])), /None of the models/);
  });
}

test('a variant is found again by the name and the parameters that it was trained with', async () => {
  const to = await trained('multi-label:mlp,hidden=8', join(folder, 'variant'));
  const { router } = (await loadArtifact(to)).manifest;
  assert.equal(router.name, 'multi-label:mlp,hidden=8');
  const parts = await openParts({ folder: to, encoder: {} });
  assert.deepEqual(parts.routerParams, router.params);
  assert.deepEqual([router.params.head, router.params.hidden], ['mlp', 8]);
  assert.equal((await openRouter({ folder: to, encoder: {} }, makeContext())).router, router.name);
});

for (const name of ['random-capable', 'prediction', 'sorted-prediction']) {
  test(`${name}: a router trained with it decides by what it learned, also where models are missing`, async () => {
    const to = join(folder, `separate+${name}`);
    await trained('separate', to, name);
    const chooser = await openRouter({ folder: to, encoder: {} }, makeContext());
    const query = { id: 'q', messages: userMessage('Write a Python function that sorts a list') };
    const { candidates } = await chooser.decide(query);
    assert.equal(candidates.length, table.models.length);
    for (const { id } of table.models.slice(0, 2)) {
      const alone = await chooser.decide(query, new Set([id]));
      assert.deepEqual(
        alone.candidates.map(({ model, share }) => [model, share]),
        [[id, 1]],
      );
    }
  });
}

test('evaluate leaves out rows that were trained on, and agrees with the router at work', async () => {
  const parts = await openParts({ folder: await trained('ridge'), encoder: {} });
  const baselines = await Promise.all(baselineNames.map((baseline) => findRouter(baseline)));
  const args = {
    ...parts,
    choice: { name: 'ridge', router: parts.router, params: parts.routerParams },
    baselines,
    judged: [{ policy, params: policyParams }],
    curvePolicy: policy,
    draws: 50,
  };
  const { set, plan, fitted } = await evaluateArtifact({ ...args, table }, makeContext());
  assert.equal(set.protocol.testRows, plan.compared.length);
  assert.ok(plan.compared.every((row) => table.examples[row]!.split === 'test'));
  const unsplit = { ...table, examples: table.examples.map(({ split: _, ...rest }) => rest) };
  const whole = await evaluateArtifact({ ...args, table: unsplit }, makeContext());
  assert.ok((whole.set.rowsDropped['trained on'] ?? 0) >= 200);
  const chooser = await openRouter({ folder: join(folder, 'ridge'), encoder: {} }, makeContext());
  const example = table.examples[plan.compared[0]!]!;
  const { candidates } = await chooser.decide(example);
  const ours = fitted.find(({ choice }) => choice.name === 'ridge')!.forecasts;
  for (const { model, quality } of candidates)
    assert.ok(Math.abs(quality - ours.quality.data[ours.models.indexOf(model)]!) < 1e-6);
});

test('an artifact that was changed, cut or is none is refused in a sentence', async () => {
  const to = await trained('knn', join(folder, 'broken'));
  await writeFile(join(to, 'state.bin'), (await readFile(join(to, 'state.bin'))).subarray(0, 100));
  await assert.rejects(loadArtifact(to), /state\.bin: .*digest/);
  await writeFile(join(to, 'router.json'), '{"schema":"other"}');
  await assert.rejects(loadArtifact(to), /Train it again/);
  await writeFile(join(to, 'router.json'), '{');
  await assert.rejects(
    loadArtifact(to),
    (error) => error instanceof SignalboxError && error.code === 'artifact',
  );
  await assert.rejects(loadArtifact(join(folder, 'nowhere')), /train DATA -o FOLDER/);
});

test('training again replaces a router, and nothing else is ever replaced', async () => {
  const to = await trained('best-single', join(folder, 'again'));
  await trained('ridge', to);
  assert.equal((await loadArtifact(to)).manifest.router.name, 'ridge');
  const foreign = await mkdtemp(join(folder, 'foreign-'));
  await writeFile(join(foreign, 'thesis.txt'), 'precious');
  await assert.rejects(trained('ridge', foreign), /other than a router/);
  assert.deepEqual(await readdir(foreign), ['thesis.txt']);
  assert.ok(
    (await readdir(folder)).every((name) => !name.endsWith('.tmp')),
    'nothing half-written is left',
  );
});

test("a router of the user's own is trained, found again by its module, and named where the module is gone", async () => {
  const module = join(folder, 'mine.mjs');
  await writeFile(
    module,
    `export const router = {
      name: 'first', summary: 'the first model', needs: { features: false, group: false },
      params: { safeParse: (x) => ({ success: true, data: x }) },
      fit: ({ table }) => ({ models: table.models.length }),
      predict: ({ queries }, { models }) => ({
        quality: { rows: queries.length, cols: models, data: Float64Array.from({ length: queries.length * models }, (_, i) => (i % models === 0 ? 1 : 0)) },
      }),
    };`,
  );
  const to = await trained(module, join(folder, 'own'));
  const chooser = await openRouter({ folder: to, encoder: {} }, makeContext());
  const { candidates } = await chooser.decide({ id: 'q', messages: userMessage('hello') });
  assert.equal(candidates[0]!.model, table.models[0]!.id);
  const manifest = JSON.parse(await readFile(join(to, 'router.json'), 'utf8')) as {
    router: { module: string };
  };
  manifest.router.module = join(folder, 'gone.mjs');
  await writeFile(join(to, 'router.json'), JSON.stringify(manifest));
  await assert.rejects(
    openRouter({ folder: to, encoder: {} }, makeContext()),
    /gone\.mjs: The router could not be loaded/,
  );
});

test('a query unlike the training queries goes to best single where the guard is on, and says so', async () => {
  const to = await trained('knn', join(folder, 'guarded'));
  const strange = { id: 'q', messages: userMessage('§'.repeat(4000)) };
  const usual = table.examples.find(({ split }) => split !== 'test')!;
  const guarded = await openRouter({ folder: to, encoder: {}, guardAlpha: 0.05 }, makeContext());
  const decision = await guarded.decide(strange);
  assert.equal(decision.candidates[0]!.model, decision.bestSingle);
  assert.match(decision.reasons[0]!, /unlike the training queries/);
  assert.doesNotMatch((await guarded.decide(usual)).reasons.join(' '), /unlike/);
  const open = await openRouter({ folder: to, encoder: {} }, makeContext());
  assert.doesNotMatch((await open.decide(strange)).reasons.join(' '), /unlike/);
  // Where best single may not answer, the router's own order stands.
  const others = new Set(table.models.map(({ id }) => id).filter((id) => id !== decision.bestSingle));
  assert.ok(others.has((await guarded.decide(strange, others)).candidates[0]!.model));
});

test('an artifact carries the verdict of its training rows, and no test row has a part in it', async () => {
  const verdictOf = async (of: typeof table) => {
    const beside = await Promise.all(['knn', 'ridge'].map((name) => findRouter(name)));
    const made = await train(
      {
        table: of,
        choice: await findRouter('residual'),
        encoder,
        policy,
        policyParams,
        baselines: await Promise.all(baselineNames.map((name) => findRouter(name))),
        createdAt: '2026-01-01T00:00:00.000Z',
        verdictBeside: beside,
      },
      makeContext(),
    );
    return made;
  };
  const made = await verdictOf(table);
  const { verdict } = made.manifest;
  assert.ok(['yes', 'task-table'].includes(verdict!.quality.answer), verdict!.quality.answer);
  const spoilt = { ...table, quality: { ...table.quality, data: table.quality.data.slice() } };
  table.examples.forEach(({ split }, i) => {
    if (split === 'test') spoilt.quality.data.fill(0, i * spoilt.quality.cols, (i + 1) * spoilt.quality.cols);
  });
  assert.deepEqual((await verdictOf(spoilt)).manifest.verdict, verdict);
  const to = join(folder, 'judged');
  await saveArtifact(to, made);
  const chooser = await openRouter({ folder: to, encoder: {} }, makeContext());
  assert.deepEqual(chooser.verdict, verdict);
});
