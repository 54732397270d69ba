import { type Example, keyOf, sha256 } from './query.ts';

/** The group of rows that name none. */
export const noGroup = '';

/**
 * Fold of each row, 0 to folds - 1, stratified by group, so that two programs agree (OUTPUT, Measures): the
 * key of a row is the SHA-256 of its text; a key belongs to the group of its first row; within a group the
 * distinct keys, sorted by the SHA-256 of `seed:key`, are dealt out. Rows of one text share a fold.
 */
export function assignFolds(examples: readonly Example[], folds: number, seed: number | string): Int32Array {
  const keys = examples.map(keyOf);
  const groupOf = new Map<string, string>();
  keys.forEach((key, i) => {
    if (!groupOf.has(key)) groupOf.set(key, examples[i]!.group ?? noGroup);
  });
  const byGroup = new Map<string, { key: string; order: string }[]>();
  for (const [key, group] of groupOf) {
    const list = byGroup.get(group) ?? [];
    byGroup.set(group, list);
    list.push({ key, order: sha256(`${seed}:${key}`) });
  }
  const foldOf = new Map<string, number>();
  for (const list of byGroup.values()) {
    list.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
    list.forEach(({ key }, i) => {
      foldOf.set(key, i % folds);
    });
  }
  return Int32Array.from(keys, (key) => foldOf.get(key)!);
}

/** The distinct groups in the order of their first rows, and the group's number of each row. */
export function indexGroups(examples: readonly { readonly group?: string }[]): {
  names: string[];
  of: Int32Array;
} {
  const number = new Map<string, number>();
  const of = Int32Array.from(examples, ({ group = noGroup }) => {
    const known = number.get(group) ?? number.size;
    number.set(group, known);
    return known;
  });
  return { names: [...number.keys()], of };
}
