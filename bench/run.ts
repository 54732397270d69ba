/** Runs the benches named, or all: npm run bench -- math encoders decide gateway. Peers in Python need PYTHON with scikit-learn. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const known = readdirSync(import.meta.dirname).flatMap((file) =>
  file.endsWith('.ts') && file !== 'run.ts' ? [file.slice(0, -3)] : [],
);
// A size belongs to the bench before it: `scale 1000x14000`.
const isSize = (word: string): boolean => /^(\d+x\d+|line)$/.test(word);
const words = process.argv.slice(2);
const wanted = words.filter((word) => !isSize(word));
const strange = wanted.filter((name) => !known.includes(name));
if (strange.length > 0) {
  console.error(`error: there is no bench ${strange.join(', ')}; known are ${known.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`\n## ${name}\n`);
  const next = words[words.indexOf(name) + 1];
  const size = words.includes(name) && next !== undefined && isSize(next) ? [next] : [];
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...size], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
