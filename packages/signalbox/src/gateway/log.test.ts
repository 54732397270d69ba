import assert from 'node:assert/strict';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, test } from 'node:test';
import { openTable } from '../pipeline/config.ts';
import { makeContext } from '../pipeline/context.ts';
import { exportLog, type LogRow } from '../pipeline/export-log.ts';
import { collect, type Trip, trip } from './trip.fixture.ts';

const messages = [{ role: 'user', content: 'a secret prompt' }];
const models =
  '  - { name: small, upstream: simulated, trainedAs: org/small-1, price: { input: 1, output: 2 } }';
let house: Trip;
afterEach(() => house.close());

const ask = async (body: object = {}, headers: Record<string, string> = {}): Promise<string> => {
  const response = await house.post('/v1/chat/completions', { model: 'auto', messages, ...body }, headers);
  assert.equal(response.status, 200);
  await response.text();
  return response.headers.get('x-signalbox-request-id')!;
};
const exported = async (): Promise<LogRow[]> => {
  await house.gateway.flush();
  return collect(exportLog({ file: house.logFile }));
};

describe('rows', () => {
  test('carry the name of the table, the cost, the group and the repeat', async () => {
    house = await trip(models);
    await ask({}, { 'x-signalbox-group': 'shop' });
    await ask();
    const [one, two] = await exported();
    assert.equal(one?.model, 'org/small-1');
    assert.equal(one?.group, 'shop');
    assert.equal(one?.cost, (one!.tokens_in! * 1 + one!.tokens_out! * 2) / 1e6);
    assert.equal(one?.status, 'ok');
    assert.deepEqual([one?.sample, two?.sample], [0, 1]);
    assert.equal(one?.query_id, two?.query_id);
  });

  test('hash keeps no text; off keeps nothing to join by, and is not exported', async () => {
    house = await trip(models, { yaml: 'log: { text: hash }' });
    await ask();
    const [row] = await exported();
    assert.match(row?.query_id ?? '', /^[0-9a-f]{64}$/);
    assert.equal(row?.messages, undefined);
    await house.close();
    house = await trip(models, { yaml: 'log: { text: off }' });
    await ask();
    assert.deepEqual(await exported(), []);
    assert.equal(house.gateway.counts().written, 1);
  });

  test('may be read by nobody but the owner', async () => {
    house = await trip(models);
    await ask();
    await house.gateway.flush();
    assert.equal((await stat(house.logFile)).mode & 0o777, 0o600);
  });

  test('are deleted when they are older than the log keeps', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const clock = { now: () => now };
    house = await trip(models, { clock, yaml: 'log: { retentionDays: 30 }' });
    const old = await ask();
    await house.post('/v1/feedback', { request_id: old, score: 1 });
    const file = house.logFile;
    now = Date.parse('2026-01-20T00:00:00Z');
    await ask();
    await house.gateway.flush();
    now = Date.parse('2026-02-10T00:00:00Z');
    const again = await trip(models, { clock, yaml: `log: { file: "${file}", retentionDays: 30 }` });
    try {
      await again.gateway.flush();
      const kept = await collect(exportLog({ file }));
      assert.deepEqual(
        kept.map(({ time }) => time),
        ['2026-01-20T00:00:00.000Z'],
      );
      const db = new DatabaseSync(file, { readOnly: true });
      for (const table of ['attempts', 'feedback']) {
        const left = db.prepare(`SELECT count(*) AS n FROM ${table} WHERE request_id = ?`).get(old);
        assert.equal(left?.['n'], 0);
      }
      db.close();
    } finally {
      await again.close();
    }
  });
});

