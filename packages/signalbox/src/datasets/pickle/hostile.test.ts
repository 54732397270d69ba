import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignalboxError } from '../../core/errors.ts';
import { memorySource } from './bytes.ts';
import { cellsOf } from './cells.ts';
import { readNpy } from './npy.ts';
import { readPickle } from './read.ts';
import { failIn, isKind } from './values.ts';
import { array2d, code, little, pickled } from './write.fixture.ts';

function refused(bytes: Uint8Array, reason: RegExp): void {
  assert.throws(
    () => readPickle(memorySource(bytes, 'evil.pkl')),
    (error: unknown) => {
      assert.ok(error instanceof SignalboxError, String(error));
      assert.match(error.message, /^evil\.pkl: /);
      assert.match(error.message, reason);
      return true;
    },
  );
}

test('functions are refused by their names, however they are asked for', () => {
  const asked = /`(os|posix|nt)\.system`.*nothing of it was run/;
  refused(code("cos\nsystem\n(S'touch /tmp/pwned'\ntR."), asked);
  refused(code(0x80, 4, 'X', little(5, 4), 'posix', 'X', little(6, 4), 'system', 0x93, '.'), asked);
  refused(code("(S'touch /tmp/pwned'\nios\nsystem\n."), asked);
  refused(code('cos\nsystem\n.'), asked);
  for (const name of [
    'builtins\neval',
    'builtins\nexec',
    '__builtin__\neval',
    'builtins\ngetattr',
    'subprocess\nPopen',
    'numpy\nload',
    'numpy.core.multiarray\nfromfile',
    'numpy.testing._private.utils\nrunstring',
    'pandas.core.frame\nDataFrame',
    'torch\nload',
    'collections\nOrderedDict',
    '__proto__\nconstructor',
    'constructor\nprototype',
  ])
    refused(code(`c${name}\n(tR.`), new RegExp(`asks for \`${name.replace('\n', '\\.')}\``));
});

test('a known global is no way around', () => {
  refused(code('cnumpy\nndarray\n(tR.'), /by hand/);
  refused(code('cnumpy\ndtype\n)', 0x81, '.'), /an object of a class/);
  refused(code('cnumpy\ndtype\n.'), /stores numpy\.dtype itself/);
  refused(code(']cnumpy\ndtype\na.'), /stores numpy\.dtype itself/);
  refused(code('](tR.'), /not a function/);
  refused(code("c_codecs\nencode\n(S'a'\nS'rot13'\ntR."), /something else than latin1/);
  refused(code("cnumpy\ndtype\n(S'V8'\ntR."), /the type `V8`/);
  refused(code("cnumpy\ndtype\n(S'M8[ns]'\ntR."), /the type `M8\[ns\]`/);
  refused(code('(cnumpy\ndtype\no.'), /an object of a class/);
  refused(code(']]b.'), /gives a state to a list/);
  refused(code('P0\n.'), /outside the file/);
  refused(code('NQ.'), /outside the file/);
  refused(code(0x82, 1, '.'), /extension registry/);
  refused(code('C\x01a', 0x97, '.'), /another file/);
});

test('lengths that are claimed and not there', () => {
  const far = 2 ** 40;
  refused(code(0x80, 4, 0x8d, little(far, 8), 'abc.'), /claims 1099511627776 bytes where 4 are left/);
  refused(code(0x80, 4, 0x8e, little(far, 8), '.'), /claims 1099511627776 bytes/);
  refused(code(0x80, 5, 0x96, little(far, 8), '.'), /claims 1099511627776 bytes/);
  refused(code(0x80, 4, 0x95, little(far, 8), 'N.'), /a frame claims 1099511627776 bytes/);
  refused(code('X', little(2 ** 32 - 1, 4), 'abc.'), /claims 4294967295 bytes/);
  refused(code(0x8b, little(2 ** 31, 4), '.'), /claims 2147483648 bytes/);
  refused(code(0x8a, 255, Buffer.alloc(255), '.'), /whole number of 255 bytes/);
  refused(code(`I${'9'.repeat(5000)}\n.`), /whole number is malformed/);
});

test('an array that is not as large as its shape says', () => {
  const small = pickled(array2d([[0, 1]]));
  const at = Buffer.from(small).indexOf(code('J', little(2, 4)));
  const huge = Buffer.from(small);
  huge.writeUInt32LE(2 ** 30, at + 1);
  refused(huge, /shape \(1, 1073741824\).*needs 8589934592 bytes and has 16/);
  const negative = Buffer.from(small);
  negative.writeInt32LE(-2, at + 1);
  refused(negative, /shape of an array is malformed/);
});

