/** HTML as text: what is put in is escaped, what is already markup stays. */

export interface Markup {
  readonly html: string;
}
export type Child = Markup | string | number | false | null | undefined | readonly Child[];

export const raw = (html: string): Markup => ({ html });

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text that no HTML parser takes for markup. Control characters, which HTML does not allow, and marks that
 * turn the direction of writing become a replacement character.
 */
export function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/[&<>"']/g, (symbol) => entities[symbol]!);
}

function flatten(child: Child): string {
  if (child === null || child === undefined || child === false) return '';
  if (typeof child === 'string') return escaped(child);
  if (typeof child === 'number') return String(child);
  if (Array.isArray(child)) return (child as readonly Child[]).map(flatten).join('');
  return (child as Markup).html;
}

/** `` html`<p>${text}</p>` ``: the text escaped, nested markup and lists of it as they are. */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return raw(parts.reduce((text, part, i) => text + flatten(children[i - 1]) + part));
}
