import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Kept } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Plain } from '../core/plain.ts';
import type { Forecasts } from '../core/policy.ts';
import type { Query } from '../core/query.ts';
import type { Matrix } from '../math/matrix.ts';
import { version } from '../version.ts';
import type { PartFit, RouterChoice } from './fitted.ts';
import { digest, pack, unpack } from './plain-files.ts';
import type { Plan } from './protocol.ts';

/** What a fit rests on. */
export interface FitOf {
  readonly choice: RouterChoice;
  readonly encoder: Encoder;
  readonly plan: Plan;
  readonly part: Plan['parts'][number];
}

/** Where another process has taken a piece of work: asked for once there is nothing else to do. */
export type Later<T> = () => Promise<T>;

/**
 * What came of a router on a part of a plan: taken from what the user keeps, where a run before this one has made it,
 * else made and kept. Its key is a digest of all that it rests on: version, seed, encoder, router, table and rows, and
 * `more`. A router of the user's own is always fitted, since what its module imports is not known.
 */
export async function kept<T extends Plain>(of: FitOf, making: Making<T>, context: Context): Promise<T> {
  const { partner: _, ...alone } = context;
  return (await keptOrLater(of, making, alone)) as T;
}

interface Making<T> {
  readonly more: readonly unknown[];
  readonly make: () => Promise<T>;
}

/** The same; where two processes share the work, it may be for the other one to make. */
export async function keptOrLater<T extends Plain>(
  { choice, encoder, plan, part }: FitOf,
  { more, make }: Making<T>,
  context: Context,
): Promise<T | Later<T>> {
  const { kept: store, partner } = context;
  // Baselines are quick, but ask for a part to be encoded, which may be all that is left to do on it.
  if (store === undefined || (choice.router.baseline && partner === undefined) || choice.module !== undefined)
    return make();
  const key = keyOf({ encoder, plan, part }, [choice.name, choice.params], more, context);
  // The key names what was asked, so that what lies under it has the shape of what is made.
  const read = async (): Promise<T | undefined> => (await store.read(key)) as T | undefined;
  const makeAndKeep = async (): Promise<T> => {
    const made = await make();
    await store.write(key, made);
    partner?.done();
    return made;
  };
  const known = await read();
  if (known !== undefined) return known;
  if (partner === undefined || partner.take(key)) return makeAndKeep();
  return async () => {
    for (;;) {
      const there = await read();
      if (there !== undefined) return there;
      if (!(await partner.next())) return (await read()) ?? makeAndKeep();
    }
  };
}

function keyOf(
  { encoder, plan, part }: Omit<FitOf, 'choice'>,
  router: readonly [string, object],
  more: readonly unknown[],
  context: Context,
): string {
  return digest(
    JSON.stringify([
      version,
      context.seed,
      [encoder.name, encoder.settings],
      router,
      context.once('print of a table', [plan.table], () => printOf(plan.table)),
      [part.train, part.test, plan.compared].map(bytesOf).map(digest),
      plan.folds === undefined,
      more,
    ]),
  );
}

/** A router's forecasts on a part, kept without the cost forecast that all routers share: `given`. */
export async function keptFit(
  of: FitOf & {
    readonly tune: boolean;
    readonly fresh?: readonly Query[];
    readonly given: () => Promise<Matrix | undefined>;
  },
  make: () => Promise<PartFit>,
  context: Context,
): Promise<PartFit | Later<PartFit>> {
  const { tune, fresh, given } = of;
  if (context.kept === undefined) return make();
  const more = ['forecasts', tune, fresh?.map(({ messages }) => messages) ?? null];
  const found = await keptOrLater(
    of,
    { more, make: async () => plainOf(await make(), await given()) },
    context,
  );
  if (typeof found !== 'function') return restored(found, await given());
  return async () => restored(await found(), await given());
}

/** The cost forecast that all routers share on a part: kept only for another process, which need not encode the part for it. */
export async function keptCosts(
  of: Omit<FitOf, 'choice'> & { readonly asked: boolean },
  make: () => Promise<Matrix | undefined>,
  context: Context,
): Promise<Matrix | undefined> {
  const { kept: store, partner } = context;
  if (store === undefined || partner === undefined) return make();
  const key = keyOf(of, ['costs', {}], [of.asked], context);
  const known = await store.read(key);
  if (known !== undefined) return (known ?? undefined) as Matrix | undefined;
  const made = await make();
  await store.write(key, made === undefined ? null : { ...made });
  return made;
}

/** Without the cost forecast that all routers share. */
function plainOf({ forecasts, also, tuning, fit, predict }: PartFit, given: Matrix | undefined): KeptPart {
  const { cost, ...rest } = forecasts;
  const shared = cost !== undefined && given !== undefined && same(cost, given);
  return {
    forecasts: plain(shared || cost === undefined ? rest : { ...rest, cost }),
    shared,
    also: also ? plain(also) : null,
    tuning: tuning
      ? {
          rows: tuning.rows,
          forecasts: plain(tuning.forecasts),
          compared: tuning.compared ? plain(tuning.compared) : null,
        }
      : null,
    fit,
    predict,
  };
}

