import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { results as schema } from '../../../core/results.ts';
import { grownOf, growthSaid, measuresSaid } from '../../words/growth.ts';
import { fakeRouterEval } from '../../words/routereval.fixture.ts';
import { renderPage } from '../page.ts';

const pageOf = async (results = fakeRouterEval()) => parseHTML(await renderPage(results)).document;
type Document = Awaited<ReturnType<typeof pageOf>>;
const rowsOf = (document: Document, table: string) =>
  [...document.querySelectorAll(`${table} tbody tr`)].map((row) =>
    [...row.querySelectorAll('[data-value]')].map((cell) => Number(cell.getAttribute('data-value'))),
  );
const all = [...grownOf(fakeRouterEval()).values()].flat();

test('the title parts the growth of the oracle into what can be had and luck, where that is known', async () => {
  assert.doesNotThrow(() => schema.parse(fakeRouterEval()));
  assert.equal(
    growthSaid(all),
    'Of the 18.0 points by which the oracle grows from 3 to 100 models, 3.6 are there to be had; 14.4 are luck, picked on the test rows',
  );
  const unknown = [...grownOf(fakeRouterEval({ known: false })).values()].flat();
  assert.equal(
    growthSaid(unknown),
    'The oracle changes by +18.0 points from 3 to 100 models, the best router by +1.2',
  );
  const titles = [...(await pageOf()).querySelectorAll('header h3')].map((one) => one.textContent);
  assert.deepEqual(titles, [growthSaid(all)]);
});

test('each way of picking pools has a panel of router, best single, random and oracle by pool size', async () => {
  const document = await pageOf();
  const figures = [...document.querySelectorAll('header .panels figure')];
  assert.deepEqual(
    figures.map((one) => one.querySelector('figcaption')!.textContent),
    ['all_strong', 'all_weak', 'strong_to_weak'],
  );
  for (const figure of figures) {
    const svg = figure.querySelector('svg.wide')!;
    assert.equal(svg.querySelectorAll('circle').length, 3 * all.length);
    for (const name of ['oracle', 'best single', 'random', 'LinearR'])
      assert.ok(svg.textContent!.includes(name), name);
  }
  const { value } = all[3]!.set.systems.find(({ name }) => name === 'oracle')!.groups!['all_weak']!;
  const label = figures[1]!.querySelector('svg')!.getAttribute('aria-label')!;
  assert.ok(label.includes(`oracle, 100 models: ${(100 * value).toFixed(1)} %`), label);
  const published = await pageOf(fakeRouterEval({ known: false }));
  assert.equal(published.querySelectorAll('header .panels figure').length, 2 * 3);
});

test('what can be reached is drawn with the rest hatched, only where it is known', async () => {
  const reach = (document: Document) =>
    [...document.querySelectorAll('header svg.wide')].find((svg) =>
      svg.getAttribute('aria-label')!.startsWith('What can be reached'),
    );
  const svg = reach(await pageOf())!;
  assert.equal(svg.querySelectorAll('circle').length, 5 * all.length);
  assert.match(svg.outerHTML, /url\(#hatch\)/);
  assert.equal(reach(await pageOf(fakeRouterEval({ known: false }))), undefined);
});

test('every number is in the tables', async () => {
  const document = await pageOf();
  assert.deepEqual(
    rowsOf(document, 'table.reach'),
    all.map(({ of: { size, reach } }) => [
      size,
      ...(['picked', 'pickedOnTraining', 'random', 'probability', 'bestSingle', 'routerLift'] as const).map(
        (key) => reach[key]!.value,
      ),
    ]),
  );
  assert.deepEqual(
    rowsOf(document, 'table.scores'),
    all.flatMap(({ set, of }) =>
      of.settings.map((setting) => [of.size, ...set.systems.map(({ groups }) => groups![setting]!.value)]),
    ),
  );
  const published = fakeRouterEval({ known: false });
  const other = await pageOf(published);
  const first = published.sets[0]!.routerEval!;
  const shown = first.systems.filter(({ name }) => /^(random|kNN|LinearR|MLC)$/.test(name));
  assert.deepEqual(rowsOf(other, 'table.reach')[0]!.slice(1), [
    first.size,
    first.reach.picked.value,
    ...shown.map(({ vb }) => vb),
  ]);
  assert.deepEqual(
    rowsOf(other, 'table.measures').map((row) => row.slice(1)),
    published.sets.flatMap(({ routerEval }) =>
      routerEval!.systems.map(({ mu, vr, vb, published: told, ep, skill }) =>
        [mu.value, vr, vb, told, ep, skill].filter((value) => typeof value === 'number'),
      ),
    ),
  );
});

test('the measures of a set say whether a router beats the best single model', async () => {
  const [set] = fakeRouterEval().sets;
  assert.equal(
    measuresSaid(set!, set!.routerEval!),
    'No router lies above the best single model on the test rows: LinearR comes to 0.993 of it',
  );
  const above = set!.routerEval!.systems.map((one) => (one.name === 'kNN' ? { ...one, vb: 1.02 } : one));
  assert.match(
    measuresSaid(set!, { ...set!.routerEval!, systems: above }),
    /^The highest V_B, of kNN, is 1\.020: above .* picked after the fact$/,
  );
  const titles = [...(await pageOf()).querySelectorAll('main h3')].map((one) => one.textContent);
  assert.ok(titles.includes(measuresSaid(set!, set!.routerEval!)));
});

test('one pool size has measures alone, and other results neither', async () => {
  const results = fakeRouterEval();
  const once = await pageOf({ ...results, sets: results.sets.slice(0, 1) });
  assert.equal(once.querySelectorAll('table.measures').length, 1);
  assert.equal(once.querySelector('table.reach, table.scores, .panels'), null);
  const bare = await pageOf({ ...results, sets: results.sets.map(({ routerEval: _, ...set }) => set) });
  assert.equal(bare.querySelector('table.reach, table.scores, table.measures, .panels'), null);
});
