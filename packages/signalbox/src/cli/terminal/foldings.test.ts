import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeFoldings } from '../words/foldings.fixture.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

test('each assignment stands beside the mean, in 80 columns and in 60', () => {
  const shown = (most: number): string =>
    renderTerminal(fakeFoldings(), { colour: false, unicode: true, width: most });
  assert.match(shown(80), /^residual +0\.6932 +0\.6963 +0\.6938 +0\.6944 +\[0\.6624, 0\.7264\]/m);
  assert.match(shown(80), /^residual +1,500 +0\.6201 +\[0\.5881, 0\.6521\]/m);
  assert.match(shown(60), /^residual .*0\.6944 +\[0\.6624, 0\.7264\]/m);
  for (const most of [80, 60])
    for (const line of shown(most).split('\n')) assert.ok(width(line) <= most, line);
});
