import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { fakeBandits } from '../../words/bandits.fixture.ts';
import { banditsSaid } from '../../words/bandits.ts';
import { renderPage } from '../page.ts';

const pageOf = async (results = fakeBandits()) => parseHTML(await renderPage(results)).document;
const found = fakeBandits().sets[0]!.bandits!;

test('the title says who beats the best fixed choice and whether the budget held', async () => {
  for (const spend of [0.975, 1.03]) {
    const results = fakeBandits({ spend });
    const titles = [...(await pageOf(results)).querySelectorAll('h3')].map((one) => one.textContent);
    assert.ok(titles.includes(banditsSaid(results.sets[0]!.bandits!)), titles.join('\n'));
  }
});

test('each bandit has a chart of its regret with and without a budget, all on the same axes', async () => {
  const document = await pageOf();
  const figures = [...document.querySelectorAll('.panels figure')];
  assert.equal(figures.length, 6);
  const ticks = figures.map((one) => one.querySelector('[aria-label="y-axis tick label"]')!.textContent);
  assert.equal(new Set(ticks).size, 1);
  for (const figure of figures) {
    const svg = figure.querySelector('svg.wide')!;
    assert.equal(svg.querySelectorAll('circle').length, 2 * 5);
    assert.equal(svg.querySelectorAll('[aria-label=area]').length, 2);
  }
  const taught = figures.find(
    (one) => one.querySelector('figcaption')!.textContent === 'linucb, prior: residual',
  )!;
  assert.match(
    taught.querySelector('svg')!.getAttribute('aria-label')!,
    /with a budget, after 1,763 answers: −21\.0 lost \[−26\.0, −16\.0\]/,
  );
});

test('what each spends stands beside the budget', async () => {
  const svg = [...(await pageOf()).querySelectorAll('svg.wide')].find((one) =>
    one.getAttribute('aria-label')!.startsWith('What each bandit spends.'),
  )!;
  assert.equal(svg.querySelectorAll('circle').length, found.bandits.length);
  assert.match(
    svg.getAttribute('aria-label')!,
    /linucb, none: \$3\.16\d? per 1,000 calls \[.*\], 310\.0 % of the budget/,
  );
});

test('every number is in the tables', async () => {
  const document = await pageOf();
  const rowsOf = (table: string) =>
    [...document.querySelectorAll(`${table} tbody tr`)].map((row) =>
      [...row.querySelectorAll('td[data-value]')].map((cell) => Number(cell.getAttribute('data-value'))),
    );
  assert.deepEqual(
    rowsOf('table.bandits'),
    found.bandits.map(({ quality, fixed, regret, cost, greatestCost }) => [
      quality.value,
      fixed.value,
      regret.at(-1)!.total.value,
      cost.value,
      greatestCost,
      cost.value / found.budget,
    ]),
  );
  assert.deepEqual(
    rowsOf('table.regret'),
    found.bandits.map(({ regret }) => regret.map(({ total }) => total.value)),
  );
});

test('without bandits there is no section', async () => {
  const results = fakeBandits();
  const { bandits: _, ...bare } = results.sets[0]!;
  const document = await pageOf({ ...results, sets: [bare] });
  assert.equal(document.querySelector('table.bandits, .panels'), null);
});
