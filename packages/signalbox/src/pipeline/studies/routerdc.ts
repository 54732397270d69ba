import type { Reference } from '../../core/results.ts';
import { takeRows } from '../../core/table.ts';
import { openTable } from '../config.ts';
import { ablationsOf } from './ablation.ts';
import type { Study } from './study.ts';

const idGroups = new Set(['mmlu', 'gsm8k', 'cmmlu', 'arc_challenge', 'humaneval']);
const routerDcSource = 'RouterDC, 2409.19886, as published';
const published = { mmlu: 0.6107, gsm8k: 0.7032, cmmlu: 0.5177, arc_challenge: 0.5852, humaneval: 0.5102 };

export const routerdc: Study = {
  summary: 'RouterDC (2409.19886): seven open LLMs on five tasks, given train and test parts',
  source:
    'https://github.com/shuhao02/RouterDC, folder datasets/split2_model7: git clone https://github.com/shuhao02/RouterDC && npx signalbox reproduce routerdc --data RouterDC',
  folders: ['routerdc', 'datasets/split2_model7', 'split2_model7', '.'],
  sets: async (folder, context) => {
    const table = await openTable({ paths: [folder], format: 'routerdc', options: {}, context });
    const rows = Int32Array.from(table.examples.keys()).filter((i) =>
      idGroups.has(table.examples[i]!.group ?? ''),
    );
    const groups = Object.entries(published).map(
      ([group, value]): Reference => ({
        system: 'RouterDC',
        measure: 'quality',
        group,
        value,
        source: routerDcSource,
      }),
    );
    return [
      {
        table: { ...takeRows(table, rows), name: 'routerdc' },
        references: [
          { system: 'RouterDC', measure: 'macro', value: 0.5854, source: routerDcSource },
          ...groups,
        ],
      },
    ];
  },
  // What the paper's own router is made of, where it is among those compared: a seed moves it by more than a part is worth.
  beside: async ({ plan, encoder, fitted, quick }, context) => {
    const ablated = ['cosine', 'no-sample-loss', 'random-clusters'].map((word) => `dual-contrastive:${word}`);
    const args = { plan, encoder, fitted, router: 'dual-contrastive', ablated, seeds: quick ? 1 : 10 };
    const ablations = await ablationsOf(args, context);
    return ablations ? { ablations } : {};
  },
};
