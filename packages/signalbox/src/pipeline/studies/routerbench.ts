import { SignalboxError } from '../../core/errors.ts';
import { takeRows } from '../../core/table.ts';
import { listFiles, openTable } from '../config.ts';
import { ablationsOf } from './ablation.ts';
import { ownSweeps } from './own-sweep.ts';
import { regretOverTime } from './regret.ts';
import type { Study, StudySet } from './study.ts';

export const routerbench: Study = {
  summary:
    'RouterBench (2403.12031): eleven LLMs with cost on ARC-C, MBPP and Winogrande, by 5-fold cross-validation',
  source:
    'https://github.com/shuhao02/RouterDC, folder datasets/routerbench_zs (three of its files): git clone https://github.com/shuhao02/RouterDC && npx signalbox reproduce routerbench --data RouterDC',
  folders: ['routerbench', 'datasets/routerbench_zs', 'routerbench_zs', '.'],
  sets: async (folder, context) => {
    const table = await openTable({
      paths: await trainParts(folder),
      format: 'routerbench',
      options: {},
      context,
    });
    const take = (name: string, groups: readonly string[]): StudySet => {
      const rows = Int32Array.from(table.examples.keys()).filter((i) =>
        groups.includes(table.examples[i]!.group ?? ''),
      );
      return {
        table: { ...takeRows(table, rows), name, ...(groups.length < 3 && { rowsDropped: {} }) },
        references: [],
      };
    };
    return [
      take('pooled', ['arc', 'mbpp', 'winogrande']),
      take('arc', ['arc']),
      take('mbpp', ['mbpp']),
      take('winogrande', ['winogrande']),
      take('arc+winogrande', ['arc', 'winogrande']),
    ];
  },
  // The parts of the pooled table are too few rows to learn from one by one.
  beside: async ({ plan, encoder, fitted, quick }, context) => {
    if (plan.table.name !== 'pooled') return {};
    const bandits = await regretOverTime({ plan, encoder, seeds: quick ? 5 : 20 }, context);
    const sweeps = await ownSweeps({ plan, encoder, ...(quick && { draws: 500 }) }, context);
    const ablated = ['dual-contrastive:cost'];
    const args = { plan, encoder, fitted, router: 'dual-contrastive', ablated, seeds: quick ? 1 : 3 };
    const ablations = await ablationsOf(args, context);
    return { ...(bandits && { bandits }), ...(sweeps && { sweeps }), ...(ablations && { ablations }) };
  },
};

/** The published files that this study uses: the training parts of the three sets. */
async function trainParts(folder: string): Promise<string[]> {
  const files = await listFiles([folder]);
  const wanted = files.filter(({ name }) => /(arc_challenge|mbpp|winogr\w*)_train\.csv$/.test(name));
  if (wanted.length > 0) return wanted.map(({ path }) => path);
  throw new SignalboxError(
    'file',
    'Files named arc_challenge_train.csv, mbpp_train.csv and winograde_train.csv were expected in this folder.',
    { file: folder },
  );
}
