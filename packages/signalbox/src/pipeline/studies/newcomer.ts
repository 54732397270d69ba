import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { openTable } from '../config.ts';
import { mmlupro } from './mmlupro.ts';
import { evaluateNewcomers } from './newcomer-evaluate.ts';
import { routerbench } from './routerbench.ts';
import { routerdc } from './routerdc.ts';
import type { Study } from './study.ts';

/** Where each set's records may lie below the folder, first match first, and how they are read. */
const sources: Readonly<
  Record<
    string,
    { readonly folders: readonly string[]; read(path: string, context: Context): Promise<Dataset> }
  >
> = {
  routerdc: {
    folders: ['routerdc', 'datasets/split2_model7', 'split2_model7'],
    read: async (path, context) => (await routerdc.sets(path, context))[0]!.table,
  },
  routerbench: {
    folders: ['routerbench', 'datasets/routerbench_zs', 'routerbench_zs'],
    read: async (path, context) => (await routerbench.sets(path, context))[0]!.table,
  },
  llmrouter: {
    folders: [
      'llmrouter/train.json',
      'data/dcrouter_preprocessed/train.json',
      'dcrouter_preprocessed/train.json',
    ],
    // The published test part overlaps it by about a quarter.
    read: (path, context) => openTable({ paths: [path], format: 'routerdc', options: {}, context }),
  },
  mmlupro: {
    folders: ['mmlupro', 'eval_results', 'half.csv'],
    read: async (path, context) =>
      path.endsWith('.csv')
        ? openTable({ paths: [path], options: {}, context })
        : (await mmlupro.sets(path, context))[0]!.table,
  },
};

/** A model joins a trained router from some of its answers: each model of a set is left out in turn. */
export const newcomer: Study = {
  summary:
    'a model joins without a new training: each is left out in turn and admitted after 25 to 400 answers',
  source:
    'https://github.com/shuhao02/RouterDC, https://github.com/ulab-uiuc/LLMRouter and https://github.com/TIGER-AI-Lab/MMLU-Pro: git clone https://github.com/shuhao02/RouterDC && git clone https://github.com/ulab-uiuc/LLMRouter && mkdir records && cp -r RouterDC/datasets/split2_model7 records/routerdc && cp -r RouterDC/datasets/routerbench_zs records/routerbench && cp -r LLMRouter/data/dcrouter_preprocessed records/ && git clone https://github.com/TIGER-AI-Lab/MMLU-Pro && cp -r MMLU-Pro/eval_results records/ && npx signalbox reproduce newcomer --data records',
  folders: ['.'],
  sets: async (folder, context) => {
    const sets = [];
    const absent: string[] = [];
    for (const [name, { folders, read }] of Object.entries(sources)) {
      const path = folders.map((below) => join(folder, below)).find(existsSync);
      if (path === undefined) absent.push(`${name} (${folders.join(' or ')})`);
      else sets.push({ table: { ...(await read(path, context)), name }, references: [] });
    }
    if (sets.length === 0)
      throw new SignalboxError(
        'file',
        `None of the records were found: ${absent.join(', ')} were expected in it. They are published at ${newcomer.source}`,
        { file: folder },
      );
    if (absent.length > 0)
      context.warn(`Left out, as their records are not in ${folder}: ${absent.join(', ')}.`);
    return sets;
  },
  evaluate: evaluateNewcomers,
};
