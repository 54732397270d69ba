import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeResults, fakeSet } from '../words/contract.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

test('routers swept by their own parameters show AIQ beside the mix of single models', () => {
  const estimate = (value: number): { value: number; low: number; high: number; n: number } => ({
    value,
    low: value - 0.01,
    high: value + 0.01,
    n: 100,
  });
  const sweeps = [
    {
      router: 'avengers-pro:rank',
      parameter: 'alpha',
      price: 'cost' as const,
      aiq: estimate(0.8471),
      aiqLift: estimate(0.0291),
      curve: [],
    },
  ];
  const results = { ...fakeResults(), sets: [{ ...fakeSet(), sweeps }] };
  const text = renderTerminal(results, { colour: false, unicode: true });
  assert.match(text.replaceAll('\u00a0', ' '), /^avengers-pro:rank +alpha +cost +0?\.8471 +0?\.0291 +\[/m);
  for (const most of [80, 60])
    for (const line of renderTerminal(results, { colour: false, unicode: true, width: most }).split('\n'))
      assert.ok(width(line) <= most, line);
});
