import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPool, parseGatewayConfig } from './gateway-config.ts';
import { configurationReference } from './gateway-reference.ts';

const root = new URL('../../../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

test('the reference names every key, with its default', () => {
  const rows = configurationReference().split('\n');
  const row = (key: string): string => rows.find((line) => line.startsWith(`| \`${key}\` |`)) ?? '';
  assert.match(row('models[].price.cachedInput'), /\| number \|/);
  assert.match(row('timeouts.idleMs'), /\| `60000` \|/);
  assert.match(row('log.text'), /`full`, `hash`, `off` \| `full` \|/);
  assert.match(row('models[].name'), /\(needed\)/);
});

test('the example is a configuration, and its pool opens', async () => {
  const config = parseGatewayConfig('signalbox.yaml', read('examples/signalbox.yaml'));
  assert.deepEqual(
    config.models.map(({ name, apiKeyEnv }) => [name, apiKeyEnv]),
    [
      ['small', 'GROQ_API_KEY'],
      ['large', 'EXAMPLE_API_KEY'],
    ],
  );
  const pool = await openPool(config, { GROQ_API_KEY: 'x', EXAMPLE_API_KEY: 'y' }, Date.now);
  assert.deepEqual([...pool.providers.keys()], ['small', 'large']);
  await pool.close();
});

test('every configuration in docs/serving.md is one', () => {
  const blocks = [...read('docs/serving.md').matchAll(/```yaml\n(.*?)```/gs)];
  assert.ok(blocks.length > 0);
  for (const [, text] of blocks) parseGatewayConfig('docs/serving.md', text!);
});
