/**
 * The whole of `signalbox report`, with the embedding cache warm: wall time, CPU time and the greatest memory of the
 * process, in MB of 10^6 bytes. On RouterDC's files (15,343 x 7, given split) where SIGNALBOX_DATA has them, and on generated
 * tables of 15,000 rows with 7 and 30 models, 20 groups, in five folds. Run: npm run bench -- report
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../packages/signalbox/src/core/dataset.ts';
import { userMessage } from '../packages/signalbox/src/core/query.ts';
import { matrix } from '../packages/signalbox/src/math/matrix.ts';
import { rng } from '../packages/signalbox/src/math/rng.ts';
import { writeTable } from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { runCommand } from './made/command.ts';
import { tableOf } from './made/table.ts';

const [rows, groups] = [15_000, 20];
const words =
  'river engine treaty prime enzyme ledger vector harvest signal comet basin clause tensor market'.split(' ');

/** Each model is better in some groups, and on queries that name its word; costs span two orders. */
function made(models: number): Dataset {
  // The same texts for all, so that one embedding serves both tables.
  const [random, texts] = [rng(`bench report ${models}`), rng('bench report texts')];
  const quality = matrix(rows, models);
  const cost = matrix(rows, models);
  const examples = Array.from({ length: rows }, (_, i) => {
    const group = i % groups;
    const named = Array.from({ length: 12 }, () => Math.floor(texts.next() * words.length));
    const text = `Topic ${group}: ${named.map((w) => words[w]).join(' ')} ${Math.floor(texts.next() * 1e6)}?`;
    const difficulty = random.normal();
    for (let m = 0; m < models; m++) {
      const logit =
        (1.5 * m) / models -
        difficulty +
        (group % models === m ? 0.8 : 0) +
        (named[0] === m % words.length ? 0.6 : 0);
      quality.data[i * models + m] = random.next() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
      cost.data[i * models + m] = 0.0001 * 100 ** (m / models) * (0.5 + random.next());
    }
    return { id: `q${i}`, messages: userMessage(text), group: `g${group}` };
  });
  return tableOf({ examples, quality, cost });
}

const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));

async function measure(name: string, table: string, encoder: string): Promise<void> {
  const args = ['report', table, '--html', 'report.html', '--encoder', encoder];
  const { seconds, cpuSeconds, mb } = await runCommand(args, folder);
  const megabytes = (mb * 2 ** 20) / 1e6;
  console.log(
    `| ${name} | ${encoder} | ${seconds.toFixed(0)} | ${cpuSeconds.toFixed(0)} | ${megabytes.toFixed(0)} |`,
  );
}

try {
  console.log(
    '| rows x models | encoder | s | CPU s | greatest memory, MB |\n| --- | --- | ---: | ---: | ---: |',
  );
  const published = join(
    process.env['SIGNALBOX_DATA'] ?? join(import.meta.dirname, '../../shared/data'),
    'routerdc',
  );
  if (existsSync(published)) {
    await runCommand(['report', published, '--no-html'], folder);
    await measure('15343 x 7, RouterDC', published, 'default');
  } else console.log(`\nRouterDC is not measured: ${published} is not there.\n`);
  for (const models of [7, 30]) {
    const file = join(folder, `${models}.csv`);
    await writeTable(made(models), file, makeContext({ seed: 0 }));
    await runCommand(['train', file, '--router', 'ridge', '--no-verdict', '-o', 'warm'], folder);
    for (const encoder of ['default', 'lsa']) await measure(`${rows} x ${models}`, file, encoder);
  }
} finally {
  await rm(folder, { recursive: true });
}
