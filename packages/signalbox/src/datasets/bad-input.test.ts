import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import { fileError } from './files/files.ts';
import { openTable } from './open.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

const long = 'query_id,model,score\n';
const routerDc =
  '[{"question": "a", "scores": {"m": 1, "n": 0}},\n {"question": "b", "scores": {"m": 0.5, "n": 0}}]';

/** A malformed input, the line that is named (none: the whole file), and what is said of it. */
interface Bad {
  readonly name: string;
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly format?: string;
  readonly options?: ReadOptions;
  readonly line?: number;
  readonly says: RegExp;
}

const bad: readonly Bad[] = [
  { name: 'an empty file', file: 'a.csv', content: '', says: /the file is empty/ },
  { name: 'white space alone', file: 'a.json', content: ' \n', says: /nothing but white space/ },
  { name: 'a CSV header only', file: 'a.csv', content: long, says: /a header but no rows/ },
  {
    name: 'an empty array',
    file: 'mmlu_test.json',
    content: '[]',
    format: 'routerdc',
    says: /the array is empty/,
  },
  {
    name: 'JSONL that says what it is and no more',
    file: 'a.jsonl',
    content: '{"signalbox":{"primary":"macro"}}\n',
    says: /there are no rows/,
  },
  {
    name: 'text in a score of CSV',
    file: 'a.csv',
    content: `${long}q1,m,1\nq2,m,good\n`,
    line: 3,
    says: /`score` is "good"; a number in \[0, 1\] was expected, or nothing/,
  },
  {
    name: 'text in a score of JSONL',
    file: 'a.jsonl',
    content: '{"query_id":"q","model":"m","score":"0.5"}\n',
    line: 1,
    says: /`score` is "0.5"/,
  },
  {
    name: 'text in a score of RouterDC',
    file: 'a.json',
    content: '[\n{"question": "a", "scores": {"m": "1"}}]',
    line: 2,
    says: /the score of m is "1"/,
  },
  {
    name: 'text in a score of the wide form',
    file: 'a.csv',
    content: 'query_id,gpt\nq1,1\nq2,n/a\n',
    line: 3,
    says: /the score of gpt is "n\/a"/,
  },
  {
    name: 'text in a score of RouteLLM',
    file: 'mmlu_law.csv',
    content: 'prompt,w,s\nx,True,False\ny,yes,False\n',
    line: 3,
    says: /the score of w is "yes"; True or False/,
  },
  {
    name: 'a score above 1',
    file: 'a.csv',
    content: `${long}q1,m,1.5\n`,
    line: 2,
    says: /`score` is "1.5"; a number in \[0, 1\]/,
  },
  {
    name: 'a score below 0',
    file: 'a.json',
    content: '[{"question": "a", "scores": {"m": -0.1}}]',
    line: 1,
    says: /the score of m is -0.1/,
  },
  {
    name: 'a short row',
    file: 'a.csv',
    content: `${long}"q\n1",m,1\nq2,m\n`,
    line: 4,
    says: /the row has 2 cells, the header has 3/,
  },
  {
    name: 'a long row',
    file: 'a.csv',
    content: `${long}q1,m,1,0\n`,
    line: 2,
    says: /the row has 4 cells.*quotes/,
  },
  {
    name: 'JSON cut inside an element',
    file: 'a.json',
    content: routerDc.slice(0, -20),
    line: 2,
    says: /element 2 .* cut off/,
  },
  {
    name: 'JSON cut between elements',
    file: 'a.json',
    content: routerDc.slice(0, 46),
    line: 1,
    says: /after element 1 .* cut off/,
  },
  {
    name: 'CSV cut inside quotes',
    file: 'a.csv',
    content: `${long}q1,m,1\nq2,"m and\nmore`,
    line: 3,
    says: /opens a quote and the file ends/,
  },
  {
    name: 'a quote inside a cell',
    file: 'a.csv',
    content: `${long}q1,"m"n,1\n`,
    line: 2,
    says: /a quote stands inside a cell/,
  },
  {
    name: 'JSONL cut',
    file: 'a.jsonl',
    content: '{"query_id":"q","model":"m","score":1}\n{"query_id":"q2","mod',
    line: 2,
    says: /malformed JSON.*may be cut off/,
  },
  {
    name: 'malformed JSON inside an array',
    file: 'a.json',
    content: '[{"question": "a", "scores": {"m": 1}},\n{"question": "b",\n "scores": {"m": 1,}}]',
    line: 3,
    says: /malformed JSON/,
  },
  {
    name: 'an element of another shape',
    file: 'a.json',
    content: '[{"question": "a", "scores": {"m": 1}},\n\n7]',
    line: 3,
    says: /not an object/,
  },
  {
    name: 'no question',
    file: 'a.json',
    content: '[{"scores": {"m": 1}}]',
    line: 1,
    says: /`question` is absent/,
  },
  {
    name: 'something after the array',
    file: 'a.json',
    content: `${routerDc}\n{}`,
    line: 3,
    says: /follows the end/,
  },
  {
    name: 'a JSON file named routerbench',
    file: 'a.json',
    content: routerDc,
    format: 'routerbench',
    line: 1,
    says: /CSV was expected: it is a JSON array with keys question/,
  },
  {
    name: 'a CSV file named routerdc',
    file: 'a.csv',
    content: `${long}q,m,1\n`,
    format: 'routerdc',
    line: 1,
    says: /a JSON array was expected/,
  },
  {
    name: 'a CSV file of another kind named routerbench',
    file: 'a.csv',
    content: `${long}q,m,1\n`,
    format: 'routerbench',
    line: 1,
    says: /no column `sample_id`.*Leave out --format/,
  },
  {
    name: 'a CSV file named parquet',
    file: 'a.csv',
    content: `${long}q,m,1\n`,
    format: 'parquet',
    says: /does not begin as Parquet/,
  },
  {
    name: 'a CSV file named routellm',
    file: 'a.csv',
    content: `${long}q,m,1\n`,
    format: 'routellm',
    line: 1,
    says: /`prompt`, weak model and strong model/,
  },
  {
    name: 'an unknown format',
    file: 'a.csv',
    content: long,
    format: 'routerbanch',
    says: /`routerbanch` is not known. Did you mean `routerbench`/,
  },
  {
    name: 'CSV of no known kind',
    file: 'a.csv',
    content: 'name,age\nx,3\n',
    says: /no known format fits: its first line is `name,age`\. A table of your own needs a column query_id.*routerdc/,
  },
  {
    name: 'a column of text beside the models',
    file: 'a.csv',
    content: 'query_id,prompt,m\nq1,Why?,1\n',
    line: 2,
    says: /score of prompt is "Why\?".*--ignore-column prompt; the text of a query stands in a column `text`/,
  },
  {
    name: 'a mistyped column of the wide form',
    file: 'a.csv',
    content: 'query_id,groop,m\nq1,law,1\n',
    line: 1,
    says: /`groop` is not known: did you mean `group`/,
  },
  {
    name: 'a mistyped column of the long form',
    file: 'a.csv',
    content: 'query_id,model,score,groop\nq1,m,1,law\n',
    line: 1,
    says: /`groop` is not known: did you mean `group`/,
  },
  {
    name: 'a mistyped field of JSONL',
    file: 'a.jsonl',
    content: '{"query_id":"q","model":"m","score":1}\n{"query_id":"r","model":"m","scores":1}\n',
    line: 2,
    says: /`scores` is not known: did you mean `score`/,
  },
  {
    name: 'a mistyped query_id',
    file: 'a.csv',
    content: 'qurey_id,m\nq1,1\n',
    line: 1,
    says: /no column `query_id`.*`qurey_id`/,
  },
  {
    name: 'a long form without scores',
    file: 'a.csv',
    content: 'query_id,model\nq1,m\n',
    line: 1,
    says: /no column `score`/,
  },
  {
    name: 'a strange column beside a model',
    file: 'a.csv',
    content: 'query_id,m,m|costs\nq1,1,2\n',
    line: 1,
    says: /Did you mean `m\|cost`/,
  },
  {
    name: 'a column beside no model',
    file: 'a.csv',
    content: 'query_id,gpt-4,gpt4|cost\nq1,1,2\n',
    line: 1,
    says: /no model `gpt4`.*Did you mean `gpt-4\|cost`/,
  },
  {
    name: 'a column that stands twice',
    file: 'a.csv',
    content: 'query_id,m,m\nq1,1,1\n',
    line: 1,
    says: /`m` stands twice/,
  },
  {
    name: 'bytes that are not UTF-8',
    file: 'a.csv',
    content: Buffer.from(`${long}q1,m,1\nq2,caf\xe9,1\n`, 'latin1'),
    line: 3,
    says: /not UTF-8/,
  },
  {
    name: 'JSON that is not UTF-8',
    file: 'a.json',
    content: Buffer.from('[\n{"question": "\xe9", "scores": {"m": 1}}]', 'latin1'),
    line: 2,
    says: /not UTF-8/,
  },
  {
    name: 'an id that stands twice in the wide form',
    file: 'a.csv',
    content: 'query_id,m\nq1,1\nq2,1\nq1,0\n',
    line: 4,
    says: /q1 is here a second time; the first stands in line 2/,
  },
  {
    name: 'a sample that stands twice',
    file: 'a.csv',
    content: `${long}q1,m,1\nq1,n,1\nq1,m,0\n`,
    line: 4,
    says: /q1 and m with sample 0 is here a second time; the first stands in line 2/,
  },
  {
    name: 'a row without an id',
    file: 'a.csv',
    content: `${long},m,1\n`,
    line: 2,
    says: /`query_id` is empty/,
  },
  {
    name: 'rows of one query that disagree',
    file: 'a.csv',
    content: 'query_id,model,score,text\nq,m,1,one\nq,n,1,two\n',
    line: 3,
    says: /another text here than from line 2/,
  },
  {
    name: 'a split of another name',
    file: 'a.csv',
    content: 'query_id,model,score,split\nq,m,1,tests\n',
    line: 2,
    says: /`split` is "tests".*Did you mean `test`/,
  },
  {
    name: 'a status of another name',
    file: 'a.csv',
    content: 'query_id,model,score,status\nq,m,1,refusd\n',
    line: 2,
    says: /Did you mean `refused`/,
  },
  {
    name: 'messages that are none',
    file: 'a.jsonl',
    content: '{"query_id":"q","model":"m","score":1,"messages":"hello"}\n',
    line: 1,
    says: /`messages` holds "hello"/,
  },
  {
    name: 'a negative cost',
    file: 'a.csv',
    content: 'query_id,model,score,cost\nq,m,1,-1\n',
    line: 2,
    says: /`cost` is "-1"; a number of at least 0/,
  },
  {
    name: 'a strong model that is not there',
    file: 'a.csv',
    content: `${long}q,gpt-4,1\n`,
    options: { strong: 'gpt-5' },
    says: /strong model `gpt-5` is not in the table. Did you mean `gpt-4`/,
  },
];

