import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { eventCutter, parseEvent } from './sse.ts';

/** Cuts bytes that are read in pieces of the sizes given, over and over. */
function cut(bytes: Buffer, sizes: readonly number[]): { events: string[]; rest: string } {
  const cutter = eventCutter();
  const events: string[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    const { bytes: run, ends } = cutter.push(bytes.subarray(at, at + size));
    let start = 0;
    for (const end of ends) {
      events.push(run.toString('utf8', start, end));
      start = end;
    }
    assert.equal(start, run.length);
    at += size;
  }
  return { events, rest: cutter.rest().toString() };
}

const lines = ['data: {"a":"é🚂"}', ': ping', 'event: error\ndata: x\ndata: y', 'data:[DONE]'];

describe('events are cut out of a stream', () => {
  for (const [name, mark] of Object.entries({ LF: '\n', CRLF: '\r\n', CR: '\r' })) {
    const events = lines.map((line) => `${line}\n\n`.replaceAll('\n', mark));
    test(`${name}: the same events, whatever the reads`, () => {
      const bytes = Buffer.from(events.join(''));
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }), (sizes) => {
          const { events: found, rest } = cut(bytes, sizes);
          assert.equal(found.join('') + rest, bytes.toString());
          // Before the first CRLF is known, its LF may open the next event; it is an empty line there.
          assert.deepEqual(
            found.map((event) => parseEvent(Buffer.from(event))),
            events.map((event) => parseEvent(Buffer.from(event))),
          );
        }),
      );
    });
  }

  test('an event that is not complete waits', () => {
    assert.deepEqual(cut(Buffer.from('data: 1\n\ndata: 2\n'), [100]), {
      events: ['data: 1\n\n'],
      rest: 'data: 2\n',
    });
  });
});

test('fields are read as the standard says', () => {
  const read = (text: string): object => parseEvent(Buffer.from(text));
  assert.deepEqual(read('data: a\n\n'), { data: 'a' });
  assert.deepEqual(read('\uFEFFdata:a\ndata:  b\n\n'), { data: 'a\n b' });
  assert.deepEqual(read('event: error\r\ndata\r\n\r\n'), { type: 'error', data: '' });
  assert.deepEqual(read(': a comment\n\n'), {});
  assert.deepEqual(read('id: 7\nretry: 10\n\n'), {});
});
