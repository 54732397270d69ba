import { type Example, keyOf, sha256 } from './query.ts';

/** The group of rows that name none. */
export const noGroup = '';

/**
 * Fold of each row, 0 to folds - 1, stratified by group, so that two programs agree (OUTPUT, Measures): the
 * key of a row is the SHA-256 of its text; a key belongs to the group of its first row; within a group the
 * distinct keys, sorted by the SHA-256 of `seed:key`, are dealt out. Rows of one text share a fold; so do rows
 * of one cluster, under the key of its first row: apart, one would give away the other.
 */
export function assignFolds(examples: readonly Example[], folds: number, seed: number | string): Int32Array {
  const texts = examples.map(keyOf);
  const keys = Array.from(unitsOf(examples, texts), (first) => texts[first]!);
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

/** For each row the first row of its unit: rows of one text, or of one `cluster`, are one unit of analysis. */
export function unitsOf(examples: readonly Example[], texts = examples.map(keyOf)): Int32Array {
  const parent = Int32Array.from(examples.keys());
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const join = (first: Map<string, number>, name: string, i: number): void => {
    const other = first.get(name);
    if (other === undefined) first.set(name, i);
    else {
      const [a, b] = [root(i), root(other)];
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  };
  const [byText, byCluster] = [new Map<string, number>(), new Map<string, number>()];
  examples.forEach(({ cluster }, i) => {
    join(byText, texts[i]!, i);
    if (cluster !== undefined) join(byCluster, cluster, i);
  });
  return parent.map((_, i) => root(i));
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