for (const { name, file, content, format, options = {}, line, says } of bad) {
  test(`bad input: ${name}`, async (t) => {
    const folder = await folderOf(t, { [file]: content });
    const path = join(folder, file);
    const error = await failure(openTable({ paths: [path], format, options, context: quietContext() }));
    assert.match(error.message, says);
    assert.equal(error.place.line, line);
    // What is wrong with a command alone has no file.
    if (error.code !== 'usage') assert.equal(error.place.file, path);
  });
}

test('bad input: Parquet that is cut, at its end and inside', async (t) => {
  const rows = Array.from({ length: 500 }, (_, i) => `q${i}`);
  const columnData = [
    { name: 'query_id', data: rows, type: 'STRING' as const },
    { name: 'm', data: rows.map((_, i) => i % 2), type: 'DOUBLE' as const },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
  const damaged = bytes.slice();
  damaged.fill(0xff, 8, 200);
  const cut = await failure(openOne(t, 'a.parquet', bytes.subarray(0, bytes.length - 30)));
  assert.match(cut.message, /a\.parquet: the end of the file is not that of a Parquet file/);
  const broken = await failure(openOne(t, 'a.parquet', damaged));
  assert.match(broken.message, /rows 1 to 500 could not be read/);
  // A footer that asks for a column which the schema does not hold would be read with nobody to hear of its failure.
  const footer = Buffer.from(bytes);
  footer.write('query_iX', footer.lastIndexOf('query_id'));
  const strange = await failure(openOne(t, 'a.parquet', footer));
  assert.match(strange.message, /a\.parquet: .*Parquet/);
  assert.match(String(strange.cause), /\["query_iX"\] does not stand once in its schema/);
});

test('bad input: a score outside [0, 1] in Parquet is named by its row', async (t) => {
  const columnData = [
    { name: 'query_id', data: ['a', 'b', 'c'], type: 'STRING' as const },
    { name: 'm', data: [0, 1, 7], type: 'DOUBLE' as const },
  ];
  const error = await failure(openOne(t, 'a.parquet', new Uint8Array(parquetWriteBuffer({ columnData }))));
  assert.match(error.message, /a\.parquet:3: the score of m is 7/);
});

test('bad input: a missing file, with the name that was meant', async (t) => {
  const folder = await folderOf(t, { 'table.csv': `${long}q,m,1\n` });
  const error = await failure(open([join(folder, 'tabel.csv')]));
  assert.match(error.message, /no such file or folder. Did you mean `.*table\.csv`/);
});

test('bad input: folders without tables', async (t) => {
  const folder = await folderOf(t, { 'full/notes.txt': 'x', 'full/.hidden.csv': long });
  await mkdir(join(folder, 'none'));
  assert.match((await failure(open([join(folder, 'none')]))).message, /the folder holds no files/);
  assert.match(
    (await failure(open([join(folder, 'full')]))).message,
    /none of the 1 files in this folder is a table/,
  );
});

test('bad input: files of several formats in one folder', async (t) => {
  const folder = await folderOf(t, { 'a.csv': `${long}q,m,1\n`, 'b.json': routerDc, 'c.csv': 'x,y\n1,2\n' });
  const { message } = await failure(open([folder]));
  assert.match(
    message,
    /not of one format: 1 looks like csv \(a\.csv\), 1 looks like routerdc \(b\.json\), 1 like none \(c\.csv/,
  );
});

test('bad input: a file that may not be read', {
  skip: process.getuid?.() === 0 && 'root may read every file',
}, async (t) => {
  const folder = await folderOf(t, { 'a.csv': `${long}q,m,1\n` });
  await chmod(join(folder, 'a.csv'), 0o000);
  assert.match((await failure(open([join(folder, 'a.csv')]))).message, /may not be read by this user/);
});

test('bad input: what the file system refuses is said in words', () => {
  for (const [code, says] of [
    ['EACCES', /may not be read by this user/],
    ['EISDIR', /is a folder/],
    ['EIO', /could not be read \(oh\)/],
  ] as const) {
    const error = fileError('a.csv', Object.assign(new Error('oh'), { code }));
    assert.match(error.message, says);
    assert.equal(error.place.file, 'a.csv');
  }
});

test('bad input: a device', { skip: process.platform === 'win32' && 'there is no /dev/null' }, async () => {
  assert.match((await failure(open(['/dev/null']))).message, /neither a file nor a folder/);
});

test('reading stops when it is asked to', async (t) => {
  const folder = await folderOf(t, {});
  await writeFile(join(folder, 'a.csv'), `${long}q,m,1\n`);
  const context = { ...quietContext(), signal: AbortSignal.abort() };
  const error = await failure(openTable({ paths: [folder], options: {}, context }));
  assert.equal(error.code, 'interrupted');
});

function open(paths: readonly string[]) {
  return openTable({ paths, options: {}, context: quietContext() });
}

async function openOne(t: TestContext, name: string, content: Uint8Array) {
  const folder = await folderOf(t, { [name]: content });
  return open([join(folder, name)]);
}

async function failure(promise: Promise<unknown>): Promise<SignalboxError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof SignalboxError, `not an error for the user: ${error}`);
    return error;
  }
  assert.fail('it was read without an error');
}
