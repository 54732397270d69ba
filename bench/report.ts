/**
 * The whole of `signalbox report`, with the embedding cache warm: wall time, CPU time of all its processes and the
 * greatest memory of each, in MB of 10^6 bytes. On RouterDC's files (15,343 x 7, given split) where SIGNALBOX_DATA has them, and on generated
 * tables of 15,000 rows with 7 and 30 models, 20 groups: in a given split of that table's proportion, and in five folds.
 * Run: npm run bench -- report [15000x7 | 15000x30]
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
/** Of RouterDC's rows. */
const trainShare = 0.39;
const words =
  'river engine treaty prime enzyme ledger vector harvest signal comet basin clause tensor market'.split(' ');

/** Each model is better in some groups, and on queries that name its word; costs span two orders. */
function made(models: number, split: boolean): Dataset {
  // The same texts for all, so that one embedding serves all tables.
  const [random, texts] = [rng(`bench report ${models}`), rng('bench report texts')];
  const parts = rng('bench report split');
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
    const part = parts.next() < trainShare ? ('train' as const) : ('test' as const);
    return { id: `q${i}`, messages: userMessage(text), group: `g${group}`, ...(split && { split: part }) };
  });
  return tableOf({ examples, quality, cost });
}

const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));

async function measure(name: string, table: string, encoder: string): Promise<void> {
  const args = ['report', table, '--html', 'report.html', '--encoder', encoder];
  const { seconds, cpuSeconds, mbOf } = await runCommand(args, folder);
  const megabytes = mbOf.map((mb) => ((mb * 2 ** 20) / 1e6).toFixed(0)).join(' and ');
  console.log(`| ${name} | ${encoder} | ${seconds.toFixed(0)} | ${cpuSeconds.toFixed(0)} | ${megabytes} |`);
}

async function measurePublished(): Promise<void> {
  const published = join(
    process.env['SIGNALBOX_DATA'] ?? join(import.meta.dirname, '../../shared/data'),
    'routerdc',
  );
  if (!existsSync(published)) {
    console.log(`\nRouterDC is not measured: ${published} is not there.\n`);
    return;
  }
  await runCommand(['report', published, '--no-html'], folder);
  await measure('15343 x 7, RouterDC, given split', published, 'default');
}

const only = process.argv[2];
try {
  console.log(
    '| rows x models | encoder | s | CPU s | greatest memory, MB |\n| --- | --- | ---: | ---: | ---: |',
  );
  if (only === undefined) await measurePublished();
  for (const models of [7, 30].filter((m) => only === undefined || only === `${rows}x${m}`)) {
    for (const split of [false, true]) {
      const file = join(folder, `${models}-${split}.csv`);
      await writeTable(made(models, split), file, makeContext({ seed: 0 }));
      if (!split)
        await runCommand(['train', file, '--router', 'ridge', '--no-verdict', '-o', 'warm'], folder);
      const name = `${rows} x ${models}, ${split ? 'given split' : 'five folds'}`;
      for (const encoder of split ? ['default'] : ['default', 'lsa']) await measure(name, file, encoder);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
