import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collected } from '../../core/collected.fixture.ts';
import { makeContext } from '../../pipeline/context.ts';
import { passing } from './passing.ts';

test('what passes is shared while somebody holds it, and made again after', async () => {
  const [context, key] = [makeContext(), {}];
  let made = 0;
  const ask = (): { readonly value: number } =>
    passing('a trial', [key], { ...context, make: () => ({ value: ++made }) });
  const first = await (async () => {
    const held = ask();
    assert.equal(ask(), held);
    // What nobody holds is gone by now, and this is not.
    assert.ok(await collected(new WeakRef({})));
    assert.equal(ask(), held);
    return new WeakRef(held);
  })();
  assert.ok(await collected(first));
  assert.equal(ask().value, 2);
});
