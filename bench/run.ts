/** Runs the benches named, or all: npm run bench -- math encoders decide gateway. Peers in Python need PYTHON with scikit-learn. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const known = readdirSync(import.meta.dirname).flatMap((file) =>
  file.endsWith('.ts') && file !== 'run.ts' ? [file.slice(0, -3)] : [],
);
const wanted = process.argv.slice(2);
const strange = wanted.filter((name) => !known.includes(name));
if (strange.length > 0) {
  console.error(`error: there is no bench ${strange.join(', ')}; known are ${known.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
