/** Deals the entries of a ledger to pages with two buttons. Without it all of them are shown. */
export const paging = `
for (const list of document.querySelectorAll('.ledger')) {
  const entries = [...list.children];
  const size = Number(list.dataset.page);
  const pages = Math.ceil(entries.length / size);
  if (pages < 2) continue;
  let at = 0;
  const bar = document.createElement('p');
  bar.className = 'pages';
  const [back, place, on] = ['button', 'span', 'button'].map((kind) => document.createElement(kind));
  back.textContent = 'previous';
  on.textContent = 'next';
  place.setAttribute('aria-live', 'polite');
  bar.append(back, place, on);
  list.before(bar);
  const show = () => {
    entries.forEach((entry, i) => { entry.hidden = Math.floor(i / size) !== at; });
    place.textContent = (at * size + 1) + ' to ' + Math.min(entries.length, (at + 1) * size) + ' of ' + entries.length;
    back.disabled = at === 0;
    on.disabled = at === pages - 1;
  };
  back.addEventListener('click', () => { at -= 1; show(); });
  on.addEventListener('click', () => { at += 1; show(); });
  show();
}
`;

/** How entries look; in print all of them are there. */
export const pagingStyle = `
.entry { max-width: 72ch; margin: 0 0 16px; padding-top: 12px; border-top: 1px solid var(--grid); font-size: 14px; }
.entry p { margin: 0 0 4px; } .entry dl { margin: 0; } .entry dt { color: var(--context); } .entry dd { margin: 0 0 4px; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; } .said summary { white-space: pre-wrap; color: var(--ink); margin: 0; }
.said[open] > summary { color: var(--context); }
.pages button { font: inherit; font-size: 14px; padding: 0 8px; margin: 0 8px 0 0; border: 1px solid var(--context); border-radius: 0; background: none; color: var(--link); cursor: pointer; }
.pages span + button { margin-left: 8px; } .pages button:disabled { color: var(--context); border-color: var(--grid); cursor: default; }
@media print { .entry[hidden] { display: block; } .pages { display: none; } .entry { break-inside: avoid; } }
`;
