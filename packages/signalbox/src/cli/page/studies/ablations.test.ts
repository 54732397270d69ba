import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { fakeAblations } from '../../words/ablations.fixture.ts';
import { renderPage } from '../page.ts';

const pageOf = async (results = fakeAblations()) => parseHTML(await renderPage(results)).document;
const titles = async (results = fakeAblations()): Promise<string[]> =>
  [...(await pageOf(results)).querySelectorAll('h3')].map((one) =>
    one.textContent!.replaceAll('\u00a0', ' '),
  );

test('every number of a router without its parts, and of each model lost, is in the tables', async () => {
  const results = fakeAblations();
  const document = await pageOf(results);
  const [{ lines, lost }] = results.sets[0]!.ablations as [
    NonNullable<(typeof results.sets)[0]['ablations']>[0],
  ];
  const rowsOf = (table: string) =>
    [...document.querySelectorAll(`${table} tbody tr`)].map((row) =>
      [...row.querySelectorAll('td[data-value]')].map((cell) =>
        ['value', 'low', 'high'].map((at) => Number(cell.getAttribute(`data-${at}`))),
      ),
    );
  const three = ({ value, low, high }: { value: number; low: number; high: number }) => [value, low, high];
  assert.deepEqual(
    rowsOf('table.ablations'),
    lines.map(({ value, difference, cost }) =>
      [value, difference, cost].flatMap((at) => (at ? [three(at)] : [])),
    ),
  );
  assert.deepEqual(
    rowsOf('table.lost'),
    lost.map(({ value, bestSingle, lift }) => [value, bestSingle, lift].map(three)),
  );
});

test('the title tells the greatest change beyond noise, and that there is none where there is none', async () => {
  assert.ok(
    (await titles()).includes(
      'What changes dual-contrastive most is no-sample-loss, by −3.0 points [−3.7, −2.3]; no other is told from noise',
    ),
    (await titles()).join('\n'),
  );
  const lost =
    'With one model lost, dual-contrastive still beats the best single model of those left in 6 of 7 cases';
  assert.ok((await titles()).includes(lost));
  const none = await titles(fakeAblations({ sure: 0 }));
  assert.ok(none.includes('No change to dual-contrastive is told from noise, with 3 changes tried'));
});

test('each change is a dot against the whole, each lost model against the best single of those left', async () => {
  const document = await pageOf();
  const of = (about: string) =>
    [...document.querySelectorAll('svg.wide')].find((svg) =>
      svg.getAttribute('aria-label')!.startsWith(about),
    )!;
  assert.equal(of('dual-contrastive without its parts.').querySelectorAll('circle').length, 3);
  assert.match(
    of('dual-contrastive without its parts.').getAttribute('aria-label')!,
    /no-sample-loss: −3\.02 points/,
  );
  const lost = of('dual-contrastive with a model lost.');
  assert.equal(lost.querySelectorAll('circle').length, 7);
  assert.equal(lost.querySelectorAll('[aria-label=tick] line, [aria-label=tick] path').length, 7);
});

test('without cost there is no column of it, and without ablations no section', async () => {
  const document = await pageOf(fakeAblations({ cost: false }));
  assert.doesNotMatch(document.querySelector('table.ablations')!.textContent!, /\$/);
  const results = fakeAblations();
  const { ablations: _, ...bare } = results.sets[0]!;
  assert.equal(
    (await pageOf({ ...results, sets: [bare] })).querySelector('table.ablations, table.lost'),
    null,
  );
});
