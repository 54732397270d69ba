import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeResults, fakeSet } from '../words/contract.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const estimate = (value: number): { value: number; low: number; high: number; n: number } => ({
  value,
  low: value - 0.01,
  high: value + 0.01,
  n: 100,
});

test('a router stands beside itself without its parts, and with each model lost', () => {
  const ablations = [
    {
      router: 'dual-contrastive',
      seeds: 3,
      lines: [
        { system: 'dual-contrastive', value: estimate(0.5801), cost: null, difference: null },
        {
          system: 'dual-contrastive:no-sample-loss',
          value: estimate(0.5499),
          cost: null,
          difference: estimate(-0.0302),
        },
      ],
      lost: [{ model: 'llama', value: estimate(0.56), bestSingle: estimate(0.5456), lift: estimate(0.0144) }],
    },
  ];
  const results = { ...fakeResults(), sets: [{ ...fakeSet(), ablations }] };
  const text = renderTerminal(results, { colour: false, unicode: true }).replaceAll('\u00a0', ' ');
  assert.match(text, /^no-sample-loss +54\.99 .*−3\.02 +\[.4\.02, .2\.02\]/m);
  assert.match(text, /^llama +56\.00 +54\.56 +\+1\.44/m);
  for (const most of [80, 60])
    for (const line of renderTerminal(results, { colour: false, unicode: true, width: most }).split('\n'))
      assert.ok(width(line) <= most, line);
});
