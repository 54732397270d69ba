import type { Source } from './bytes.ts';
import { checkShape } from './check.ts';
import { type Cursor, cursor } from './cursor.ts';
import { type PickleLimits, type Stack, stackOf } from './stack.ts';
import { floatOf, integerOf, longOf, quotedText, unescaped } from './text.ts';
import { type Fail, failIn, type PyValue } from './values.ts';

const stop = '.'.charCodeAt(0);

/**
 * Reads a pickle (protocols 0 to 5) as data: dict, list, tuple, set, text, bytes, numbers, booleans, None, and
 * arrays, numbers and types of NumPy. Nothing is ever executed: every other global is refused by its name, and those
 * that are known stand for a few lines of `globals.ts`. Memory is bounded by the file's size and a number of values; a
 * value that holds itself or is nested deeper than 100 levels is refused.
 * @throws SignalboxError `format` naming the file and the place
 */
export function readPickle(source: Source, limits?: PickleLimits): PyValue {
  const failed = failIn(source.path);
  let opcodeAt = 0;
  const fail: Fail = (message) => failed(`at byte ${opcodeAt}: ${message}`);
  const input = cursor(source, fail);
  const stack = stackOf(source.size, fail, limits);
  const machine = { input, stack, fail };
  const run: (undefined | (() => void))[] = Array.from({ length: 256 });
  for (const instructions of [numbers, texts, containers, memory, calls])
    for (const [code, step] of Object.entries(instructions(machine))) run[code.charCodeAt(0)] = step;
  for (;;) {
    opcodeAt = input.at;
    if (input.left === 0) throw fail('the file ends before the pickle does: it is cut off.');
    const code = input.number(1);
    if (code === stop) break;
    const step = run[code];
    if (step === undefined)
      throw fail(`there is no instruction ${code}: this is no pickle, or it is damaged.`);
    step();
  }
  const value = stack.end();
  if (input.left > 0) throw fail('something follows the end of the pickle.');
  checkShape(value, failed);
  return value;
}

interface Machine {
  readonly input: Cursor;
  readonly stack: Stack;
  readonly fail: Fail;
}
type Instructions = Readonly<Record<string, () => void>>;

function numbers({ input, stack, fail }: Machine): Instructions {
  return {
    N: () => stack.push(null),
    '\x88': () => stack.push(true),
    '\x89': () => stack.push(false),
    I: () => {
      const digits = input.line();
      stack.push(digits === '01' ? true : digits === '00' ? false : integerOf(digits, fail));
    },
    L: () => stack.push(integerOf(input.line().replace(/L$/, ''), fail)),
    J: () => stack.push(input.number(4) | 0),
    K: () => stack.push(input.number(1)),
    M: () => stack.push(input.number(2)),
    '\x8a': () => stack.push(longOf(input.take(input.number(1), 'a whole number'), fail)),
    '\x8b': () => stack.push(longOf(input.take(input.number(4), 'a whole number'), fail)),
    F: () => stack.push(floatOf(input.line(), fail)),
    G: () => stack.push(Buffer.from(input.take(8, 'a number')).readDoubleBE(0)),
  };
}

function texts({ input, stack, fail }: Machine): Instructions {
  return {
    S: () => stack.push(quotedText(input.line(), fail)),
    T: () => stack.push(input.latin(input.number(4))),
    U: () => stack.push(input.latin(input.number(1))),
    V: () => stack.push(unescaped(input.line(), fail)),
    X: () => stack.push(input.text(input.number(4))),
    '\x8c': () => stack.push(input.text(input.number(1))),
    '\x8d': () => stack.push(input.text(input.number(8))),
    B: () => stack.push(input.bytes(input.number(4))),
    C: () => stack.push(input.bytes(input.number(1))),
    '\x8e': () => stack.push(input.bytes(input.number(8))),
    '\x96': () => stack.push(input.bytes(input.number(8))),
    // A buffer that may not be written to: as any other.
    '\x98': () => {},
    '\x97': () => {
      throw fail('its arrays lie in another file (out-of-band buffers). Save them in one file.');
    },
  };
}

function containers({ stack }: Machine): Instructions {
  return {
    '(': stack.mark,
    '0': stack.discard,
    '1': () => void stack.popMark(),
    '2': () => stack.push(stack.top()),
    ']': () => stack.push([]),
    '}': () => stack.push(new Map()),
    ')': () => stack.tuple(0),
    '\x8f': () => stack.push(new Set()),
    l: () => stack.push(stack.popMark()),
    d: () => {
      const items = stack.popMark();
      stack.push(new Map());
      stack.set(items);
    },
    '\x91': () => {
      const items = stack.popMark();
      stack.push(new Set());
      stack.add(items);
    },
    t: () => stack.tuple(),
    '\x85': () => stack.tuple(1),
    '\x86': () => stack.tuple(2),
    '\x87': () => stack.tuple(3),
    a: () => stack.append([stack.pop()]),
    e: () => stack.append(stack.popMark()),
    s: () => stack.set([stack.pop(), stack.pop()].reverse()),
    u: () => stack.set(stack.popMark()),
    '\x90': () => stack.add(stack.popMark()),
  };
}

function memory({ input, stack, fail }: Machine): Instructions {
  const key = (): number => Number(integerOf(input.line(), fail));
  return {
    p: () => stack.store(key()),
    q: () => stack.store(input.number(1)),
    r: () => stack.store(input.number(4)),
    '\x94': () => stack.store(),
    g: () => stack.recall(key()),
    h: () => stack.recall(input.number(1)),
    j: () => stack.recall(input.number(4)),
  };
}

function calls({ input, stack, fail }: Machine): Instructions {
  const object = (): never => {
    throw fail('it makes an object of a class; only plain data and arrays of NumPy are read.');
  };
  const persistent = (): never => {
    throw fail('it points to an object outside the file (a persistent id).');
  };
  const extension = (): never => {
    throw fail("it names a function by a number of Python's extension registry, which is never looked up.");
  };
  return {
    c: () => stack.name(input.line(), input.line()),
    '\x93': () => {
      const attribute = stack.pop();
      stack.name(String(stack.pop()), String(attribute));
    },
    R: stack.call,
    b: stack.build,
    i: () => {
      stack.name(input.line(), input.line());
      object();
    },
    o: object,
    '\x81': object,
    '\x92': object,
    P: persistent,
    Q: persistent,
    '\x82': extension,
    '\x83': extension,
    '\x84': extension,
    '\x80': () => {
      const protocol = input.number(1);
      if (protocol > 5) throw fail(`it is of protocol ${protocol}; 0 to 5 are read.`);
    },
    '\x95': () => {
      const length = input.number(8);
      if (length > input.left)
        throw fail(
          `a frame claims ${length} bytes where ${input.left} are left: the file is cut off or damaged.`,
        );
    },
  };
}
