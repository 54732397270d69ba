import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { fakeSweeps } from '../../words/sweeps.fixture.ts';
import { sweepsSaid } from '../../words/sweeps.ts';
import { renderPage } from '../page.ts';

const pageOf = async (results = fakeSweeps()) => parseHTML(await renderPage(results)).document;
const all = fakeSweeps().sets[0]!.sweeps!;

test('the title says how many sweeps lie above the mix of single models beyond noise', async () => {
  assert.equal(
    sweepsSaid(all),
    'Of 5 sweeps by a router’s own parameter 4 lie above the mix of single models beyond noise; the highest is avengers-pro:rank, by an AIQ of 0.029 [0.020, 0.038]',
  );
  assert.match(sweepsSaid(fakeSweeps({ sure: 0 }).sets[0]!.sweeps!), /parameter none lies above/);
  const titles = [...(await pageOf()).querySelectorAll('h3')].map((one) => one.textContent);
  assert.ok(titles.includes(sweepsSaid(all)));
});

test('each sweep has a panel with every point, and the ends of its parameter written', async () => {
  const document = await pageOf();
  const figures = [...document.querySelectorAll('.panels figure')];
  assert.deepEqual(
    figures.map((one) => one.querySelector('figcaption')!.textContent),
    all.map(({ router, parameter }) => `${router} by ${parameter}`),
  );
  const { length: models } = fakeSweeps().sets[0]!.models;
  figures.forEach((figure, i) => {
    for (const svg of figure.querySelectorAll('svg')) {
      assert.equal(svg.querySelectorAll('circle').length, all[i]!.curve.length + models);
      const text = svg.textContent!;
      const [first, last] = [all[i]!.curve[0]!, all[i]!.curve.at(-1)!].map(({ parameter }) => parameter!);
      assert.ok(text.includes(`${all[i]!.parameter} ${first}`), text);
      assert.ok(
        text.includes(`${all[i]!.parameter} ${Number(last!.toPrecision(2)).toLocaleString('en-US')}`),
        text,
      );
    }
  });
});

test('where latency is recorded each sweep is drawn against it as well; where cost is not, against it alone', async () => {
  const both = await pageOf(fakeSweeps({ latency: true }));
  assert.equal(both.querySelectorAll('.panels figure').length, 7);
  assert.equal(both.querySelectorAll('.panels svg.wide').length, 2 * 7);
  const captions = [...both.querySelectorAll('.panels figcaption')].map((one) => one.textContent);
  assert.ok(captions.includes('soft-label:probability by beta, a price of latency'));
  assert.match(both.querySelector('table.swept thead')!.textContent!, /\$ per 1,000ms a query/);
  const alone = await pageOf(fakeSweeps({ latency: true, cost: false }));
  assert.equal(alone.querySelectorAll('.panels svg.wide').length, 1);
  assert.doesNotMatch(alone.querySelector('table.swept thead')!.textContent!, /\$|strong/);
});

test('every number is in the tables', async () => {
  const [set] = fakeSweeps({ latency: true }).sets;
  const document = await pageOf(fakeSweeps({ latency: true }));
  const rowsOf = (table: string) =>
    [...document.querySelectorAll(`${table} tbody tr`)].map((row) =>
      [...row.querySelectorAll('td[data-value]')].map((cell) => Number(cell.getAttribute('data-value'))),
    );
  assert.deepEqual(
    rowsOf('table.sweeps'),
    set!.sweeps!.map(({ curve, aiq, aiqLift }) => [curve.length, aiq.n, aiq.value, aiqLift.value]),
  );
  assert.deepEqual(
    rowsOf('table.swept'),
    set!.sweeps!.flatMap(({ curve }) =>
      curve.map(({ parameter, cost, latencyMs, quality }) => [parameter, cost, latencyMs, quality]),
    ),
  );
});

test('without sweeps there is no section', async () => {
  const results = fakeSweeps();
  const { sweeps: _, ...bare } = results.sets[0]!;
  const document = await pageOf({ ...results, sets: [bare] });
  assert.equal(document.querySelector('table.sweeps, .panels'), null);
});
