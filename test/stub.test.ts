import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from '../packages/signalbox/src/encoders/index.ts';

/** `bin/signalbox.js`: what `npx signalbox` starts, on whatever Node the machine has. */

const product = join(import.meta.dirname, '../packages/signalbox');
const stub = join(product, 'bin/signalbox.js');
const { version } = JSON.parse(readFileSync(join(product, 'package.json'), 'utf8')) as { version: string };

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param node the Node to run it with, and its flags */
function run(
  [node, ...flags]: readonly [string, ...string[]],
  argv: readonly string[],
  restarted = false,
): Ran {
  const { SIGNALBOX_RESTARTED: _, ...env } = process.env;
  return spawnSync(node, [...flags, stub, ...argv], {
    encoding: 'utf8',
    env: { ...env, ...(restarted && { SIGNALBOX_RESTARTED: '1' }) },
  });
}

/** This Node, giving itself out as an old one. */
const pretender = [
  process.execPath,
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });`,
  )}`,
] as const;

/** The first Node on the path that is too old to run Signalbox. */
function oldNode(): string | undefined {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .filter((file) => existsSync(file))
    .find((file) => {
      const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
      return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1]) < 22;
    });
}

function bundled(): boolean {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  try {
    createRequire(stub).resolve(`node-${platform}-${process.arch}/package.json`);
    return true;
  } catch {
    return false;
  }
}
const noBundle = bundled() ? false : 'no Node is bundled for this platform';
const old = oldNode();

const cases = [
  { name: 'the running Node', node: [process.execPath] as const, skip: false },
  { name: 'a Node that says it is 20.9.0', node: pretender, skip: noBundle },
  {
    name: `an old Node on the path (${old ?? 'none'})`,
    node: [old ?? 'node'] as const,
    skip: noBundle || (old ? false : 'no Node below 22 is on the path'),
  },
];
for (const { name, node, skip } of cases) {
  describe(`the stub on ${name}`, { skip }, () => {
    test('prints the version', () => {
      const { status, stdout, stderr } = run(node, ['--version']);
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${version}\n`, stderr: '' });
    });

    test('passes the exit status on: 2 for an unknown command, 1 for a file that is not there', () => {
      const unknown = run(node, ['nonsense']);
      assert.equal(unknown.status, 2);
      assert.match(unknown.stderr, /unknown command 'nonsense'/);
      const missing = run(node, ['report', 'not-there.jsonl', '--no-html', '--encoder', 'none']);
      assert.equal(missing.status, 1, missing.stderr);
      assert.match(missing.stderr, /^error: .*not-there\.jsonl/m);
    });
  });
}

/** Tells at its end what limits the C library was given. */
const telling = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => process.stderr.write('limit ' + [process.env.MALLOC_MMAP_THRESHOLD_, process.env.MALLOC_ARENA_MAX].join(' ')))`,
)}`;

describe('what computes with large matrices takes less memory', () => {
  const skip =
    process.platform === 'linux' && 'execve' in process ? false : 'no process is started in place here';
  const limitsOf = (argv: readonly string[], env: NodeJS.ProcessEnv = {}): string | undefined => {
    const { MALLOC_MMAP_THRESHOLD_: _, MALLOC_ARENA_MAX: __, ...rest } = process.env;
    const { stderr } = spawnSync(process.execPath, ['--import', telling, stub, ...argv], {
      encoding: 'utf8',
      env: { ...rest, ...env },
    });
    return /limit (.*)$/.exec(stderr)?.[1];
  };
  const report = ['report', 'not-there.jsonl', '--no-html'];

  test('by limits that are set before the process begins', { skip }, () => {
    assert.equal(limitsOf(report), '131072 1');
    assert.equal(limitsOf(['import', 'not-there.jsonl', '-o', 'not-there.csv']), '131072 1');
  });

  test('but limits of the user stay, and a small command starts once', { skip }, () => {
    assert.equal(limitsOf(report, { MALLOC_MMAP_THRESHOLD_: '4096' }), '4096 ');
    assert.equal(limitsOf(['routers']), ' ');
  });
});

describe('what was compiled is kept for the next start', () => {
  const cacheOf = (env: NodeJS.ProcessEnv): Ran => {
    const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...rest } = process.env;
    const options = { encoding: 'utf8', env: { ...rest, ...env }, timeout: 60_000 } as const;
    return spawnSync(process.execPath, [stub, '--version'], options);
  };

  test('in the folder of what can be made again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-compiled-'));
    try {
      for (let start = 0; start < 2; start++) {
        const { status, stdout, stderr } = cacheOf({ SIGNALBOX_CACHE: folder });
        assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${version}\n`, stderr: '' });
        const files = await readdir(join(folder, 'compiled'), { recursive: true });
        assert.ok(files.length > 10, `${files.length} files`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('or not, where that folder cannot be made', () => {
    for (const folder of [join(stub, 'below a file'), '/proc/signalbox']) {
      const { status, stdout, stderr } = cacheOf({ SIGNALBOX_CACHE: folder });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  test('which is the folder of the embeddings, on every system', async () => {
    const { folderOf } = (await import(pathToFileURL(join(stub, '../compiled.js')).href)) as {
      folderOf: (of: { env: NodeJS.ProcessEnv; platform: string }) => string;
    };
    const { platform } = process;
    for (const env of [{}, { SIGNALBOX_CACHE: '/a' }, { XDG_CACHE_HOME: '/b' }, { LOCALAPPDATA: '/c' }])
      assert.equal(folderOf({ env, platform }), cacheFolder(env));
  });
});

test('an old Node without the bundled one says what is needed, and where to get it', () => {
  const { status, stderr } = run(pretender, ['--version'], true);
  assert.equal(status, 1);
  assert.match(stderr, /needs Node 22\.19 or newer; this is 20\.9\.0\. Install a newer Node \(https:/);
});

test('the version that the stub asks for is that of the package', () => {
  const { engines } = JSON.parse(readFileSync(join(product, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  assert.match(
    readFileSync(stub, 'utf8'),
    new RegExp(`needed = \\[${engines.node.slice(2).replace('.', ', ')}\\]`),
  );
});
