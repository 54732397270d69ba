import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import type { Results, System } from '../../core/results.ts';
import { faceContract, fakeResults, fakeSet, shapes } from '../words/contract.ts';
import { evidenceShapes } from '../words/evidence.fixture.ts';
import { glossary } from '../words/glossary.ts';
import { fixed, percent, points } from '../words/numbers.ts';
import { studyShapes } from '../words/studies.fixture.ts';
import { renderPage } from './page.ts';

const parse = (page: string): Document => parseHTML(page).document;
type Document = ReturnType<typeof parseHTML>['document'];

faceContract('the page', async (results) => {
  const body = parse(await renderPage(results));
  for (const own of [...body.querySelectorAll('script, style')]) own.remove();
  return body.documentElement.textContent ?? '';
});

for (const [name, results] of Object.entries({ ...shapes, ...evidenceShapes(), ...studyShapes() })) {
  test(`the page needs nothing else and is well formed: ${name}`, async () => {
    const page = await renderPage(results);
    assert.doesNotMatch(page, /@import|<link|<iframe|<object|<embed|<base|\ssrcset=/i);
    for (const [, target] of page.matchAll(/url\(([^)]*)\)/g)) assert.equal(target, '#hatch');
    const document = parse(page);
    assert.equal(document.querySelectorAll('[src], image, use').length, 0);
    for (const link of document.querySelectorAll('[href]')) {
      const target = link.getAttribute('href')!;
      assert.ok(target.startsWith('#'), target);
      assert.ok(document.getElementById(target.slice(1)), `${target} leads nowhere`);
    }
    balanced(page);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const table of document.querySelectorAll('table')) {
      const heads = table.querySelectorAll('thead th').length;
      for (const row of table.querySelectorAll('tbody tr')) assert.equal(row.children.length, heads);
    }
    for (const svg of document.querySelectorAll('svg.chart')) {
      assert.doesNotMatch(svg.outerHTML, /NaN|undefined/);
      assert.ok(svg.getAttribute('aria-label')!.length > 10);
    }
  });
}

/** Every element that is opened is closed in order; void elements alone stand open. */
function balanced(page: string): void {
  const open: string[] = [];
  const text = page.replaceAll(/<(script|style)>[\s\S]*?<\/\1>/g, '').replace(/^<!doctype html>/, '');
  for (const [tag, close, name, rest] of text.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (close) assert.equal(open.pop(), name, tag);
    else if (!/^(meta|br|input)$/.test(name!) && !rest!.endsWith('/')) open.push(name!);
  }
  assert.deepEqual(open, []);
}

/** What a cell must say of a value: exactly in its data, rounded in its text. */
function holds(
  cell: Element | undefined,
  value: number,
  write: (x: number, decimals: number) => string,
): void {
  assert.equal(Number(cell?.getAttribute('data-value')), value);
  const shown = (cell?.textContent ?? '').split(' ')[0]!;
  const decimals = shown.split('.')[1]?.length ?? 0;
  assert.equal(shown, write(value, decimals));
}
type Element = NonNullable<ReturnType<Document['querySelector']>>;

test('every number of the main table is that of the JSON', async () => {
  const results: Results = fakeResults({ cost: 'strong share', models: 2, groups: 4 });
  const document = parse(await renderPage(results));
  const heads = [...document.querySelectorAll('table.systems thead th')].map((head) => head.textContent);
  const rows = new Map(
    [...document.querySelectorAll('table.systems tbody tr')].map((row) => [
      row.getAttribute('data-system'),
      row,
    ]),
  );
  const set = results.sets[0]!;
  assert.deepEqual([...rows.keys()].sort(), set.systems.map((system) => system.name).sort());
  const columns: [string, (s: System) => number | undefined, (x: number, decimals: number) => string][] = [
    ['quality, %', (s) => s.quality?.value, percent],
    ['macro, %', (s) => s.macro?.value, percent],
    ['vs best single, points', (s) => s.versus.bestSingle?.value, points],
    ['vs task table, points', (s) => s.versus.taskTable?.value, points],
    ['strong share, %', (s) => s.cost?.value, percent],
    ['AIQ', (s) => s.aiq?.value, fixed],
    ['APGR', (s) => s.apgr?.value, fixed],
    ['CPT(50), %', (s) => s.cpt50?.value, percent],
    ['CPT(80), %', (s) => s.cpt80?.value, percent],
    ['entropy, bits', (s) => s.choiceEntropy, fixed],
  ];
  for (const [head, of, write] of columns) {
    const at = heads.indexOf(head);
    assert.ok(at > 0, `${head} is not a column of ${heads.join(' | ')}`);
    for (const system of set.systems) {
      const cell = rows.get(system.name)!.children[at] as Element | undefined;
      const value = of(system);
      if (value === undefined) assert.equal(cell?.textContent, '');
      else holds(cell, value, write);
    }
  }
});

