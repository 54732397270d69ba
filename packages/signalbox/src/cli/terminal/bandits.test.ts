import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate, Results } from '../../core/results.ts';
import type { BanditsResult } from '../../core/results-bandits.ts';
import { fakeResults, fakeSet } from '../words/contract.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const around = (value: number, half: number): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n: 1763,
});

function withBandits(lost: number, spend: number): Results {
  const one = (paced: boolean, learns: boolean): BanditsResult['bandits'][number] => ({
    router: 'linucb',
    prior: 'residual',
    learns,
    paced,
    quality: around(0.8042, 0.001),
    cost: around(paced ? 0.96e-3 : 3.4e-3, 1e-5),
    greatestCost: paced ? spend * 1e-3 : 3.5e-3,
    fixed: around(0.7921, 0.001),
    regret: [
      { answers: 100, total: around(2.3, 1) },
      { answers: 1763, total: around(lost, 4) },
    ],
  });
  const bandits = {
    priorRows: 442,
    answers: 1763,
    seeds: 20,
    budget: 1e-3,
    bandits: [one(false, true), one(true, true), one(true, false)],
  };
  return { ...fakeResults(), sets: [{ ...fakeSet(), bandits }] };
}

const block = (text: string): string => text.slice(text.indexOf('\nBandits:') + 1).replaceAll('\u00a0', ' ');

test('bandits show what they spend and lose, within 80 columns and within 60', () => {
  const text = renderTerminal(withBandits(-21.3, 0.975), { colour: false, unicode: true });
  assert.match(block(text), /^linucb +residual +none +3\.40 +2\.3 +−21\.3 +\[−25\.3, −17\.3\]$/m);
  assert.match(block(text), /^linucb +residual, frozen +held to +0\.96 /m);
  for (const most of [80, 60])
    for (const line of renderTerminal(withBandits(-21.3, 0.975), {
      colour: false,
      unicode: true,
      width: most,
    }).split('\n'))
      assert.ok(width(line) <= most, line);
});

test('the sentence says who beats the best fixed choice, and whether the budget held', () => {
  const said = (lost: number, spend: number): string =>
    block(renderTerminal(withBandits(lost, spend), { colour: false, unicode: true })).replaceAll(/\s+/g, ' ');
  assert.match(
    said(-21.3, 0.975),
    /2 of 2 bandits beat the best fixed choice at equal spend; linucb \(prior: residual\) gains 21 answers in 1,763; the pacer held the budget in every order \(at most 97\.5 % of it\)/,
  );
  assert.match(said(3, 1.02), /no bandit beats .* loses 3 answers .* as much as 102\.0 % of the budget/);
});