/** One that was read is another object than the one it was written from. */
const same = (a: Matrix, b: Matrix): boolean =>
  a === b || Buffer.compare(bytesOf(a.data), bytesOf(b.data)) === 0;

type PlainForecasts = Forecasts & { readonly [key: string]: Plain };

const plain = (forecasts: Forecasts): PlainForecasts =>
  Object.fromEntries(Object.entries(forecasts).filter(([, value]) => value !== undefined)) as PlainForecasts;

type KeptPart = {
  readonly forecasts: PlainForecasts;
  /** Its cost forecast is the one that all routers share. */
  readonly shared: boolean;
  readonly also: PlainForecasts | null;
  readonly tuning: {
    readonly rows: Int32Array;
    readonly forecasts: PlainForecasts;
    readonly compared: PlainForecasts | null;
  } | null;
  readonly fit: number;
  readonly predict: number;
};

function restored(
  { forecasts, shared, also, tuning, fit, predict }: KeptPart,
  given: Matrix | undefined,
): PartFit {
  return {
    forecasts: shared && given ? { ...forecasts, cost: given } : forecasts,
    ...(also && { also }),
    ...(tuning && {
      tuning: {
        rows: tuning.rows,
        forecasts: tuning.forecasts,
        ...(tuning.compared && { compared: tuning.compared }),
      },
    }),
    fit,
    predict,
  };
}

/** A digest of all parts of a plan: for what rests on more than one of them. */
export const printOfParts = ({ parts }: Plan): string =>
  digest(parts.flatMap(({ train, test }) => [train, test].map(bytesOf).map(digest)).join(' '));

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A digest of all that a router may learn from. */
function printOf(table: Dataset): string {
  const hash = createHash('sha256');
  const { examples, models, weak, strong, primary, samples = [] } = table;
  hash.update(JSON.stringify([models, weak, strong, primary, table.scoreKind]));
  for (const { id, messages, group, cluster } of examples)
    hash.update(JSON.stringify([id, messages, group, cluster]));
  const { quality, cost, k, rawScore, tokensIn, tokensOut, latencyMs, propensity } = table;
  for (const cells of [quality, cost, k, rawScore, tokensIn, tokensOut, latencyMs, propensity, ...samples])
    hash.update(cells === undefined ? 'none' : bytesOf(cells.data));
  return hash.digest('hex');
}

const [ending, marker] = ['.fit', 'fits.json'];

/** Fits in a folder, a file each: its digest, the length of the JSON, the JSON and the bytes of its arrays. Made at the first fit. */
export function keptFolder(folder: string): Kept {
  let ready: Promise<void> | undefined;
  return {
    async read(key) {
      ready ??= ours(folder);
      await ready;
      const data = await readFile(join(folder, key + ending)).catch(() => undefined);
      if (data === undefined) return undefined;
      const end = data.indexOf(10);
      const [said, length] = data.subarray(0, end).toString('latin1').split(' ');
      const body = data.subarray(end + 1);
      if (digest(body) !== said) return undefined;
      return unpack({
        json: body.subarray(0, Number(length)).toString('utf8'),
        bytes: body.subarray(Number(length)),
      });
    },
    async write(key, value) {
      ready ??= ours(folder);
      await ready;
      const { json, bytes } = pack(value);
      const text = Buffer.from(json);
      const body = Buffer.concat([text, bytes]);
      const file = join(folder, key + ending);
      const aside = `${file}.${randomUUID().slice(0, 8)}.tmp`;
      try {
        await writeFile(aside, Buffer.concat([Buffer.from(`${digest(body)} ${text.length}\n`), body]));
        await rename(aside, file);
      } catch (cause) {
        await rm(aside, { force: true }).catch(() => undefined);
        throw notWritten(folder, cause as NodeJS.ErrnoException);
      }
    },
  };
}

/** A new or empty folder, or one of fits: anything else is somebody's own. */
async function ours(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return [];
    throw notWritten(folder, cause);
  });
  if (names.includes(marker)) return;
  if (names.length > 0)
    throw new SignalboxError(
      'file',
      'This folder holds something other than kept fits. Give a new or empty folder with --keep.',
      { file: folder },
    );
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, marker), `${JSON.stringify({ schema: 'signalbox/fits@1' })}\n`);
  } catch (cause) {
    throw notWritten(folder, cause as NodeJS.ErrnoException);
  }
}

function notWritten(folder: string, cause: NodeJS.ErrnoException): SignalboxError {
  return new SignalboxError(
    'file',
    `Fits cannot be kept here (${cause.code ?? cause.message}). Give a folder that can be written with --keep.`,
    { file: folder, cause },
  );
}
