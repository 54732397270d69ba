import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import type { Decision } from '../core/decision.ts';
import { userMessage } from '../core/query.ts';
import { takeModels, takeRows } from '../core/table.ts';
import { at } from '../math/matrix.ts';
import { admit } from './admit.ts';
import { loadArtifact, saveArtifact } from './artifact.ts';
import { baselineNames, findEncoder, findPolicy, findRouter, makeWorld, worlds } from './config.ts';
import { makeContext } from './context.ts';
import { evaluateArtifact } from './evaluate-artifact.ts';
import { openParts, openRouter } from './open-router.ts';
import { retire } from './retire.ts';
import { train } from './train.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-admit-'));
after(() => rm(folder, { recursive: true }));

const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 400, testShare: 0.3 }, 1);
const ids = table.models.map(({ id }) => id);
const last = ids.length - 1;
const newcomer = ids[last]!;
const pool = takeModels(table, [...ids.keys()].slice(0, last));
const own = takeModels(table, [last]);
const trainRows = [...table.examples.keys()].filter((i) => table.examples[i]!.split !== 'test');
const encoder = (await findEncoder('surface', {})).encoder;
const baselines = await Promise.all(baselineNames.map((name) => findRouter(name)));
const when = '2026-01-01T00:00:00.000Z';
const admitting = ['knn', 'clusters'];
let made = 0;

async function trained(name: string, of: Dataset = pool, by = 'utility'): Promise<string> {
  const to = join(folder, `${made++}`);
  const { policy, params: policyParams } = await findPolicy(by);
  const choice = await findRouter(name);
  const args = { table: of, choice, encoder, policy, policyParams, baselines, createdAt: when };
  await saveArtifact(to, await train(args, makeContext()));
  return to;
}

const answered = (count: number): Dataset => takeRows(own, trainRows.slice(0, count));

async function joins(to: string, answers = answered(120), model = newcomer, price?: number) {
  const parts = await openParts({ folder: to, encoder: {} });
  const args = {
    parts,
    model,
    answers,
    at: when,
    baselines,
    admitting,
    ...(price !== undefined && { price }),
  };
  const { artifact, admission } = await admit(args, makeContext());
  await saveArtifact(to, artifact);
  return admission;
}

async function leave(to: string, model: string): Promise<readonly string[]> {
  const { artifact, notes } = retire({
    parts: await openParts({ folder: to, encoder: {} }),
    model,
    at: when,
  });
  await saveArtifact(to, artifact);
  return notes;
}

const query = { id: 'q', messages: userMessage('Write a Python function that sorts a list') };
const decide = async (to: string, allowed?: ReadonlySet<string>): Promise<Decision> =>
  (await openRouter({ folder: to, encoder: {} }, makeContext())).decide(query, allowed);
const qualities = ({ candidates }: Decision): Map<string, number> =>
  new Map(candidates.map(({ model, quality }) => [model, quality]));

for (const name of ['knn', 'clusters', 'residual']) {
  test(`${name}: a model joins an artifact, the others are predicted as before, and all is said of it`, async () => {
    const to = await trained(name);
    const before = qualities(await decide(to));
    const admission = await joins(to);
    assert.equal(admission.answers, 120);
    assert.ok(admission.mean.low < admission.mean.value && admission.mean.value < admission.mean.high);
    assert.equal(admission.moreToHalve, 360);
    const { crossValidated } = admission;
    assert.equal(crossValidated!.parts, 5);
    assert.ok(crossValidated!.brier < 0.3 && crossValidated!.auc! > 0.4);
    const chooser = await openRouter({ folder: to, encoder: {} }, makeContext());
    assert.deepEqual(chooser.models, ids);
    assert.match(chooser.changed!, new RegExp(`${newcomer} was admitted`));
    const now = qualities(await chooser.decide(query));
    assert.equal(now.size, ids.length);
    for (const [model, quality] of before) assert.equal(now.get(model), quality);
    const { candidates } = await chooser.decide(query, new Set([newcomer]));
    assert.deepEqual(
      candidates.map(({ model }) => model),
      [newcomer],
    );
    assert.ok(candidates[0]!.cost! > 0);
  });
}

test('what a newcomer costs comes from its answers, else from a price, else it is unknown', async () => {
  const usual = await joins(await trained('clusters'));
  const truth = trainRows.slice(0, 120).map((i) => own.cost!.data[i]!);
  assert.ok(Math.abs(usual.cost! - truth.reduce((a, b) => a + b) / truth.length) < 1e-12);
  const { cost: _, ...free } = answered(50);
  const priced = await trained('clusters');
  assert.equal((await joins(priced, free, newcomer, 0.5)).cost, 0.5);
  const expected = (await decide(priced)).candidates.find(({ model }) => model === newcomer)!.cost!;
  assert.ok(Math.abs(expected - 0.5) < 1e-9, `${expected}`);
  const unknown = await trained('clusters');
  const admission = await joins(unknown, free);
  assert.equal(admission.cost, null);
  assert.match(admission.notes.join(' '), /not known/);
  assert.equal((await decide(unknown)).candidates.find(({ model }) => model === newcomer)!.cost, undefined);
});

test('the costs of the others stay as they were', async () => {
  const to = await trained('knn');
  const costs = ({ candidates }: Decision) => new Map(candidates.map(({ model, cost }) => [model, cost]));
  const before = costs(await decide(to));
  await joins(to);
  const now = costs(await decide(to));
  for (const [model, cost] of before) assert.equal(now.get(model), cost);
});

