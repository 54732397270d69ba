/** All the script of the page: sorting of tables by a click on a head, and quicker hover. The page is whole without it. */
export const script = `
for (const table of document.querySelectorAll('table.sortable')) {
  table.querySelectorAll('thead th').forEach((head, column) => {
    const button = document.createElement('button');
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') === 'descending';
      for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const body = table.tBodies[0];
      const key = (row) => row.cells[column].dataset.value ?? '';
      const compare = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
        const order = Number.isNaN(Number(x)) || Number.isNaN(Number(y)) ? y.localeCompare(x) : Number(y) - Number(x);
        return up ? -order : order;
      };
      body.append(...[...body.rows].sort(compare));
    });
  });
}
const tip = document.createElement('div');
tip.id = 'tip';
tip.hidden = true;
document.body.append(tip);
for (const title of document.querySelectorAll('svg.chart title')) {
  const mark = title.parentElement;
  const text = title.textContent;
  if (mark.matches('svg')) continue;
  title.remove();
  mark.setAttribute('aria-label', text);
  mark.addEventListener('pointerenter', () => { tip.textContent = text; tip.hidden = false; });
  mark.addEventListener('pointerleave', () => { tip.hidden = true; });
  mark.addEventListener('pointermove', (event) => {
    const right = event.clientX > innerWidth / 2;
    tip.style.left = right ? 'auto' : event.clientX + 12 + 'px';
    tip.style.right = right ? innerWidth - event.clientX + 12 + 'px' : 'auto';
    tip.style.top = event.clientY + 12 + 'px';
  });
}
`;
