#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it: it checks the version, and starts again with the
// Node that the repository brings (an optional dependency of its private root) when this one is too old.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiled } from './compiled.js';
import { restartWithLess, withLess } from './less-memory.js';
import { runNode } from './run-node.js';

const needed = [22, 19];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const entries = ['../src/cli/main.ts', '../dist/cli/main.js'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
);

if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  restartWithLess(process);
  keepCompiled(process);
  // The sources run as they are in the repository; what is published holds only the built files.
  const { main } = await import(
    new URL(existsSync(entries[0]) ? '../src/cli/main.ts' : '../dist/cli/main.js', import.meta.url).href
  );
  await main(process.argv.slice(2));
} else {
  const bundled = process.env.SIGNALBOX_RESTARTED ? undefined : bundledNode();
  if (bundled === undefined) {
    console.error(
      `error: Signalbox needs Node ${needed.join('.')} or newer; this is ${process.versions.node}. Install a newer Node (https://nodejs.org) and run the same command again.`,
    );
    process.exitCode = 1;
  } else {
    process.exitCode = await runNode(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      ...withLess(process.env),
      SIGNALBOX_RESTARTED: '1',
    });
  }
}

function bundledNode() {
  const require = createRequire(import.meta.url);
  const names = { linux: `node-linux-${process.arch}`, win32: `node-win-${process.arch}` };
  const name = names[process.platform];
  if (name === undefined) return undefined;
  try {
    const root = dirname(require.resolve(`${name}/package.json`));
    const file = join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
