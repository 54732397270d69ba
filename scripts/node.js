// Plain JavaScript, so that any Node can read it: runs a script with the Node 24 that the repository brings.
// npm 11 links that one as `node` for its scripts; npm 10, which comes with Node 20 and 22, does not.
// Usage: node scripts/node.js FILE [ARGUMENTS]
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { runNode } from '../packages/signalbox/bin/run-node.js';

const node = Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : bundled();
if (node === undefined) {
  console.error(
    `error: this needs Node 24 or newer; this is ${process.versions.node}, and none comes with the repository for ${process.platform} on ${process.arch}. Install one (https://nodejs.org) and run the same command again.`,
  );
  process.exit(1);
}
const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
process.exitCode = await runNode(node, process.argv.slice(2), { ...process.env, PATH: path });

function bundled() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  try {
    const root = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`);
    return join(dirname(root), 'bin', platform === 'win' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}
