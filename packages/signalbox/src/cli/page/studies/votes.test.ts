import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { fakeVotes } from '../../words/votes.fixture.ts';
import { renderPage } from '../page.ts';

test('the page carries every number of the votes, whom they ask, and the terms', async () => {
  const results = fakeVotes();
  const { document } = parseHTML(await renderPage(results));
  const cells = new Set(
    [...document.querySelectorAll('table.votes [data-value]')].map((cell) =>
      Number(cell.getAttribute('data-value')),
    ),
  );
  const set = results.sets[0]!;
  for (const { name, asked, needed, latency } of set.votes!.systems) {
    const lift = set.systems.find((system) => system.name === name)!.versus.bestSingle!;
    for (const value of [asked.value, needed?.value, lift.value]) {
      if (value !== undefined) assert.ok(cells.has(value), `${name}: ${value}`);
    }
    for (const at of Object.values(latency ?? {})) assert.ok(cells.has(at.value), `${name}: ${at.value}`);
  }
  const text = document.querySelector('main')!.textContent!.replaceAll('\u00a0', ' ');
  assert.match(text, /A vote beats the best single model beyond noise: subset\+weighted-max-conf/);
  assert.ok(text.includes(set.models.slice(1, 4).join(', ')));
  assert.ok(document.querySelector('a.term[href="#term-early-stop"]'));
});

test('without latency there are no columns of it, and without votes no section', async () => {
  const { document } = parseHTML(await renderPage(fakeVotes({ latency: false })));
  assert.equal(document.querySelectorAll('table.votes th[scope="row"]').length, 5);
  assert.doesNotMatch(document.querySelector('table.votes')!.textContent!, /ms/);
  const { votes: _, ...set } = fakeVotes().sets[0]!;
  const bare = parseHTML(await renderPage({ ...fakeVotes(), sets: [set] })).document;
  assert.equal(bare.querySelector('table.votes'), null);
});
