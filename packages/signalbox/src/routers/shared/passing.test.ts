import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { makeContext } from '../../pipeline/context.ts';
import { passing } from './passing.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('what passes is shared while somebody holds it, and made again after', async () => {
  const [context, key] = [makeContext(), {}];
  let made = 0;
  const ask = (): { readonly value: number } =>
    passing('a trial', [key], { ...context, make: () => ({ value: ++made }) });
  await (async () => {
    const first = ask();
    assert.equal(ask(), first);
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    assert.equal(ask(), first, 'held, it stays');
  })();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  assert.equal(ask().value, 2);
});
