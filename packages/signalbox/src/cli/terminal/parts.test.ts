import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignalboxError } from '../../core/errors.ts';
import { bar } from './bar.ts';
import { renderError } from './error.ts';
import { abilities } from './paint.ts';
import { makeProgress } from './progress.ts';
import { table } from './table.ts';
import { clean, fit, tellingApart, width } from './width.ts';
import { wrap } from './wrap.ts';

test('width counts columns, not code units', () => {
  assert.deepEqual(['abc', 'é', '日本', '😀', '[−0.4]'].map(width), [3, 1, 4, 2, 6]);
  assert.equal(clean('a\u0007\u009b2J\nb'), 'a\ufffd\ufffd2J\ufffdb');
});

test('what is too long loses its middle', () => {
  assert.equal(fit('abcdefghij', 7), 'abc…hij');
  assert.equal(fit('abc', 3), 'abc');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, most) => {
      assert.ok(width(fit(clean(text), most)) <= most);
    }),
  );
});

test('names that differ in their middle get the columns that tell them apart', () => {
  const names = ['mistralai/mistral-7b-chat', 'mistralai/mixtral-8x7b-chat'];
  const most = tellingApart(names, 14);
  assert.notEqual(fit(names[0]!, most), fit(names[1]!, most));
  assert.equal(fit(names[0]!, most - 1), fit(names[1]!, most - 1));
  assert.equal(tellingApart(['a', 'a'], 3), 3);
  assert.equal(tellingApart([], 3), 3);
});

test('a paragraph wraps within its width, keeps every word and no number leaves its unit', () => {
  assert.deepEqual(wrap('at 62\u00a0% [57, 67] of it', 12), ['at 62 %', '[57, 67] of', 'it']);
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,40}$/)),
      fc.integer({ min: 10, max: 80 }),
      (words, most) => {
        const lines = wrap(words.join(' '), most, '  ');
        assert.ok(lines.every((line) => width(line) <= most));
        assert.equal(lines.join('').replaceAll(' ', ''), words.join(''));
      },
    ),
  );
});

test('a table aligns numbers right, leaves out empty columns, then those of the highest rank', () => {
  const columns = [
    { head: 'system', align: 'left' as const, least: 4 },
    { head: '%' },
    { head: 'empty' },
    { head: 'note', align: 'left' as const, rank: 1 },
  ];
  const rows = [
    ['residual', '58.7', '', 'highest'],
    ['knn', '7.1', '', ''],
  ];
  assert.deepEqual(table({ columns, rows }, 40), [
    'system       %  note',
    '───────────────────────',
    'residual  58.7  highest',
    'knn        7.1',
  ]);
  assert.deepEqual(table({ columns, rows }, 12), [
    'system     %',
    '────────────',
    'res…al  58.7',
    'knn      7.1',
  ]);
});

test('bars show what is above zero and never overflow', () => {
  assert.deepEqual(
    [0, 0.0001, 0.5, 1, 2].map((share) => bar(share, 4)),
    ['', '▏', '██', '████', '████'],
  );
});

test('colour, Unicode and width follow the stream and the environment', () => {
  const tty = { isTTY: true, columns: 200 };
  assert.deepEqual(abilities(tty, { LANG: 'en_US.UTF-8' }), { colour: true, unicode: true, width: 80 });
  assert.equal(abilities(tty, { NO_COLOR: '1' }).colour, false);
  assert.equal(abilities(tty, { NO_COLOR: '1', FORCE_COLOR: '1' }).colour, false);
  assert.equal(abilities({}, { FORCE_COLOR: '1' }).colour, true);
  assert.deepEqual(abilities({}, { LC_ALL: 'C' }), { colour: false, unicode: false, width: 80 });
});

test('errors: the sentence, the exit status, and no stack unless asked for', () => {
  const usage = renderError(new SignalboxError('usage', 'no such option'), { colour: false });
  assert.deepEqual(usage, { text: 'error: no such option', exit: 2 });
  const row = new SignalboxError('row', 'short row', { file: 'a.csv', line: 3 });
  assert.deepEqual(renderError(row, { colour: true }), {
    text: '\u001b[31merror:\u001b[39m a.csv:3: short row',
    exit: 1,
  });
  assert.equal(renderError(new SignalboxError('interrupted', 'Interrupted.'), { colour: false }).exit, 130);
  assert.equal(renderError(new DOMException('x', 'AbortError'), { colour: false }).exit, 130);
  const defect = renderError(new TypeError('x is not a function\nsecond'), { colour: false });
  assert.deepEqual(defect.text.split('\n'), [
    'error: TypeError: x is not a function',
    'This is a defect of Signalbox. SIGNALBOX_DEBUG=1 shows where it happened.',
  ]);
  assert.equal(defect.exit, 1);
  assert.match(renderError(new Error('x'), { colour: false, debug: true }).text, /parts\.test\.ts/);
  assert.match(renderError('thrown', { colour: false }).text, /no error was thrown: thrown/);
  const hostile = renderError(new SignalboxError('file', 'cannot read \u001b[2Jx'), { colour: false });
  assert.ok(!hostile.text.includes('\u001b'));
});

function recorder(isTTY: boolean): {
  written: string[];
  at: { now: number };
  make: () => ReturnType<typeof makeProgress>;
} {
  const written: string[] = [];
  const at = { now: 0 };
  const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  return { written, at, make: () => makeProgress(stream, { clock: () => at.now }) };
}

test('progress in a terminal: count, rate, time left, and gone when done', () => {
  const { written, at, make } = recorder(true);
  const { progress, close } = make();
  progress('encode', 0, 1000);
  at.now = 50;
  progress('encode', 10, 1000);
  at.now = 2000;
  progress('encode', 500, 1000);
  progress('encode', 1000, 1000);
  close();
  const erase = '\r\u001b[2K';
  assert.deepEqual(written, [
    `${erase}encode  0 of 1,000`,
    `${erase}encode  500 of 1,000, 250/s, 2.0 s left`,
    erase,
  ]);
});

test('progress in a log: a line per stage, also of one inside another and of one cut short', () => {
  const { written, at, make } = recorder(false);
  const { progress, close } = make();
  progress('read', 100);
  at.now = 1000;
  progress('folds', 0, 5);
  progress('fit', 1, 2);
  at.now = 3000;
  progress('fit', 2, 2);
  progress('fit', 2, 2);
  progress('folds', 3, 5);
  close();
  progress('late', 1, 1);
  assert.deepEqual(written, ['read: 100 in 1.0 s\n', 'fit: 2 in 2.0 s\n', 'folds: 3 of 5 in 2.0 s\n']);
});