describe('feedback', () => {
  test('the last one counts, with its source; all are kept', async () => {
    house = await trip(models);
    const id = await ask();
    for (const [score, source] of [
      [0, 'first'],
      [1, 'second'],
    ]) {
      assert.equal((await house.post('/v1/feedback', { request_id: id, score, source })).status, 200);
    }
    const [row] = await exported();
    assert.equal(row?.score, 1);
    assert.equal(row?.judge, 'second');
    const db = new DatabaseSync(house.logFile, { readOnly: true });
    assert.equal(db.prepare('SELECT count(*) AS n FROM feedback').get()?.['n'], 2);
    db.close();
  });

  const wrong: Record<string, readonly [object, number, RegExp]> = {
    'a score above 1': [{ request_id: 'x', score: 2 }, 400, /"score"/],
    'a score that is text': [{ request_id: 'x', score: '1' }, 400, /"score"/],
    'no request': [{ score: 1 }, 400, /"request_id"/],
    'a mistyped key': [{ request_id: 'x', score: 1, sorce: 'me' }, 400, /sorce/],
    'an unknown request': [{ request_id: 'x', score: 1 }, 404, /no request "x" in the log/],
  };
  for (const [name, [body, status, sentence]] of Object.entries(wrong)) {
    test(`${name} is refused`, async () => {
      house = await trip(models);
      const response = await house.post('/v1/feedback', body);
      assert.equal(response.status, status);
      const { error } = (await response.json()) as { error: { message: string } };
      assert.match(error.message, sentence);
    });
  }
});

describe('a log that cannot be written stops no answer', () => {
  test('it is told once, counted, and written again once it can be', async () => {
    house = await trip(models);
    await ask();
    await house.gateway.flush();
    const away = `${house.folder}-away`;
    await rename(house.folder, away);
    try {
      const id = await ask();
      await house.gateway.flush();
      await ask();
      await house.gateway.flush();
      assert.deepEqual(house.gateway.counts().lost, 2);
      assert.equal(house.told.filter((line) => line.includes('the log cannot be written')).length, 1);
      const response = await house.post('/v1/feedback', { request_id: id, score: 1 });
      assert.equal(response.status, 500);
      await mkdir(house.folder);
      await ask();
      const [row, ...more] = await exported();
      assert.equal(row?.status, 'ok');
      assert.equal(more.length, 0);
    } finally {
      await rm(away, { recursive: true });
    }
  });

  test('a file that is no database is left as it is', async () => {
    house = await trip(models);
    const other = join(house.folder, 'notes.txt');
    await writeFile(other, 'These are notes, and no database at all.\n'.repeat(100));
    const wrong = await trip(models, { yaml: `log: { file: "${other}" }` });
    try {
      const response = await wrong.post('/v1/chat/completions', { model: 'auto', messages });
      assert.equal(response.status, 200);
      await wrong.gateway.flush();
      assert.equal(wrong.gateway.counts().lost, 1);
      assert.equal((await stat(other)).size, 4100);
      await assert.rejects(collect(exportLog({ file: other })), /not a log of "signalbox serve"/);
    } finally {
      await wrong.close();
    }
  });
});

describe('export', () => {
  test('is an outcome table that the canonical reader takes', async () => {
    house = await trip(`${models}\n  - { name: large, upstream: simulated }`);
    await house.post('/v1/feedback', {
      request_id: await ask({}, { 'x-signalbox-group': 'shop' }),
      score: 0.5,
    });
    await ask({ model: 'large' }, { 'x-signalbox-group': 'shop' });
    const file = join(house.folder, 'table.jsonl');
    await writeFile(file, (await exported()).map((row) => `${JSON.stringify(row)}\n`).join(''));
    const table = await openTable({ paths: [file], format: 'jsonl', options: {}, context: makeContext() });
    assert.equal(table.examples.length, 1);
    assert.equal(table.examples[0]?.group, 'shop');
    assert.deepEqual(table.examples[0]?.messages, messages);
    const column = table.models.findIndex(({ id }) => id === 'org/small-1');
    assert.equal(table.quality.data[column], 0.5);
    assert.ok(Number.isNaN(table.quality.data[1 - column]));
    assert.equal(table.propensity?.data[column], 1);
  });

  test('takes up where the last one ended', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    house = await trip(models, { clock: { now: () => now } });
    await ask();
    now += 3_600_000;
    await ask();
    await house.gateway.flush();
    const late = await collect(exportLog({ file: house.logFile, since: '2026-01-01T00:30:00Z' }));
    assert.equal(late.length, 1);
    await assert.rejects(
      collect(exportLog({ file: house.logFile, since: 'yesterday' })),
      /"yesterday" is no time/,
    );
  });

  test('names a file that is not there', async () => {
    house = await trip(models);
    await assert.rejects(
      collect(exportLog({ file: '/nowhere/x.db' })),
      /\/nowhere\/x\.db: there is no such file/,
    );
  });
});
