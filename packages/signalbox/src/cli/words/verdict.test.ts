import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeEvidence } from './evidence.fixture.ts';
import { labelsLine } from './verdict.ts';

test('labels that no one will bring are said to be that', () => {
  const set = fakeEvidence();
  const asked = (more: [number, number], rows: number): string =>
    labelsLine({ ...set, rows, labelsNeeded: { ...set.labelsNeeded!, more } })!.replaceAll('\u00a0', ' ');
  assert.match(asked([1900, 3400], 9408), /^1,900 to 3,400 more queries would [^,]*\.$/);
  assert.match(
    asked([190_000, 340_000], 9000),
    /^190,000 to 340,000 more queries would [^,]*, 21 times the rows of this table and beyond reach\.$/,
  );
});