test('nesting and loops', () => {
  const deep = 100_000;
  refused(code(']'.repeat(deep), 'a'.repeat(deep - 1), '.'), /nested deeper than 100/);
  refused(code('('.repeat(deep), '.'), /opens more than 1000/);
  refused(code(')', '\x85'.repeat(deep), '.'), /nested deeper than 100/);
  refused(code(']q\x00h\x00a.'), /holds itself/);
  refused(code('}q\x00K\x01h\x00s.'), /holds itself/);
  refused(code(']q\x00(h\x00ta.'), /holds itself/);
});

test('a tower of shared values is small in memory, and read', () => {
  // Each level holds the one below ten times: 10^50 leaves, 51 lists.
  let bytes = code(']q\x00');
  for (let level = 1; level <= 50; level++)
    bytes = code(bytes, ']q', level, '(', `h${String.fromCharCode(level - 1)}`.repeat(10), 'e');
  // Python leaves the lists below on the stack; they are put away.
  refused(code(bytes, '.'), /values left over/);
  const put = code(']q\x000');
  let tower = put;
  for (let level = 1; level <= 50; level++)
    tower = code(tower, ']q', level, '(', `h${String.fromCharCode(level - 1)}`.repeat(10), 'e0');
  const top = readPickle(memorySource(code(tower, 'h', 50, '.'), 'a.pkl'));
  assert.ok(Array.isArray(top) && top.length === 10 && top[0] === top[9]);
});

test('a memory of huge numbers, and one that grows without end', () => {
  const value = readPickle(memorySource(code('Nr', little(2 ** 32 - 1, 4), '.'), 'a.pkl'));
  assert.equal(value, null);
  refused(code('j', little(2 ** 32 - 1, 4), '.'), /recalls value 4294967295/);
  refused(code('g-1\n.'), /recalls value -1/);
  const few = { values: 100 };
  for (const flood of ['N', ']', '}', ')', 'q\x00N', '2']) {
    const source = memorySource(code('N', flood.repeat(101), '.'), 'a.pkl');
    assert.throws(() => readPickle(source, few), /more than 100 values/, flood);
  }
  const stored = Array.from({ length: 101 }, (_, i) => code('q', i));
  assert.throws(
    () => readPickle(memorySource(code('N', ...stored, '.'), 'a.pkl'), few),
    /remembers more than 100/,
  );
});

test('a few bytes that would make many', () => {
  const text = code('X', little(1_000_000, 4), 'a'.repeat(1_000_000), 'q\x00');
  const encode = `c_codecs\nencode\n(h\x00X${Buffer.from(little(6, 4)).toString('latin1')}latin1tR0`;
  refused(code(text, encode.repeat(20), '.'), /makes far more bytes than it holds/);
  const list = code('](', 'N'.repeat(200_000), 'eq\x00');
  refused(code(list, 'cbuiltins\nset\n(h\x00tR0'.repeat(20), '.'), /makes far more bytes than it holds/);
});

test('damaged stacks', () => {
  for (const broken of [
    '.',
    'a.',
    'e.',
    's.',
    'R.',
    't.',
    'u.',
    'Na.',
    'NNs.',
    '0.',
    '2.',
    'q\x00.',
    '(.',
    '(N.',
    'NN.',
  ])
    refused(code(broken), /damaged|cut off|left over/);
  refused(code('}]Ns.'), /a list as a key/);
  refused(code(0x8f, '(]', 0x90, '.'), /a set holds a list/);
  refused(code(''), /cut off/);
  refused(code('N'), /cut off/);
  refused(code('N.N.'), /something follows/);
  refused(code('\x01'), /no instruction 1/);
  refused(code(0x80, 9, 'N.'), /protocol 9/);
  refused(code('X', little(2, 4), 0xff, 0xfe, '.'), /not UTF-8/);
});

test('every way of cutting and flipping what Python wrote is refused or read, never more', () => {
  const { files } = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/numpy-2.json'), 'utf8')) as {
    files: Readonly<Record<string, string>>;
  };
  const all = Object.entries(files).filter(([name]) => !name.endsWith('.npz'));
  const fail = failIn('a.pkl');
  const attempt = (name: string, bytes: Uint8Array): void => {
    const source = memorySource(bytes, name);
    try {
      const value = name.endsWith('.npy') ? readNpy(source) : readPickle(source);
      if (isKind(value, 'array')) cellsOf(value, fail);
    } catch (error) {
      assert.ok(error instanceof SignalboxError, `${name}: ${(error as Error).stack}`);
    }
  };
  for (const [name, text] of all) {
    const bytes = Buffer.from(text, 'base64');
    for (let cut = 0; cut < bytes.length; cut += 7) attempt(name, bytes.subarray(0, cut));
  }
  fc.assert(
    fc.property(
      fc.nat(all.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (which, changes) => {
        const [name, text] = all[which]!;
        const bytes = Buffer.from(text, 'base64');
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        attempt(name, bytes);
      },
    ),
    { numRuns: 1000, seed: 7 },
  );
});
