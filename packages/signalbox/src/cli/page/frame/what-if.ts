/**
 * Two questions that the reader may ask of the page: what holds at another tolerated loss, and what another volume
 * would cost. Both answer from what stands in the tables; without script the tables are there all the same.
 */
export const whatIf = `
const asked = (text, input, before) => {
  const line = document.createElement('p');
  const name = document.createElement('label');
  const answer = document.createElement('output');
  line.className = 'what-if';
  name.append(text + ' ', input);
  line.append(name, ' ', answer);
  before.before(line);
  return answer;
};
for (const table of document.querySelectorAll('table.certificates')) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 2) continue;
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.min = 0;
  slider.max = rows.length - 1;
  slider.step = 1;
  slider.value = Math.max(0, rows.findLastIndex((row) => row.classList.contains('main')));
  const answer = asked('Tolerated loss', slider, table.parentElement);
  const regions = rows.filter((row) => row.dataset.region !== undefined);
  let figure = table.parentElement;
  while (figure !== null && figure.tagName !== 'FIGURE' && figure.tagName !== 'H3') figure = figure.previousElementSibling;
  const show = () => {
    const chosen = rows[Number(slider.value)];
    answer.textContent = chosen.dataset.says;
    slider.setAttribute('aria-valuetext', chosen.dataset.says);
    rows.forEach((row) => row.classList.toggle('chosen', row === chosen));
    if (figure === null || figure.tagName !== 'FIGURE') return;
    for (const chart of figure.querySelectorAll('svg.chart')) {
      chart.querySelectorAll('[aria-label="rect"] rect').forEach((region, i) => { region.style.opacity = regions[i] === chosen ? 1 : 0.25; });
    }
  };
  slider.addEventListener('input', show);
  show();
}
for (const table of document.querySelectorAll('table.money[data-volume]')) {
  const { volume, now, with: routed, router } = table.dataset;
  const field = document.createElement('input');
  field.type = 'number';
  field.min = 0;
  field.value = volume;
  const answer = asked('Requests a month', field, table.parentElement);
  const dollars = (x) => (x < 0 ? '-$' : '$') + Math.abs(x).toLocaleString('en-US', { maximumFractionDigits: Math.abs(x) < 100 ? 2 : 0 });
  const show = () => {
    const count = field.valueAsNumber;
    if (!(count >= 0)) { answer.textContent = ''; return; }
    const before = count * Number(now);
    if (routed === '') { answer.textContent = 'cost ' + dollars(before) + ' on the best single model.'; return; }
    const after = count * Number(routed) + Number(router);
    answer.textContent = 'cost ' + dollars(before) + ' on the best single model and ' + dollars(after) + ' with the router included: ' + dollars(before - after) + ' left over.';
  };
  field.addEventListener('input', show);
  show();
}
`;

export const whatIfStyle = `
.what-if { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 8px 0; font-size: 14px; }
.what-if input { font: inherit; accent-color: var(--blue); vertical-align: middle; }
.what-if input[type=number] { width: 14ch; padding: 0 4px; color: var(--ink); background: none; border: 1px solid var(--context); border-radius: 0; }
table.certificates tr.chosen > * { background: var(--grid); }
@media print { .what-if { display: none; } table.certificates tr.chosen > * { background: none; } }
`;
