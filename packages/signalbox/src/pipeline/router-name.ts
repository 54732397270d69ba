import { nearest, SignalboxError } from '../core/errors.ts';
import type { Router } from '../core/router.ts';

/** `multi-label:mlp,balanced` is a router and the words of a variant; the user's own goes by its path, `./mine.js:fast`. */
export interface RouterName {
  readonly base: string;
  readonly words: readonly string[];
}

/** Whether a name is the path of a module rather than of the register. */
export const isPath = (name: string): boolean => /^[./]|\.[mc]?[jt]s$/.test(name);

export function parseRouterName(name: string): RouterName {
  // A path may hold colons of its own: only one behind the module's ending is ours.
  const [, base, variant] = (isPath(name) ? /^(.*\.[mc]?[jt]s):(.*)$/ : /^([^:]*):(.*)$/).exec(name) ?? [];
  if (base === undefined || variant === undefined) return { base: name, words: [] };
  const words = variant
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  return { base, words };
}

/** Names of a list with commas, which also stand between a variant's words: what is no router follows the colon before it. */
export function splitRouterNames(list: string, registered: readonly string[]): string[] {
  const names: string[] = [];
  for (const piece of list.split(',').map((part) => part.trim())) {
    if (piece === '') continue;
    const { base } = parseRouterName(piece);
    const before = names.at(-1);
    const open = before !== undefined && parseRouterName(before).words.length > 0;
    if (open && !registered.includes(base) && !isPath(base)) names[names.length - 1] = `${before},${piece}`;
    else names.push(piece);
  }
  return names;
}

type Named = Pick<Router, 'name' | 'variants'> & Partial<Pick<Router, 'params'>>;

/** Names of the parameters, of a schema that lists them. */
export function parameterNames({ params }: Partial<Pick<Router, 'params'>>): readonly string[] {
  const { shape } = (params ?? {}) as { readonly shape?: object };
  return Object.keys(shape ?? {});
}

/** The parameters that a variant's words stand for, unchecked. @throws SignalboxError for a word that is none, or two that contradict */
export function variantParams(router: Named, words: readonly string[]): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  const said = new Map<string, string>();
  for (const word of words) {
    for (const [key, value] of Object.entries(meaning(router, word))) {
      if (said.has(key) && out[key] !== value)
        throw new SignalboxError(
          'usage',
          `"${router.name}:${words.join(',')}" sets ${key} twice, by "${said.get(key)}" and by "${word}"; keep one of them.`,
        );
      said.set(key, word);
      out[key] = value;
    }
  }
  return out;
}

function meaning({ name, variants = {}, params }: Named, word: string): object {
  if (Object.hasOwn(variants, word)) return variants[word]!;
  const [, key, value] = /^([A-Za-z]\w*)=(.*)$/.exec(word) ?? [];
  if (key !== undefined && value !== undefined) return { [key]: scalar(value) };
  const known = Object.keys(variants);
  const guess = nearest(word, known);
  const offer =
    known.length > 0 ? `its variants are ${known.join(', ')}, and name=value` : 'it has none; name=value';
  const parameters = params && parameterNames({ params });
  throw new SignalboxError(
    'usage',
    `The router "${name}" has no variant "${word}"${guess ? ` (did you mean "${guess}"?)` : ''}: ${offer} sets any parameter${parameters?.length ? ` (${parameters.join(', ')})` : ''}.`,
  );
}

function scalar(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}
