import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readChatRequest, withModel } from './body.ts';

describe('the name of the model is put in place', () => {
  const replaced = (text: string): string => withModel(Buffer.from(text), 'new "name"').toString();
  const cases: Record<string, readonly [string, string]> = {
    'and spaces stay': ['{ "model" :  "auto" , "x":1.50 }', '{ "model" :  "new \\"name\\"" , "x":1.50 }'],
    'at the end': ['{"messages":[],"model":"auto"}', '{"messages":[],"model":"new \\"name\\""}'],
    'but not in inner objects': [
      '{"tools":[{"model":"auto"}],"a":{"model":"auto"},"model":"auto"}',
      '{"tools":[{"model":"auto"}],"a":{"model":"auto"},"model":"new \\"name\\""}',
    ],
    'nor in values': [
      '{"a":"model","b":"\\"model\\":","model":"auto"}',
      '{"a":"model","b":"\\"model\\":","model":"new \\"name\\""}',
    ],
    'though its key is written in escapes': ['{"mod\\u0065l":"auto"}', '{"mod\\u0065l":"new \\"name\\""}'],
    'wherever it stands twice': [
      '{"model":"a","model":"b"}',
      '{"model":"new \\"name\\"","model":"new \\"name\\""}',
    ],
    'behind strings that end in a backslash': [
      '{"a":"\\\\","model":"auto"}',
      '{"a":"\\\\","model":"new \\"name\\""}',
    ],
  };
  for (const [name, [before, after]] of Object.entries(cases)) {
    test(name, () => assert.equal(replaced(before), after));
  }

  test('in any object, and nowhere else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (fields, name) => {
        const body = { ...fields, model: 'auto' };
        const read = JSON.parse(withModel(Buffer.from(JSON.stringify(body)), name).toString()) as unknown;
        assert.deepEqual(read, JSON.parse(JSON.stringify({ ...body, model: name })));
      }),
    );
  });
});

describe('a body that cannot be routed is refused in a sentence', () => {
  const refused: Record<string, RegExp> = {
    '': /the body is empty/,
    '{"model":': /not JSON/,
    '[1]': /must be a JSON object/,
    '{"messages":[{"role":"user"}]}': /"model" is missing/,
    '{"model":"auto"}': /"messages" must be an array/,
    '{"model":"auto","messages":[]}': /at least one message/,
    '{"model":"auto","messages":["hi"]}': /messages\[0\] must be an object/,
  };
  for (const [body, sentence] of Object.entries(refused)) {
    test(body, () => assert.throws(() => readChatRequest(Buffer.from(body)), sentence));
  }

  test('deep nesting does not stop the gateway', () => {
    const deep = `{"model":"auto","messages":[{"role":"user","content":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}`;
    assert.throws(() => readChatRequest(Buffer.from(deep)), /nested too deeply/);
  });
});

test('content of any shape is read as far as it is text', () => {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'image_url', image_url: {} }, null, 7] },
    { role: 'assistant', tool_calls: [] },
  ];
  const { query } = readChatRequest(Buffer.from(JSON.stringify({ model: 'auto', messages })), 'shop');
  assert.deepEqual(query.messages, [
    { role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'image_url' }] },
    { role: 'assistant', content: null },
  ]);
  assert.equal(query.group, 'shop');
  assert.match(query.id, /^[0-9a-f]{64}$/);
});
