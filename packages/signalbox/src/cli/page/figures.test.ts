import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import type { ResultSet } from '../../core/results.ts';
import { fakeResults, fakeSet } from '../words/contract.ts';
import { fakeEvidence } from '../words/evidence.fixture.ts';
import { stepsOf } from '../words/gain.ts';
import { fixed, percent } from '../words/numbers.ts';
import { renderPage } from './page.ts';

type Document = ReturnType<typeof parseHTML>['document'];
const pageOf = (set: ResultSet): Promise<string> => renderPage({ ...fakeResults(), sets: [set] });
const parse = async (set: ResultSet): Promise<Document> => parseHTML(await pageOf(set)).document;
const plain = (document: Document): string =>
  document.querySelector('main')!.textContent!.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ');

/** Every number that the page carries as data. */
const values = (document: Document, attribute = 'data-value'): Set<number> =>
  new Set(
    [...document.querySelectorAll(`[${attribute}]`)].map((cell) => Number(cell.getAttribute(attribute))),
  );

const set = fakeEvidence();
const document = await parse(set);

test('the verdicts head the page, each with its numbers, its reason and what would change it', () => {
  const boxes = [...document.querySelectorAll('div.verdict')];
  const { quality, cost } = set.verdict!;
  assert.equal(boxes.length, 2);
  for (const [i, of] of [quality, cost].entries()) {
    const text = boxes[i]!.textContent!.replaceAll('\u00a0', ' ');
    assert.equal(boxes[i]!.getAttribute('data-answer'), of.answer);
    assert.ok(text.includes(of.why) && text.includes(of.whatWouldChange), text);
  }
  assert.equal(
    Number(boxes[0]!.querySelector('[data-value]')!.getAttribute('data-value')),
    quality.lift.value,
  );
  assert.equal(
    Number(boxes[1]!.querySelector('[data-value]')!.getAttribute('data-value')),
    cost.saving!.value,
  );
  assert.match(plain(document), /What this rests on: 5 to 10 samples per cell/);
  assert.doesNotMatch(plain(document), /does not rule on whether routing pays/);
});

test('ceilings, ladder and controls hold the numbers of the JSON', () => {
  const shown = values(document);
  const { oneSample, splitHalf, splitHalfByAccuracy, plugIn, extrapolated, raschNull, raschNullByGroup } =
    set.ceilings!;
  for (const at of [
    oneSample,
    splitHalf,
    splitHalfByAccuracy,
    plugIn,
    extrapolated,
    raschNull,
    raschNullByGroup,
  ])
    assert.ok(shown.has(at!.value));
  for (const { value, lift } of set.ladder!) assert.ok(shown.has(value.value) && shown.has(lift.value));
  assert.ok(shown.has(set.controls!.permutationGlobal!.p));
  assert.ok(shown.has(set.controls!.permutationWithinGroup!.p));
  const { low, high } = set.ceilings!.band!;
  const charts = [...document.querySelectorAll('svg.chart')].map((svg) => svg.getAttribute('aria-label')!);
  assert.ok(
    charts.some((text) => text.includes(`The true ceiling lies in ${percent(low, 1)}–${percent(high, 1)} %`)),
  );
});

test('with one sample a cell there is no band, and the oracle stays hatched beside the null', async () => {
  const alone = await parse(fakeEvidence({}, false));
  assert.match(plain(alone), /Where not every answer has two samples there is no band of the true ceiling/);
  assert.match(plain(alone), /one sample per cell, so luck and ability cannot be told apart/);
  assert.ok(alone.querySelector('svg.chart rect[fill="url(#hatch)"], svg.chart [fill="url(#hatch)"] rect'));
});