test('intervals stand in the cells too', async () => {
  const results = fakeResults();
  const document = parse(await renderPage(results));
  const residual = results.sets[0]!.systems.find((s) => s.name === 'residual')!;
  const cell = document.querySelector('tr[data-system=residual]')!.children[2]!;
  assert.equal(Number(cell.getAttribute('data-low')), residual.quality!.low);
  assert.match(cell.textContent!, /^\d\d\.\d\d \[\d\d\.\d\d, \d\d\.\d\d\]$/);
});

test('the answer is at the top, the oracle is out of reach, and no verdict is given', async () => {
  const text = parse(await renderPage(fakeResults())).body.textContent!;
  assert.match(
    text.replaceAll('\u00a0', ' '),
    /Routing gains \d\.\d points \[.*\] over the best single model on 9,408/,
  );
  assert.match(text, /not reachable before generation/);
  assert.match(text, /does not rule on whether routing pays/);
});

test('a world whose truth is known is called simulated and shows it', async () => {
  const results = fakeResults({ dataset: 'world' });
  const truth = {
    world: { values: { 'best-single': 0.1, 'best possible router': 0.9 }, story: 'Noise alone.' },
  };
  const document = parse(await renderPage(results, { truth }));
  assert.match(document.querySelector('header')!.textContent!, /^\s*simulated/);
  assert.match(document.body.textContent!, /Noise alone\./);
  assert.match(document.body.textContent!, /below the interval/);
  assert.doesNotMatch(await renderPage(results), /class="simulated"/);
});

test('names from the data stay text', async () => {
  const set = fakeSet({ longNames: true });
  const evil = '<img src=x onerror=alert(1)>"\'</script>\u202e';
  const results = { ...fakeResults(), sets: [{ ...set, dataset: evil, notes: [evil], encoder: evil }] };
  const page = await renderPage(results);
  assert.ok(!page.includes('<img') && !page.includes('\u202e'));
  balanced(page);
  assert.match(page, /script-src 'sha256-|script-src &#39;sha256-/);
});

test('without cost, groups or a second model the page says why a chart is missing', async () => {
  const text = async (results: Results): Promise<string> =>
    parse(await renderPage(results)).body.textContent!;
  assert.match(await text(shapes['no cost']!), /No cost is recorded in this table, so there is no chart/);
  assert.match(await text(shapes['no groups']!), /There are no groups, so there is no map/);
  assert.match(await text(shapes['one model']!), /nothing to route/);
});

test('the cost axis is logarithmic from the start only where costs differ more than thirtyfold', async () => {
  const checked = async (results: Results): Promise<string | null | undefined> =>
    parse(await renderPage(results))
      .querySelector('input[checked]')
      ?.getAttribute('class');
  assert.equal(await checked(fakeResults({ models: 7 })), 'log');
  const close = fakeSet({ models: 2, routers: [] });
  const systems = close.systems.filter((s) => s.name !== 'zero-router');
  assert.equal(await checked({ ...fakeResults(), sets: [{ ...close, systems }] }), 'linear');
});

test('every term is explained once at the end', async () => {
  const document = parse(await renderPage(fakeResults()));
  assert.equal(document.querySelectorAll('dl.glossary dt').length, Object.keys(glossary).length);
});