test('evaluate compares the pool with the newcomer, leaves out its answers, and says that the pool changed', async () => {
  const to = await trained('knn');
  await joins(to);
  const parts = await openParts({ folder: to, encoder: {} });
  const choice = { name: 'knn', router: parts.router, params: parts.routerParams };
  const judged = [{ policy: parts.policy, params: parts.policyParams }];
  const args = { ...parts, choice, baselines, judged, curvePolicy: parts.policy, draws: 50 };
  const { set } = await evaluateArtifact({ ...args, table }, makeContext());
  assert.deepEqual(set.models, ids);
  assert.ok(set.systems.some(({ name }) => name === 'task-table'));
  assert.ok(set.flags!.some(({ code }) => code === 'pool-changed'));
  const unsplit = { ...table, examples: table.examples.map(({ split: _, ...rest }) => rest) };
  const whole = await evaluateArtifact({ ...args, table: unsplit }, makeContext());
  assert.ok(whole.set.rowsDropped['trained on']! >= trainRows.length);
});

test('a router that takes no model in says which do, and a policy that learned refuses too', async () => {
  await assert.rejects(joins(await trained('ridge')), /"ridge" takes no model in.*knn, clusters/);
  await assert.rejects(joins(await trained('knn', pool, 'prediction')), /policy "prediction" learned/);
  await assert.rejects(joins(await trained('knn'), answered(20), ids[0]), /knows .* already/);
});

test('answers that are none are refused in a sentence', async () => {
  const to = await trained('knn');
  const none = { ...answered(3), quality: { rows: 3, cols: 1, data: new Float64Array(3).fill(Number.NaN) } };
  await assert.rejects(joins(to, none), /None of its 3 rows holds a score/);
  await assert.rejects(joins(to, takeModels(table, [0, 1]), 'another'), /There are no answers of another/);
});

test('one answer is enough to join, and is no more than one answer', async () => {
  const admission = await joins(await trained('knn'), answered(1));
  assert.equal(admission.crossValidated, null);
  assert.ok(admission.mean.high - admission.mean.low > 0.7);
});

test('a retired model is never chosen, in any router, and what is said of the others stays', async () => {
  for (const name of ['ridge', 'residual', 'best-single']) {
    const to = await trained(name, table);
    const before = qualities(await decide(to));
    await leave(to, ids[1]!);
    const chooser = await openRouter({ folder: to, encoder: {} }, makeContext());
    assert.deepEqual(chooser.models, ids.toSpliced(1, 1));
    const now = qualities(await chooser.decide(query));
    assert.ok(!now.has(ids[1]!));
    for (const [model, quality] of now) assert.equal(quality, before.get(model));
    await assert.rejects(chooser.decide(query, new Set([ids[1]!])), /None of the models/);
  }
});

test('best single gives way to the next best, and the last model stays', async () => {
  const to = await trained('knn', table);
  const { bestSingle } = (await loadArtifact(to)).manifest;
  const notes = await leave(to, bestSingle);
  assert.match(notes.join(' '), /was the best single model; that is now/);
  const parts = await loadArtifact(to);
  const means = (parts.state.baselines['best-single'] as { means: Float64Array }).means;
  const left = ids.filter((id) => id !== bestSingle);
  const best = left.reduce((a, b) => (means[ids.indexOf(b)]! > means[ids.indexOf(a)]! ? b : a));
  assert.equal(parts.manifest.bestSingle, best);
  for (const id of left.slice(1)) await leave(to, id);
  await assert.rejects(leave(to, left[0]!), /last model/);
  await assert.rejects(leave(to, 'nobody'), /does not know nobody\. It knows /);
  assert.equal((await decide(to)).candidates[0]!.model, left[0]);
});

test('the weak or the strong model leaves a pair, unless the policy lives on the two', async () => {
  const paired = { ...table, weak: ids[0]!, strong: ids[1]! };
  const plain = await trained('knn', paired);
  assert.match((await leave(plain, ids[1]!)).join(' '), /names no pair any more/);
  assert.equal((await loadArtifact(plain)).manifest.strong, undefined);
  const by = await trained('knn', paired, 'threshold');
  await assert.rejects(leave(by, ids[1]!), /strong model.*"threshold"/);
  await leave(by, ids[2]!);
});

test('who was retired comes back as a new model, from new answers', async () => {
  const to = await trained('clusters', table);
  await leave(to, newcomer);
  const half = answered(60);
  const zero = { ...half, quality: { ...half.quality, data: half.quality.data.map(() => 0) } };
  const was = qualities(await decide(await trained('clusters', table))).get(newcomer)!;
  await joins(to, zero);
  const chooser = await openRouter({ folder: to, encoder: {} }, makeContext());
  assert.deepEqual(new Set(chooser.models), new Set(ids));
  const now = qualities(await chooser.decide(query)).get(newcomer)!;
  assert.ok(now < 0.3 && now < was);
  const parts = await openParts({ folder: to, encoder: {} });
  const choice = { name: 'clusters', router: parts.router, params: parts.routerParams };
  const judged = [{ policy: parts.policy, params: parts.policyParams }];
  const { fitted } = await evaluateArtifact(
    { ...parts, choice, baselines, judged, curvePolicy: parts.policy, draws: 50, table },
    makeContext(),
  );
  const ours = fitted.find(({ choice }) => choice.name === 'clusters')!.forecasts;
  assert.ok(at(ours.quality, 0, last) < 0.3);
});
