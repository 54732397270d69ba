import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formats } from './index.ts';
import { longFields, reservedNames, wideEndings } from './table/canonical.ts';
import { openText } from './tables.fixture.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/formats.md'), 'utf8');
const sections = new Map(
  page
    .split('\n## ')
    .slice(1)
    .map((section) => [section.split('\n', 1)[0]!, section]),
);

test('docs/formats.md has a section for each format, with a command, in the order of the register', () => {
  assert.deepEqual([...sections.keys()], Object.keys(formats));
  for (const [name, section] of sections)
    assert.match(section, /\n```\nnpx signalbox report \S+(?: --metric \S+)*\n```/, name);
});

test('the examples of docs/formats.md are read as the format that they stand under', async (t) => {
  let read = 0;
  for (const [name, section] of sections) {
    for (const [, file, content] of section.matchAll(/\n```\w+ (\S+)\n(.*?)\n```/gs)) {
      const table = await openText(t, { name: file!, content: `${content}\n` });
      // A log of one run is of one model.
      assert.deepEqual([table.format, table.models.length], [name, file === 'run.jsonl' ? 1 : 2], file);
      read++;
    }
  }
  assert.equal(read, 15);
});

test('docs/formats.md names every field of the canonical forms', () => {
  for (const name of [...longFields, ...reservedNames]) assert.ok(page.includes(`\`${name}\``), name);
  for (const name of wideEndings) assert.ok(page.includes(`\`<model>|${name}\``), name);
});
