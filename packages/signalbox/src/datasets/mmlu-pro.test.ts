import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { type Packed, zipBytes } from './files/zip.fixture.ts';
import { openTable } from './open.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

const record = (more: object = {}) => ({
  question_id: 70,
  question: 'Which is prime?',
  options: ['4', '7'],
  answer: 'B',
  answer_index: 1,
  category: 'math',
  src: 'made',
  pred: 'B',
  model_outputs: 'The answer is (B).',
  ...more,
});

async function open(t: TestContext, files: Readonly<Record<string, string | Packed[]>>): Promise<Dataset> {
  const bytes = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? content : zipBytes(content),
  ]);
  const folder = await folderOf(t, Object.fromEntries(bytes));
  return openTable({
    paths: Object.keys(files).map((name) => join(folder, name)),
    options: {},
    context: quietContext(),
  });
}

const zip = (records: unknown, name = 'out.json'): Packed[] => [{ name, content: JSON.stringify(records) }];
const zipName = (model: string): string => `model_outputs_${model}_5shots.zip`;

test('models join by id and text; letters, statuses and what was passed over', async (t) => {
  const table = await open(t, {
    [zipName('a.1_b')]: [
      { name: '__MACOSX/._out.json', content: 'junk' },
      { name: '.hidden.json', content: 'junk' },
      { name: 'readme.txt', content: 'junk' },
      ...zip([record(), 'stray words', record({ question_id: 71, pred: null }), record()]),
    ],
    [zipName('c')]: zip([
      record({ question_id: 71, pred: '' }),
      record({ question: 'Which is even?', pred: 'A' }),
      record({ pred: 'A' }),
    ]),
  });
  assert.equal(table.format, 'mmlu-pro');
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['a.1_b', 'c'],
  );
  assert.deepEqual(
    table.examples.map(({ id, group, reference }) => [id, group, reference]),
    [
      ['q70', 'math', 'B'],
      ['q71', 'math', 'B'],
      ['q70#2', 'math', 'B'],
    ],
  );
  assert.equal(textOf(table.examples[0]!), 'Which is prime?\nA. 4\nB. 7');
  assert.deepEqual([at(table.quality, 0, 0), at(table.quality, 0, 1)], [1, 0]);
  assert.deepEqual([at(table.quality, 1, 0), at(table.quality, 1, 1)], [0, 0]);
  assert.ok(Number.isNaN(at(table.quality, 2, 0)));
  assert.deepEqual(table.completion!(0, 1), { answer: 'A', status: 'ok' });
  assert.equal(table.completion!(1, 0)!.status, 'unparsed');
  const said = table.notes.join('\n');
  assert.match(said, /1 elements are plain text/);
  assert.match(said, /1 records repeat a question/);
  assert.match(said, /1 values of question_id stand for several questions/);
});

test('the array may be unpacked, and of several the one named as the ZIP file is read', async (t) => {
  const plain = await open(t, { 'model_outputs_a_5shots.json': JSON.stringify([record()]) });
  assert.deepEqual([plain.format, plain.models[0]!.id], ['mmlu-pro', 'a']);
  const named = await open(t, {
    [zipName('a')]: [
      ...zip([record()], 'model_outputs_a_5shots.json'),
      ...zip([record(), record({ question_id: 1 })], 'older.json'),
    ],
  });
  assert.equal(named.examples.length, 1);
});

const refused: { name: string; content: string | Packed[]; says: RegExp }[] = [
  { name: 'no array', content: [{ name: 'readme.txt', content: '' }], says: /one JSON file.*none is in it/ },
  {
    name: 'two arrays',
    content: [...zip([record()], 'x.json'), ...zip([record()], 'y.json')],
    says: /one JSON file.*2 are in it/,
  },
  { name: 'cut off', content: [{ name: 'a.json', content: '[{"question_id": 7' }], says: /cut off/ },
  { name: 'no records', content: zip([]), says: /no rows/ },
  { name: 'a number', content: zip([7]), says: /zip:1: this element is not an object/ },
  { name: 'id', content: zip([record({ question_id: null })]), says: /`question_id` is null/ },
  { name: 'question', content: zip([record({ question: 7 })]), says: /`question` is 7/ },
  { name: 'options', content: zip([record({ options: ['4', 7] })]), says: /`options` is/ },
  { name: 'answer beyond the options', content: zip([record({ answer: 'C' })]), says: /`answer` is "C"/ },
  { name: 'empty answer', content: zip([record({ answer: '' })]), says: /`answer` is ""/ },
  { name: 'category', content: zip([record({ category: '' })]), says: /`category` is ""/ },
  { name: 'pred', content: zip([record({ pred: 7 })]), says: /`pred` is 7/ },
];

for (const { name, content, says } of refused) {
  test(`refused, with the file: ${name}`, async (t) => {
    await assert.rejects(open(t, { [zipName('a')]: content }), (error: Error) => {
      assert.match(error.message, says);
      assert.match(error.message, /model_outputs_a_5shots\.zip/);
      return true;
    });
  });
}
