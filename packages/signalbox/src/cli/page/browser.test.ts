import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fakeResults } from '../words/contract.ts';
import { fakeEvidence } from '../words/evidence.fixture.ts';
import { fakeStudies } from '../words/studies.fixture.ts';
import { type Browser, browserProgram, startBrowser } from './browser.fixture.ts';
import { renderPage } from './page.ts';

const program = browserProgram();
const skip = program === undefined && 'no Chromium is installed; set SIGNALBOX_CHROMIUM to its path';
const set = fakeEvidence();
let folder: string;
let file: string;
let studies: string;
let browser: Browser;

before(async () => {
  if (program === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'signalbox-page-'));
  file = join(folder, 'report.html');
  await writeFile(file, await renderPage({ ...fakeResults(), sets: [set] }));
  studies = join(folder, 'studies.html');
  await writeFile(studies, await renderPage(fakeStudies()));
  browser = await startBrowser(program);
});
after(async () => {
  if (program === undefined) return;
  await browser.close();
  await rm(folder, { recursive: true });
});

const seen = (): Promise<string[]> =>
  browser.run(
    `[...document.querySelector('.ledger').children].filter((entry) => entry.offsetHeight > 0).map((entry) => entry.dataset.query)`,
  );
const click = (word: string): Promise<void> =>
  browser.run(
    `[...document.querySelectorAll('.pages button')].find((b) => b.textContent === '${word}').click()`,
  );

test('a click leads through the ledger, forth and back, and no entry is lost', { skip }, async () => {
  await browser.open(file);
  const all = set.ledger!.won.map(({ query }) => query);
  const met: string[] = [];
  while (met.length < all.length) {
    const page = await seen();
    assert.ok(page.length > 0 && page.length < all.length);
    assert.ok(page.every((query) => !met.includes(query)));
    met.push(...page);
    if (met.length < all.length) await click('next');
  }
  assert.deepEqual(met, all);
  await click('previous');
  assert.ok(!(await seen()).includes(all.at(-1)!));
});

test('the slider goes through the tolerated losses, and says what each allows', { skip }, async () => {
  await browser.open(file);
  const { certified } = set.deferral!;
  const told = new Set<string>();
  for (const at of certified.keys()) {
    const shown = await browser.run<string[]>(`(() => {
      const slider = document.querySelector('.what-if input[type=range]');
      slider.value = ${at};
      slider.dispatchEvent(new Event('input'));
      const lit = [...document.querySelector('svg.chart [aria-label="rect"]').children].filter((r) => r.style.opacity === '1').length;
      return [slider.closest('p').querySelector('output').textContent, document.querySelector('tr.chosen th').dataset.value, String(lit)];
    })()`);
    told.add(shown[0]!);
    assert.equal(shown[1], String(certified[at]!.epsilon));
    assert.match(shown[0]!, certified[at]!.betting?.share ? /may leave/ : /no query may leave/);
  }
  assert.equal(told.size, certified.length);
});

test('another volume costs in proportion, the router as much as before', { skip }, async () => {
  await browser.open(file);
  const { volume, now, with: then, routerCost } = set.money!;
  const said = await browser.run<string>(`(() => {
    const field = document.querySelector('.what-if input[type=number]');
    field.value = ${10 * volume};
    field.dispatchEvent(new Event('input'));
    return field.closest('p').querySelector('output').textContent;
  })()`);
  const dollars = [...said.matchAll(/\$([\d,.]*\d)/g)].map(([, text]) => Number(text!.replaceAll(',', '')));
  const after = 10 * (then!.value - routerCost) + routerCost;
  assert.equal(dollars.length, 3);
  for (const [i, expected] of [10 * now!.value, after, 10 * now!.value - after].entries())
    assert.ok(Math.abs(dollars[i]! - Math.abs(expected)) <= 0.5, said);
});

test('a click on a head sorts by the exact values', { skip }, async () => {
  await browser.open(file);
  const column = await browser.run<string[]>(`(() => {
    const table = document.querySelector('table.systems');
    const heads = [...table.querySelectorAll('thead button')];
    heads.find((head) => head.textContent.startsWith('quality')).click();
    return [...table.tBodies[0].rows].map((row) => row.cells[2].dataset.value ?? '');
  })()`);
  const numbers = column.filter((value) => value !== '').map(Number);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => b - a),
  );
});

for (const width of [360, 1600]) {
  test(`nothing is wider than the window at ${width} pixels`, { skip }, async () => {
    for (const page of [file, studies]) {
      await browser.open(page, { width, dark: width === 360 });
      assert.ok((await browser.run<number>('document.documentElement.scrollWidth')) <= width);
      const charts = await browser.run<number[]>(
        `[...document.querySelectorAll('svg.chart')].map((svg) => svg.getBoundingClientRect().right)`,
      );
      assert.ok(charts.every((right) => right <= width));
    }
  });
}

test('no script of the data runs, and nothing is fetched', { skip }, async () => {
  await browser.open(file);
  assert.equal(await browser.run('document.querySelectorAll("img, main script").length'), 0);
  assert.equal(await browser.run('performance.getEntriesByType("resource").length'), 0);
});
