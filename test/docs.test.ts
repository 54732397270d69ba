import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { glossary } from '../packages/signalbox/src/cli/words/glossary.ts';
import { errorTable } from '../packages/signalbox/src/core/errors.ts';
import { documents } from '../scripts/docs.ts';
import { words } from '../scripts/words.ts';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

for (const [file, make] of Object.entries(documents)) {
  test(`${file} is what the sources say; \`npm run docs\` writes it anew`, () => {
    assert.equal(read(file), make());
  });
}

test('docs/errors.md holds exactly the codes and statuses of the table', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `([^`]+)` \| (\d{3}) \| (.+) \|$/gm)];
  const shown = Object.fromEntries(
    rows.map(([, code, status, meaning]) => [code, { status: Number(status), meaning }]),
  );
  assert.deepEqual(shown, errorTable);
});

test('the glossary explains each word once', () => {
  const shared = Object.keys(words).filter((word) => Object.hasOwn(glossary, word));
  assert.deepEqual(shared, []);
  const shown = [...read('docs/glossary.md').matchAll(/^\*\*(.+?)\*\*: \S/gm)].map(([, word]) => word);
  assert.deepEqual(shown.toSorted(), [...Object.keys(words), ...Object.keys(glossary)].toSorted());
});

test('every file that CONTRIBUTING.md names is there', () => {
  const named = [...read('CONTRIBUTING.md').matchAll(/`([\w./-]+\.(?:ts|md|json))`/g)].map(
    ([, file]) => file!,
  );
  assert.ok(named.length > 15);
  // A name without a folder stands for that file in each folder of a kind; NAME is the reader's to fill in.
  const missing = named
    .filter((file) => file.includes('/') && !file.includes('NAME'))
    .filter(
      (file) =>
        ![`../${file}`, `../packages/signalbox/src/${file}`].some((path) =>
          existsSync(new URL(path, import.meta.url)),
        ),
    );
  assert.deepEqual(missing, []);
});
