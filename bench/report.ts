/**
 * The whole of `signalbox report` on generated tables of 15,000 rows with 7 and 30 models, 20 groups: wall time and the
 * greatest memory of the process, with the embedding cache warm. Run: npm run bench -- report
 */
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
try {
  console.log('| rows x models | encoder | s | greatest memory, MB |\n| --- | --- | ---: | ---: |');
  for (const models of [7, 30]) {
    const file = join(folder, `${models}.csv`);
    await writeTable(made(models), file, makeContext({ seed: 0 }));
    for (const encoder of ['lsa', 'default']) {
      const args = [
        'report',
        file,
        '--html',
        'report.html',
        ...(encoder === 'default' ? [] : ['--encoder', encoder]),
      ];
      if (encoder === 'default')
        await runCommand(['train', file, '--router', 'ridge', '--no-verdict', '-o', 'warm'], folder);
      const { seconds, mb } = await runCommand(args, folder);
      console.log(`| ${rows} x ${models} | ${encoder} | ${seconds.toFixed(0)} | ${mb.toFixed(0)} |`);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
