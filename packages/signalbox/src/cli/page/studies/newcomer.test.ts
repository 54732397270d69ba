import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { newcomerSentences } from '../../../pipeline/studies/newcomer-words.ts';
import { fakeNewcomers } from '../../words/newcomer.fixture.ts';
import { renderPage } from '../page.ts';

type Document = ReturnType<typeof parseHTML>['document'];
const page = async (results = fakeNewcomers()): Promise<Document> =>
  parseHTML(await renderPage(results)).document;

const { sets } = fakeNewcomers();
const all = sets[0]!.newcomer!;
const routers = [...new Set(all.map(({ router }) => router))];

test('the page says which router to trust with a newcomer at which number of answers, once', async () => {
  const document = await page();
  const heading = [...document.querySelectorAll('h3')].find((one) => /model joins/.test(one.textContent!))!;
  assert.equal(
    heading.textContent,
    'When a model joins, trust uniroute after 25 to 100 answers, irt after 200 to 400',
  );
  const text = document.querySelector('main')!.textContent!.replaceAll('\u00a0', ' ');
  for (const sentence of newcomerSentences(all)) assert.equal(text.split(sentence).length, 2, sentence);
  assert.match(text, /scores above 1 were clipped/);
});

test('where no router can be told from the best the title trusts none', async () => {
  const results = fakeNewcomers();
  const alike = all.map((one) => ({ ...one, trusted: true }));
  const document = await page({ ...results, sets: [{ ...results.sets[0]!, newcomer: alike }] });
  const titles = [...document.querySelectorAll('h3')].map((one) => one.textContent!);
  const wanted =
    'When a model joins, no router stands out: the least Brier score is that of uniroute after 25 to 100 answers, irt after 200 to 400';
  assert.ok(titles.includes(wanted), titles.join('; '));
});

test('a chart of Brier score, AUC and quality for each router, with every point and the pools beside', async () => {
  const document = await page();
  const figures = [...document.querySelectorAll('figure.smalls')];
  assert.deepEqual(
    new Set(figures.map((one) => one.querySelector('figcaption')!.textContent)),
    new Set(routers),
  );
  for (const figure of figures) {
    const charts = [...figure.querySelectorAll('svg.small')];
    assert.equal(charts.length, 3);
    for (const chart of charts) assert.equal(chart.querySelectorAll('circle').length, 5);
    const router = figure.querySelector('figcaption')!.textContent!;
    const { brier } = all.find((one) => one.router === router && one.answers === 400)!;
    const label = charts[0]!.getAttribute('aria-label')!;
    assert.ok(label.includes(`${router} after 400 answers: Brier score ${brier.value.toFixed(3)}`), label);
    assert.match(charts[2]!.textContent!, /without/);
    assert.match(charts[2]!.textContent!, /anew/);
  }
  // The least Brier score after the most answers comes first.
  assert.equal(figures[0]!.querySelector('figcaption')!.textContent, 'irt');
});

test('all charts of a measure have the same axis', async () => {
  const document = await page();
  const ticks = [...document.querySelectorAll('figure.smalls')].map((figure) =>
    [...figure.querySelectorAll('svg.small')].map(
      (svg) => svg.querySelector('[aria-label="y-axis tick label"]')!.textContent,
    ),
  );
  for (const one of ticks) assert.deepEqual(one, ticks[0]);
});

test('the table carries every number', async () => {
  const document = await page();
  const rows = [...document.querySelectorAll('table.newcomer tbody tr')];
  assert.equal(rows.length, all.length);
  rows.forEach((row, i) => {
    const one = all[i]!;
    const values = [...row.querySelectorAll('td[data-value]')].map((cell) =>
      Number(cell.getAttribute('data-value')),
    );
    const wanted = [one.brier, one.auc!, one.value, one.without, one.retrained, one.gain, one.short];
    assert.deepEqual(values, [one.answers, ...wanted.map(({ value }) => value)]);
    assert.equal(row.querySelector('td.word')!.textContent, one.trusted ? 'yes' : '');
  });
});

test('without AUC it is said why; one number of answers is drawn; without newcomers there is no section', async () => {
  const document = await page(fakeNewcomers({ auc: false, primary: 'macro' }));
  assert.equal(document.querySelectorAll('figure.smalls')[0]!.querySelectorAll('svg.small').length, 2);
  assert.match(
    document.querySelector('figure.smalls')!.textContent!,
    /No AUC: some newcomer is always or never right/,
  );
  assert.match(document.querySelector('figure.smalls')!.textContent!, /macro quality/);
  const results = fakeNewcomers();
  const [set] = results.sets;
  const once = await page({
    ...results,
    sets: [{ ...set!, newcomer: all.filter(({ answers }) => answers === 100) }],
  });
  assert.equal(once.querySelectorAll('figure.smalls svg.small').length, 3 * routers.length);
  assert.ok(!once.querySelector('main')!.innerHTML.includes('NaN'));
  const { newcomer: _, ...bare } = set!;
  assert.equal((await page({ ...results, sets: [bare] })).querySelector('figure.smalls'), null);
});
