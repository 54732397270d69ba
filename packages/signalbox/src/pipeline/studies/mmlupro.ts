import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { openTable } from '../config.ts';
import { evaluateVotes } from './mmlupro-evaluate.ts';
import type { Study } from './study.ts';

/** As their published files call them. */
const pool = [
  'gemini-1.5-flash-002',
  'Meta-Llama-3_1-70B',
  'jamba-1.5-large',
  'Qwen1.5-72B-Chat',
  'Yi-34B',
  'Mixtral-8x7B-Instruct-v0.1',
  'Mixtral-8x7B-v0.1',
  'Meta-Llama-3_1-8B',
  'Meta-Llama-3-8B',
  'Mistral-7B-v0.1',
  'Mistral-7B-Instruct-v0.2',
  'Qwen1.5-7B-Chat',
  'Mistral-7B-Instruct-v0.1',
  'Llama-2-7b-hf',
];

/**
 * SelectLLM (2408.08545) on MMLU-Pro: whom to ask, and what the vote of several is worth. The paper's samples are not
 * public. Departures: fourteen LLMs with one recorded answer each stand for six or seven with ten; there is no split,
 * so all is cross-fitted in five folds, and the number of LLMs to ask is chosen on training rows; beside the paper's
 * three rules stands log-odds weighting, and beside them every fixed subset, which the paper leaves out.
 */
export const mmlupro: Study = {
  summary: 'SelectLLM (2408.08545) on MMLU-Pro: fourteen LLMs, their answers put to the vote, by 5 folds',
  source:
    'https://github.com/TIGER-AI-Lab/MMLU-Pro, folder eval_results: git clone https://github.com/TIGER-AI-Lab/MMLU-Pro && npx signalbox reproduce mmlupro --data MMLU-Pro',
  folders: ['mmlupro', 'eval_results', '.'],
  sets: async (folder, context) => [
    { table: { ...(await recorded(folder, context)), name: 'mmlupro' }, references: [] },
  ],
  votes: true,
  evaluate: evaluateVotes,
};

/** half.csv in the canonical wide form where it is there, else the published ZIP files of the pool. */
async function recorded(folder: string, context: Context): Promise<Dataset> {
  const half = join(folder, 'half.csv');
  if (existsSync(half)) return openTable({ paths: [half], options: {}, context });
  const there = new Set(await readdir(folder));
  const files = pool.map((model) => `model_outputs_${model}_5shots.zip`);
  const absent = files.filter((file) => !there.has(file));
  if (absent.length > 0) {
    const none = absent.length === files.length;
    throw new SignalboxError(
      'file',
      none
        ? `The files model_outputs_<model>_5shots.zip of MMLU-Pro, or a half.csv in the canonical wide form, were expected in this folder. They are published at ${mmlupro.source}`
        : `Of the files of MMLU-Pro that this study reads, these are not in the folder: ${absent.join(', ')}. Bring them from https://github.com/TIGER-AI-Lab/MMLU-Pro, folder eval_results.`,
      { file: folder },
    );
  }
  const paths = files.map((file) => join(folder, file));
  return openTable({ paths, format: 'mmlu-pro', options: {}, context });
}
