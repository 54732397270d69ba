import { glossary, type Term } from '../../words/glossary.ts';
import { html, type Markup } from './markup.ts';

const anchor = (term: string): string => `term-${term.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;

/** A term with its meaning on hover and a link to the glossary at the end. */
export function term(name: Term, shown: string = name): Markup {
  return html`<a class="term" href="#${anchor(name)}" title="${glossary[name]}">${shown}</a>`;
}

/** The term of a label where there is one, else the label. */
export const maybeTerm = (label: string): Markup | string =>
  Object.hasOwn(glossary, label) ? term(label as Term) : label;

export function glossaryList(): Markup {
  const entries = Object.entries(glossary).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return html`<h2 id="glossary">Terms</h2>
<dl class="glossary">
${entries.map(
  ([name, meaning]) => html`<dt id="${anchor(name)}">${name}</dt><dd>${meaning}</dd>
`,
)}</dl>`;
}