test('the deferral curve and every certificate are in a table, bounds included', () => {
  const rows = [...document.querySelectorAll('table.certificates tbody tr')];
  assert.equal(rows.length, set.deferral!.certified.length);
  set.deferral!.certified.forEach((at, i) => {
    const cells = [...rows[i]!.children].map((cell) => cell.getAttribute('data-value'));
    const given = [
      at.epsilon,
      at.betting?.parameter,
      at.betting?.share,
      at.hoeffding?.share,
      at.clopperPearson,
    ];
    const saved = [at.saving?.value, at.worstGroup?.loss.value];
    for (const value of [...given, ...saved])
      if (value != null) assert.ok(cells.includes(String(value)), `${value}`);
    assert.equal(/nothing passed/.test(rows[i]!.textContent!), at.betting === null || at.hoeffding === null);
    if (at.betting)
      assert.ok(rows[i]!.textContent!.includes(`loss at most ${fixed(100 * at.betting.bound, 2)}`));
  });
  const shown = values(document);
  const cascades = set.deferral!.certified.flatMap(({ cascade }) => cascade ?? []);
  assert.equal(document.querySelectorAll('table.cascades tbody tr').length, cascades.length);
  for (const { betting, saving } of cascades)
    assert.ok(shown.has(betting!.share) && shown.has(saving!.value));
  for (const { share, loss } of set.deferral!.points) assert.ok(shown.has(share) && shown.has(loss.value));
});

test('the steps from best single to the oracle add up, and stand on the page', () => {
  const steps = stepsOf(set);
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['task', 'instance', 'unreached', 'luck'],
  );
  for (const [i, step] of steps.entries()) {
    if (i > 0) assert.ok(Math.abs(step.from - steps[i - 1]!.to) < 1e-9);
    assert.ok(values(document).has(step.to - step.from));
    assert.ok(step.low <= step.to - step.from + 1e-9 && step.to - step.from <= step.high + 1e-9);
  }
  assert.ok(Math.abs(steps.at(-1)!.to - set.ceilings!.oneSample.value) < 1e-9);
});

test('complementarity: the histogram has the null beside it, each model its numbers, each pair its kappa', () => {
  const pool = set.complementarity!;
  const shown = values(document);
  for (const value of Object.values(pool.unique)) assert.ok(shown.has(value));
  for (const { oracle } of pool.poolCurve) assert.ok(shown.has(oracle));
  for (const [i, row] of pool.kappa!.entries())
    for (const [j, value] of row.entries()) if (i !== j) assert.ok(shown.has(value));
  const chart = [...document.querySelectorAll('svg.chart')]
    .map((svg) => svg.getAttribute('aria-label')!)
    .find((text) => text.startsWith('Queries by how many'))!;
  for (const [k, share] of pool.solvedBy.entries())
    assert.ok(
      chart.includes(
        `${k} of 7 models right: ${percent(share, 1)} %, by the null ${percent(pool.solvedByNull![k]!, 1)} %`,
      ),
    );
});

test('the method box has what was fixed beforehand and how many tests were run', () => {
  const text = plain(document);
  assert.match(
    text,
    /a lift of more than 0\.5 points, and on groups left out none below −1 points? beyond noise/,
  );
  assert.match(text, /losses of at most 5 points, 2 points, 1 point, 0\.5 points, each with 95 % confidence/);
  assert.match(text, /200 and 200 permutations/);
});

test('the list of contents leads to every heading', () => {
  const links = [...document.querySelectorAll('nav.contents a')];
  const heads = [...document.querySelectorAll('main h3')];
  assert.deepEqual(
    links.map((link) => link.textContent),
    heads.map((head) => head.textContent),
  );
  for (const link of links) assert.ok(document.getElementById(link.getAttribute('href')!.slice(1)));
});

const fields = [
  'verdict',
  'ceilings',
  'ladder',
  'controls',
  'complementarity',
  'noise',
  'labelQuality',
  'deferral',
  'labelsNeeded',
  'shift',
  'ledger',
  'money',
] as const satisfies readonly (keyof ResultSet)[];

for (const field of fields) {
  test(`no heading stands empty without ${field}, nor with it alone`, async () => {
    const { [field]: value, ...rest } = set;
    for (const some of [rest, { ...fakeSet(), [field]: value }]) {
      const page = await parse(some);
      for (const head of page.querySelectorAll('main h3')) {
        const next = head.nextElementSibling;
        assert.ok(next !== null && !/^H[1-6]$/.test(next.tagName), `nothing below "${head.textContent}"`);
      }
      assert.ok(!/undefined|NaN|Infinity/.test(plain(page)));
      for (const cell of page.querySelectorAll('td, th, dd, dt, li, text'))
        assert.notEqual(cell.textContent, 'null');
    }
  });
}
