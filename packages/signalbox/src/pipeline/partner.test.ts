import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Context } from '../core/context.ts';
import { type AssessArgs, assess, assist } from './assess.ts';
import { baselineNames, findEncoder, findPolicy, findRouter, makeWorld, worlds } from './config.ts';
import { makeContext } from './context.ts';
import type { Evaluated } from './evaluate.ts';
import { keptFolder } from './kept-fits.ts';
import { type Line, partnerOf, type Word } from './partner.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-partner-'));
after(() => rm(folder, { recursive: true, force: true }));

/** Two ends of a line in memory; `hang` up at either. */
function connected(): [Line & { hang(): void }, Line & { hang(): void }] {
  const end = () => ({ words: [] as ((word: Word) => void)[], cuts: [] as (() => void)[] });
  const [one, other] = [end(), end()];
  const line = (own: typeof one, far: typeof one): Line & { hang(): void } => ({
    say: (word) =>
      void setImmediate(() => {
        for (const listener of far.words) listener(word);
      }),
    hear: (listener) => void own.words.push(listener),
    cut: (listener) => void own.cuts.push(listener),
    hang: () =>
      void setImmediate(() => {
        for (const listener of far.cuts) listener();
      }),
  });
  return [line(one, other), line(other, one)];
}

async function args(split = false): Promise<AssessArgs> {
  const names = [...baselineNames, 'knn', 'ridge', 'residual'];
  const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 240, testShare: split ? 0.4 : 0 }, 1);
  return {
    table,
    encoder: (await findEncoder('surface')).encoder,
    choices: await Promise.all(names.map((name) => findRouter(name))),
    judged: [await findPolicy('argmax')],
    curvePolicy: (await findPolicy('utility')).policy,
    draws: 200,
  };
}

/** What was found, without clocks. */
const found = ({ set }: Evaluated): unknown =>
  JSON.parse(
    JSON.stringify(set, (key, value: unknown) => (/seconds/i.test(key) ? undefined : value)),
  ) as unknown;

/** A context with a partner that counts the pieces it takes. */
async function sharing(name: string, line: Line, backwards: boolean) {
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  const partner = partnerOf({ folder: own, backwards, line });
  const taken: string[] = [];
  const context: Context = makeContext({
    kept: keptFolder(join(own, 'fits')),
    partner: {
      ...partner,
      take: (key) => {
        const got = partner.take(key);
        if (got) taken.push(key);
        return got;
      },
    },
  });
  return { context, taken, begin: partner.begin };
}

for (const split of [false, true]) {
  test(`two processes share the work and come to the figures of one: ${split ? 'a given split' : 'folds'}`, async () => {
    const alone = found(await assess(await args(split), makeContext()));
    const [left, right] = connected();
    const first = await sharing(`both ${split}`, left, false);
    const second = await sharing(`both ${split}`, right, true);
    const [evaluated] = await Promise.all([
      assess(await args(split), first.context),
      second.begin.then(async () => assist(await args(split), second.context)),
    ]);
    assert.deepEqual(found(evaluated), alone);
    assert.ok(first.taken.length > 0 && second.taken.length > 0);
    const all = [...first.taken, ...second.taken];
    assert.equal(new Set(all).size, all.length);
  });
}

test('what the other process took and never made is made in the end', async () => {
  const alone = found(await assess(await args(), makeContext()));
  const [left, right] = connected();
  const { context } = await sharing('gone', left, false);
  let pieces = 0;
  const taking: Context = {
    ...context,
    partner: {
      ...context.partner!,
      take: (key) => {
        const others = pieces++ % 3 === 0;
        if (pieces === 30) right.hang();
        return !others && context.partner!.take(key);
      },
    },
  };
  assert.deepEqual(found(await assess(await args(), taking)), alone);
  assert.ok(pieces > 30);
});

test('a piece is taken once, whoever asks', async () => {
  const [left, right] = connected();
  const [one, other] = [await sharing('once', left, false), await sharing('once', right, true)];
  assert.equal(one.context.partner!.take('piece'), true);
  assert.equal(one.context.partner!.take('piece'), false);
  assert.equal(other.context.partner!.take('piece'), false);
  assert.equal(other.context.partner!.take('another'), true);
});

test('who waits hears of a piece that was done before, and of the other being gone', async () => {
  const [left, right] = connected();
  const [one, other] = [await sharing('wait', left, false), await sharing('wait', right, true)];
  one.context.partner!.encoded();
  await other.begin;
  other.context.partner!.done();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await one.context.partner!.next(), true);
  const waiting = one.context.partner!.next();
  right.say('finished');
  assert.equal(await waiting, false);
  assert.equal(await one.context.partner!.next(), false);
});
