import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mask } from './architecture/imports.ts';

const root = join(import.meta.dirname, '..');

/** Files that are committed, or would be by the next `git add`; none where there is no repository. */
const files = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
  .stdout?.split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const skip = files?.length ? false : 'no git repository here';

/** Each line of the files that matches, as `file:line`. */
function places(
  wanted: (file: string) => boolean,
  matches: (line: string) => boolean,
  code = false,
): string[] {
  return (files ?? []).filter(wanted).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const lines = (code ? mask(text) : text).split('\n');
    return lines.flatMap((line, i) => (matches(line) ? [`${file}:${i + 1}`] : []));
  });
}

const only = (line: string): boolean => /\b(?:test|it|describe|suite)\.only\(|\bonly: true/.test(line);

test('no test is run alone', { skip }, () => {
  assert.ok(only(`test${'.only'}('x', () => {});`));
  assert.ok(!only('const only = () => {};'));
  assert.deepEqual(
    places((file) => file.endsWith('.test.ts'), only, true),
    [],
  );
});

/** A path of a developer's or builder's machine; examples in tests and documents use /opt, /srv or /data. */
const home = /(?:^|[^\w.~/-])\/(?:home|Users|root|work|workspace)\/\w|[A-Z]:\\Users\\/;

test('nothing names a path of the machine it was written on', { skip }, () => {
  for (const folder of ['home', 'Users', 'root', 'work']) assert.match(`"/${folder}/someone"`, home);
  assert.doesNotMatch('https://example.com/work/1 ./work/x', home);
  assert.deepEqual(
    places(
      () => true,
      (line) => home.test(line),
    ),
    [],
  );
});
