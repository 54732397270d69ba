import { build, globals, isHashable, isKnown } from './globals.ts';
import { type Fail, isDict, itemsOf, type PyValue, typeOf } from './values.ts';

/** A name that stands in a pickle, known to be on the list. It is no value: only a call takes it. */
interface Global {
  readonly kind: 'global';
  readonly name: string;
}
type Item = PyValue | Global;

/** Values outside arrays: several times as many as an honest file holds, few enough for memory and for a map. */
const usual = { values: 16_000_000 };
export type PickleLimits = typeof usual;

/** What the instructions of a pickle work on: a stack with marks, and a memory of values by number. */
export type Stack = ReturnType<typeof stackOf>;

/** @param size of the file, which bounds what may be made of it */
export function stackOf(size: number, fail: Fail, { values: mostValues }: PickleLimits = usual) {
  const stack: Item[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Item>();
  let values = 0;
  let made = 0;
  const spend = (bytes: number): void => {
    made += bytes;
    if (made > 4 * size + (1 << 20))
      throw fail('it makes far more bytes than it holds, which no honest file does.');
  };
  const push = (item: Item): void => {
    if (++values > mostValues)
      throw fail(
        `it holds more than ${mostValues} values outside arrays. Save the scores as NumPy arrays, or the table as Parquet.`,
      );
    stack.push(item);
  };
  const popItem = (): Item => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw fail('it takes a value where there is none: damaged.');
    return stack.pop()!;
  };
  const plain = (item: Item): PyValue => {
    if (isGlobal(item)) throw fail(`it stores ${item.name} itself, which is no data.`);
    return item;
  };
  const pop = (): PyValue => plain(popItem());
  const popMarked = (): Item[] => {
    const mark = marks.pop();
    if (mark === undefined) throw fail('it closes what was never opened: damaged.');
    return stack.splice(mark);
  };
  const popMark = (): PyValue[] => popMarked().map(plain);
  const top = (): PyValue => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw fail('it uses a value where there is none: damaged.');
    return plain(stack.at(-1)!);
  };
  // NumPy names its class among the arguments of its own functions.
  const tuple = (items: readonly Item[]): void =>
    push({ kind: 'tuple', items: items.map((item) => (isGlobal(item) ? item.name : item)) });
  return {
    push,
    pop,
    popMark,
    top,
    mark: (): void => {
      if (marks.length >= 1000) throw fail('it opens more than 1000 things without closing one.');
      marks.push(stack.length);
    },
    /** Takes the last value, or the last mark where nothing stands on it. */
    discard: (): void => {
      if (marks.length > 0 && stack.length === marks.at(-1)) marks.pop();
      else popItem();
    },
    /** @param n absent = all since the last mark */
    tuple: (n?: number): void =>
      tuple(n === undefined ? popMarked() : Array.from({ length: n }, popItem).reverse()),
    append: (items: readonly PyValue[]): void => {
      const list = top();
      if (!Array.isArray(list)) throw fail(`it appends to ${typeOf(list)}: damaged.`);
      for (const item of items) list.push(item);
    },
    set: (items: readonly PyValue[]): void => {
      const dict = top();
      if (!isDict(dict) || items.length % 2 !== 0) throw fail(`it sets a key of ${typeOf(dict)}: damaged.`);
      for (let i = 0; i < items.length; i += 2) {
        if (!isHashable(items[i]!)) throw fail(`a dict has ${typeOf(items[i])} as a key.`);
        dict.set(items[i]!, items[i + 1]!);
      }
    },
    add: (items: readonly PyValue[]): void => {
      const target = top();
      if (!(target instanceof Set)) throw fail(`it adds to ${typeOf(target)}: damaged.`);
      for (const item of items) {
        if (!isHashable(item)) throw fail(`a set holds ${typeOf(item)}, which Python does not allow.`);
        target.add(item);
      }
    },
    /** @param key absent = the number of values stored so far */
    store: (key: number = memo.size): void => {
      const last = stack.at(-1);
      if (last === undefined) throw fail('it remembers a value where there is none: damaged.');
      if (memo.size >= mostValues) throw fail(`it remembers more than ${mostValues} values.`);
      memo.set(key, last);
    },
    recall: (key: number): void => {
      const item = memo.get(key);
      if (item === undefined) throw fail(`it recalls value ${key}, which it never stored: damaged.`);
      push(item);
    },
    name: (module: string, attribute: string): void => {
      const name = `${module}.${attribute}`;
      if (!isKnown(name)) throw refused(name, fail);
      push({ kind: 'global', name });
    },
    call: (): void => {
      const args = itemsOf(pop());
      const callee = popItem();
      if (!isGlobal(callee) || args === undefined) throw fail('it calls what is not a function: damaged.');
      push(globals[callee.name]!({ args, fail, spend }));
    },
    build: (): void => {
      const state = pop();
      push(build(pop(), state, { fail, spend }));
    },
    /** The one value that is left. */
    end: (): PyValue => {
      const value = pop();
      if (stack.length > 0 || marks.length > 0) throw fail('it ends with values left over: damaged.');
      return value;
    },
  };
}

function isGlobal(item: Item): item is Global {
  return typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'global';
}

function refused(name: string, fail: Fail): Error {
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  return fail(
    `it asks for \`${shown}\`, which Python would run; only plain data and arrays of NumPy are read, and nothing of it was run. Save the table as CSV or Parquet.`,
  );
}
