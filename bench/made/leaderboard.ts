import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  type LeaderboardWorld,
  leaderboardParams,
  leaderboardWorld,
} from '../../packages/signalbox/src/pipeline/config.ts';

/**
 * Writes a drawn leaderboard as one would hold it: `scores.csv` in the wide form, a row for each query, and
 * `features.csv` with 64 numbers for each. The test part of the world is the table's, the rest is for training.
 */
export async function writeLeaderboard(
  folder: string,
  { models, rows }: { readonly models: number; readonly rows: number },
): Promise<LeaderboardWorld> {
  const families = Math.min(leaderboardParams.families, Math.max(2, models >> 2));
  const world = leaderboardWorld({ ...leaderboardParams, models, items: rows, families }, 1);
  const test = new Set(world.parts.test);
  await written(join(folder, 'scores.csv'), function* () {
    yield `query_id,group,split,${world.models.join(',')}\n`;
    const line = Buffer.alloc(2 * models, ',');
    line[2 * models - 1] = 0x0a;
    for (let i = 0; i < rows; i++) {
      for (let m = 0; m < models; m++) line[2 * m] = 0x30 + world.outcomes[m * rows + i]!;
      yield `q${i},topic ${world.topicOf[i]! + 1},${test.has(i) ? 'test' : 'train'},${line.toString('latin1')}`;
    }
  });
  const { cols, data } = world.features;
  await written(join(folder, 'features.csv'), function* () {
    yield `query_id,${Array.from({ length: cols }, (_, f) => `f${f + 1}`).join(',')}\n`;
    for (let i = 0; i < rows; i++) {
      const own = Array.from(data.subarray(i * cols, (i + 1) * cols), (x) => x.toPrecision(6));
      yield `q${i},${own.join(',')}\n`;
    }
  });
  return world;
}

/** Line by line, as fast as the disk takes them. */
async function written(path: string, lines: () => Generator<string>): Promise<void> {
  const file = createWriteStream(path);
  for (const line of lines()) if (!file.write(line)) await once(file, 'drain');
  file.end();
  await finished(file);
}
