import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SignalboxError } from '../core/errors.ts';
import { row } from '../math/matrix.ts';
import { isInterruption, queriesOf, testContext, texts } from './contract.ts';
import { loadPackages } from './minilm/packages.ts';
import { digests } from './minilm/session.ts';
import { openWeights } from './minilm/weights.ts';
import { minilm } from './minilm.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-minilm-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As the model's card publishes them. */
const published = [0.0677, 0.0636, 0.0487];

test('gives the published embedding, and keeps the graph for the next time', async () => {
  const encoder = minilm({ folder });
  const rows = await encoder.encode(queriesOf(['This is an example sentence']), null, testContext());
  published.forEach((value, j) => {
    assert.ok(Math.abs(rows.data[j]! - value) < 5e-5, `${rows.data[j]} for ${value}`);
  });
  await encoder.close?.();
  const [file, ...more] = readdirSync(folder);
  assert.deepEqual(more, []);
  const bytes = readFileSync(join(folder, file!));
  assert.equal(createHash('sha256').update(bytes).digest('hex'), digests.graph);
});

test('a kept graph that is damaged is made again', async () => {
  const file = join(folder, readdirSync(folder)[0]!);
  for (const damage of [() => truncateSync(file, 1000), () => writeFileSync(file, 'no graph')]) {
    damage();
    const encoder = minilm({ folder });
    const rows = await encoder.encode(queriesOf(['This is an example sentence']), null, testContext());
    await encoder.close?.();
    assert.ok(Math.abs(rows.data[0]! - published[0]!) < 5e-5);
    assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), digests.graph);
  }
});

test('two at once make one graph', async () => {
  const shared = join(folder, 'shared');
  const pair = [minilm({ folder: shared }), minilm({ folder: shared, worker: true })];
  const rows = await Promise.all(pair.map((each) => each.encode(queriesOf(texts), null, testContext())));
  await Promise.all(pair.map((each) => each.close?.()));
  assert.deepEqual(rows[0], rows[1]);
  assert.equal(readdirSync(shared).length, 1);
});

test('like meanings stand near, and long texts are cut at 256 tokens', async () => {
  const encoder = minilm({ folder });
  const long = 'word '.repeat(400);
  const pairs = [
    'How tall is Mount Everest?',
    'What height has Mount Everest?',
    'Bake bread',
    long,
    `${long}end`,
  ];
  const rows = await encoder.encode(queriesOf(pairs), null, testContext());
  await encoder.close?.();
  const dot = (a: number, b: number): number =>
    Array.from(row(rows, a), (v, j) => v * row(rows, b)[j]!).reduce((sum, v) => sum + v, 0);
  for (let i = 0; i < pairs.length; i++) assert.ok(Math.abs(dot(i, i) - 1) < 1e-5);
  assert.ok(dot(0, 1) > 0.8);
  assert.ok(dot(0, 2) < 0.3);
  assert.deepEqual(row(rows, 3), row(rows, 4));
});

test('a call in the thread can be taken back, and the next is answered', async () => {
  const encoder = minilm({ folder, worker: true });
  const controller = new AbortController();
  const many = queriesOf(Array.from({ length: 400 }, (_, i) => `${texts[i % texts.length]} ${i}`));
  const context = testContext({ signal: controller.signal });
  const stopped = encoder.encode(many, null, { ...context, progress: () => controller.abort() });
  await assert.rejects(stopped, isInterruption);
  const rows = await encoder.encode(queriesOf(['This is an example sentence']), null, testContext());
  assert.ok(Math.abs(rows.data[0]! - published[0]!) < 5e-5);
  const left = encoder.encode(many, null, testContext());
  const closing = assert.rejects(left, /ended before it answered/);
  await encoder.close?.();
  await closing;
});

test('says which package is not installed', async () => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== 'onnxruntime-node') return next(specifier, context);
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
  try {
    await assert.rejects(loadPackages(), (error) => {
      assert.ok(error instanceof SignalboxError);
      assert.equal(error.code, 'encoder');
      assert.match(error.message, /needs the package onnxruntime-node, which is not installed/);
      assert.match(error.message, /npm install onnxruntime-node@1\.30\.0/);
      return true;
    });
  } finally {
    hooks.deregister();
  }
});

test('weights that are damaged are named', () => {
  const header = (json: string): Buffer => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([size, Buffer.from(json)]);
  };
  const isDamage = { code: 'encoder', message: /^w\.safetensors: the weights .* are damaged/ };
  assert.throws(() => openWeights('w.safetensors', Buffer.from('short')), isDamage);
  assert.throws(() => openWeights('w.safetensors', header('{').subarray(0, 8)), isDamage);
  assert.throws(() => openWeights('w.safetensors', header('{')), isDamage);
  const other = header('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}');
  assert.throws(() => openWeights('w.safetensors', other)('a', [2]), isDamage);
  assert.throws(() => openWeights('w.safetensors', other)('b', [2]), isDamage);
});
