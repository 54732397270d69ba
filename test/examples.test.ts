import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseGatewayConfig } from '../packages/signalbox/src/pipeline/gateway-config.ts';

const folder = fileURLToPath(new URL('../examples/', import.meta.url));
const files = readdirSync(folder);

for (const file of files.filter((name) => name.endsWith('.ts'))) {
  test(`examples/${file} runs`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [folder + file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.ok(stdout.length > 0);
  });
}

for (const file of files.filter((name) => name.endsWith('.yaml'))) {
  test(`examples/${file} is a configuration that serve takes`, () => {
    assert.ok(parseGatewayConfig(folder + file, readFileSync(folder + file, 'utf8')).models.length > 0);
  });
}
