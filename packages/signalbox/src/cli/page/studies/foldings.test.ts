import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { fakeFoldings } from '../../words/foldings.fixture.ts';
import { renderPage } from '../page.ts';

test('every assignment and the mean are in the table, and the title says the range', async () => {
  const results = fakeFoldings();
  const { document } = parseHTML(await renderPage(results));
  const cells = [...document.querySelectorAll('table.foldings tbody tr')].map((row) =>
    [...row.querySelectorAll('td[data-value]')].map((cell) => Number(cell.getAttribute('data-value'))),
  );
  assert.deepEqual(
    cells,
    results.sets[0]!.foldings!.map(({ values, mean }) => [
      ...values.map(({ value }) => value.value),
      mean.value,
    ]),
  );
  const titles = [...document.querySelectorAll('h3')].map((one) =>
    one.textContent!.replaceAll('\u00a0', ' '),
  );
  assert.ok(
    titles.includes(
      'Over 3 assignments of rows to folds residual has an APGR of 0.6944 [0.6624, 0.7264]; one alone gives 0.6932 to 0.6963',
    ),
    titles.join('\n'),
  );
});
