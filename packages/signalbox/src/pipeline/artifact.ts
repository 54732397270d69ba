import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SignalboxError } from '../core/errors.ts';
import type { Plain } from '../core/plain.ts';
import { verdict } from '../core/results-evidence.ts';
import { estimate } from '../core/results-parts.ts';
import { digest, pack, unpack } from './plain-files.ts';

/** How the pool changed after training; the verdict, where there is one, is of the pool before. */
const poolChange = z.discriminatedUnion('change', [
  z.strictObject({
    change: z.literal('admitted'),
    model: z.string(),
    at: z.string(),
    answers: z.int().positive(),
    /** Of its answers. */
    mean: estimate,
  }),
  z.strictObject({ change: z.literal('retired'), model: z.string(), at: z.string() }),
]);

/** What the folder of a trained router says of itself: `router.json`. */
const manifest = z.strictObject({
  schema: z.literal('signalbox/router@1'),
  version: z.string(),
  createdAt: z.string(),
  seed: z.int(),
  /** The models of the training table and those admitted since, in the order of the state's columns. */
  models: z.array(z.string()).min(1),
  /** Columns that are never chosen any more. */
  retired: z.array(z.int().nonnegative()).optional(),
  changes: z.array(poolChange).optional(),
  weak: z.string().optional(),
  strong: z.string().optional(),
  primary: z.enum(['quality', 'macro']),
  bestSingle: z.string(),
  encoder: z.strictObject({ name: z.string(), settings: z.string() }),
  router: z.strictObject({
    name: z.string(),
    params: z.record(z.string(), z.unknown()),
    /** Absolute path of the module of a router of the user's own; it must still be there. */
    module: z.string().optional(),
  }),
  policy: z.strictObject({ name: z.string(), params: z.record(z.string(), z.unknown()) }),
  trainedOn: z.strictObject({ name: z.string(), rows: z.int(), digests: z.record(z.string(), z.string()) }),
  /** Of the training rows; absent where it was not asked for, and in artifacts of earlier versions. */
  verdict: verdict.optional(),
  files: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof manifest>;

/** A trained router as it lies in its folder: plain files, every one digested in the manifest. */
export interface Artifact {
  readonly manifest: Manifest;
  readonly state: ArtifactState;
  /** SHA-256 of the text of each training row. */
  readonly trainedKeys: ReadonlySet<string>;
}

export type ArtifactState = {
  /** What the encoder was made with; what is opened must have the same. */
  readonly encoderSettings: Plain;
  readonly encoder: Plain;
  readonly router: Plain;
  /** Of a policy that learns; null for others, absent in artifacts of earlier versions. */
  readonly policy?: Plain;
  readonly costs: Plain;
  /** Knows queries unlike the training queries; null without features, absent in artifacts of earlier versions. */
  readonly guard?: Plain;
  /** States of the baselines, by name. */
  readonly baselines: { readonly [name: string]: Plain };
};

/** Writes the folder aside and renames it into place; an artifact that stood there before is replaced, anything else is refused. */
export async function saveArtifact(
  folder: string,
  artifact: Omit<Artifact, 'manifest'> & { readonly manifest: Omit<Manifest, 'files'> },
): Promise<void> {
  await refuseForeign(folder);
  const { json, bytes } = pack(artifact.state);
  const files: Record<string, string | Uint8Array> = {
    'state.json': json,
    'state.bin': bytes,
    'rows.txt': `${[...artifact.trainedKeys].join('\n')}\n`,
  };
  const digests = Object.fromEntries(Object.entries(files).map(([name, data]) => [name, digest(data)]));
  const aside = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  const text = `${JSON.stringify({ ...artifact.manifest, files: digests }, null, 2)}\n`;
  try {
    await mkdir(aside, { recursive: true });
    for (const [name, data] of Object.entries({ ...files, 'router.json': text }))
      await writeFile(join(aside, name), data);
    const old = `${aside}.old`;
    const replaced = await rename(folder, old).then(() => true, absent);
    await rename(aside, folder);
    if (replaced) await rm(old, { recursive: true, force: true });
  } catch (cause) {
    await rm(aside, { recursive: true, force: true });
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError(
      'file',
      `The router could not be written: ${(cause as Error).message}. Give a folder that can be written with -o.`,
      { file: folder, cause },
    );
  }
}

function absent(cause: NodeJS.ErrnoException): false {
  if (cause.code === 'ENOENT') return false;
  throw cause;
}

async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return [];
    throw new SignalboxError(
      'file',
      `A folder for the router was expected here (${cause.code}). Give another path with -o.`,
      { file: folder, cause },
    );
  });
  if (names.length > 0 && !names.includes('router.json'))
    throw new SignalboxError(
      'file',
      'This folder holds something other than a router, and would be replaced. Give a new or empty folder with -o.',
      { file: folder },
    );
}

/** @throws SignalboxError `artifact` where a file is missing, damaged or of another version */
export async function loadArtifact(folder: string): Promise<Artifact> {
  const parsed = manifest.safeParse(json(await read(folder, 'router.json'), join(folder, 'router.json')));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new SignalboxError(
      'artifact',
      `This is no router that this version of Signalbox can read (${issue.path.join('.')}: ${issue.message}). Train it again with \`signalbox train\`.`,
      { file: join(folder, 'router.json') },
    );
  }
  const files = parsed.data.files;
  const load = async (name: string): Promise<Buffer> => {
    const data = await read(folder, name);
    if (digest(data) !== files[name])
      throw new SignalboxError(
        'artifact',
        'The file does not match its digest in router.json: it was changed or cut. Train the router again, or copy it again whole.',
        { file: join(folder, name) },
      );
    return data;
  };
  const [stateJson, bytes, rows] = [
    await load('state.json'),
    await load('state.bin'),
    await load('rows.txt'),
  ];
  const state = unpack({ json: stateJson.toString('utf8'), bytes }) as ArtifactState;
  return {
    manifest: parsed.data,
    state,
    trainedKeys: new Set(rows.toString('utf8').split('\n').filter(Boolean)),
  };
}

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new SignalboxError(
      'artifact',
      `A trained router was expected here, and the file cannot be read (${code}). Give the folder that \`signalbox train DATA -o FOLDER\` wrote.`,
      { file: join(folder, name), cause },
    );
  }
}

function json(data: Buffer, file: string): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new SignalboxError(
      'artifact',
      `The file is no JSON: ${(cause as Error).message}. Train the router again.`,
      { file, cause },
    );
  }
}
