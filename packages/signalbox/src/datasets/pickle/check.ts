import { type Fail, isKind, type PyValue } from './values.ts';

const deepest = 100;

/** @throws where a value holds itself, or is nested deeper than 100 levels: whoever walks it may then do so without care */
export function checkShape(root: PyValue, fail: Fail): void {
  /** Levels below a finished value; 0 while it is open. */
  const levels = new Map<object, number>();
  const open: { value: object; inside: Iterator<PyValue>; level: number }[] = [];
  const enter = (value: object): void => {
    levels.set(value, 0);
    open.push({ value, inside: insideOf(value), level: 1 });
    if (open.length > deepest) throw tooDeep(fail);
  };
  if (hasInside(root)) enter(root);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const { value: child, done } = last.inside.next();
    if (done === true) {
      open.pop();
      levels.set(last.value, last.level);
      const above = open.at(-1);
      if (above !== undefined) above.level = Math.max(above.level, last.level + 1);
      continue;
    }
    if (!hasInside(child)) continue;
    const known = levels.get(child);
    if (known === undefined) enter(child);
    else if (known === 0) throw fail('it holds a value that holds itself, which no table does.');
    else {
      last.level = Math.max(last.level, known + 1);
      if (open.length + known > deepest) throw tooDeep(fail);
    }
  }
}

function tooDeep(fail: Fail): Error {
  return fail(`its values are nested deeper than ${deepest} levels, which no table is.`);
}

function hasInside(value: PyValue): value is Exclude<PyValue, null | boolean | number | bigint | string> {
  if (typeof value !== 'object' || value === null || isKind(value, 'bytes') || isKind(value, 'dtype'))
    return false;
  return !isKind(value, 'array') || value.dtype.letter === 'O';
}

function* insideOf(value: object): Generator<PyValue> {
  if (value instanceof Map) {
    for (const [key, item] of value) {
      yield key as PyValue;
      yield item as PyValue;
    }
  } else if (Array.isArray(value) || value instanceof Set) yield* value as Iterable<PyValue>;
  else if (isKind(value, 'tuple')) yield* value.items;
  else if (isKind(value, 'array')) yield* value.data as readonly PyValue[];
}
