import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { replay } from '../../metrics/panel-vote.ts';
import { makeContext } from '../context.ts';
import { plan } from '../protocol.ts';
import { lettersOf } from '../recorded-votes.ts';
import { mmlupro } from './mmlupro.ts';
import { joined, type VotePart, voteWork } from './vote-parts.ts';

const folder = join(
  resolve(process.env['SIGNALBOX_DATA'] ?? join(import.meta.dirname, '../../../../../../shared/data')),
  'mmlupro',
);
const skip = existsSync(join(folder, 'half.csv'))
  ? false
  : 'needs the outcome tables: mmlupro is not in the folder that SIGNALBOX_DATA names';

test('on the recorded half of MMLU-Pro votes come to their known values, and early stop spares calls', {
  skip,
}, async () => {
  const [set] = await mmlupro.sets(folder, makeContext({ seed: 0 }));
  const planned = plan(set!.table, { seed: 0 });
  const work = voteWork(planned, lettersOf(planned)!, { calls: 4 });
  assert.equal(work.options, 10);
  const voted = (most: number, weighted: boolean) => {
    const panel = ({ rank, weights }: VotePart) => {
      const members = [...rank.keys()].sort((a, b) => rank[a]! - rank[b]!).slice(0, most);
      return { members, weights: members.map((m) => (weighted ? weights[m]! : 1)) };
    };
    const replays = work.parts.map((part) => {
      const own = panel(part);
      return replay(part.ballots, { panel: () => own, rank: part.rank });
    });
    const { quality, needed } = joined(work, replays);
    const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    return [(100 * mean(quality)).toFixed(2), mean(needed).toFixed(2)];
  };
  assert.deepEqual(voted(1, false), ['63.89', '1.00']);
  assert.deepEqual(voted(14, false), ['56.21', '10.88']);
  assert.deepEqual(voted(14, true), ['58.48', '9.47']);
  assert.deepEqual(voted(4, true), ['64.90', '2.78']);
});
