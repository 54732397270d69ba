import { html, type Markup, raw } from './markup.ts';

/** The sections of a set with an anchor on each of their headings, and a list that leads there. */
export interface Indexed {
  readonly body: Markup;
  /** Null where there is little to find. */
  readonly contents: Markup | null;
}

/** Fewer headings than these are found without a list. */
const least = 4;

/** Titles are sentences, so that the list of them is the argument of the report in short. */
export function indexed(sections: Markup, id: string, several: boolean): Indexed {
  const titles: { readonly anchor: string; readonly title: string }[] = [];
  const body = sections.html.replace(/<h3>(.*?)<\/h3>/gs, (_, title: string) => {
    const anchor = `${id}-${titles.length + 1}`;
    titles.push({ anchor, title: title.replace(/<[^>]*>/g, '') });
    return `<h3 id="${anchor}">${title}</h3>`;
  });
  const list = html`<ol>${titles.map(
    ({ anchor, title }) => html`<li><a href="#${anchor}">${raw(title)}</a></li>
`,
  )}</ol>`;
  const contents = html`<nav class="contents" aria-label="Contents"><details${raw(several ? '' : ' open')}><summary>Contents</summary>${list}</details></nav>`;
  return { body: raw(body), contents: titles.length < least ? null : contents };
}
