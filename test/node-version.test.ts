import assert from 'node:assert/strict';
import { test } from 'node:test';

test('development and tests run on Node 24 or newer, which runs TypeScript as it is', () => {
  const major = Number(process.versions.node.split('.')[0]);
  assert.ok(major >= 24, `this is Node ${process.versions.node}; run \`npm ci\` and go through npm or npx`);
});
