import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { textOf } from '../core/query.ts';
import type { Reference } from '../core/results.ts';
import { takeRows } from '../core/table.ts';
import { listFiles, normalPrompt, openTable, readRouteLlm } from './config.ts';

/** One set of a study: a table and the published figures that belong beside ours. */
export interface StudySet {
  readonly table: Dataset;
  readonly references: readonly Reference[];
}

/** A study of the literature that one command repeats on its published records. */
export interface Study {
  readonly summary: string;
  /** Where its records are published, and the command that brings them. */
  readonly source: string;
  /** Folders below `--data` in which the records may lie, first match first. */
  readonly folders: readonly string[];
  sets(folder: string, context: Context): Promise<StudySet[]>;
}

const idGroups = new Set(['mmlu', 'gsm8k', 'cmmlu', 'arc_challenge', 'humaneval']);
const routerDcSource = 'RouterDC, 2409.19886, as published';
const published = { mmlu: 0.6107, gsm8k: 0.7032, cmmlu: 0.5177, arc_challenge: 0.5852, humaneval: 0.5102 };

export const studies: Readonly<Record<string, Study>> = {
  routerdc: {
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
  },
  routellm: {
    summary:
      'RouteLLM (2406.18665): Mixtral-8x7B against GPT-4 on MMLU and GSM8K, by 5-fold cross-validation',
    source:
      'https://github.com/lm-sys/RouteLLM, folder routellm/evals: git clone https://github.com/lm-sys/RouteLLM && npx signalbox reproduce routellm --data RouteLLM',
    folders: ['routellm', 'routellm/evals', 'evals', '.'],
    sets: async (folder, context) => {
      const { mmlu, gsm8k, contaminated } = await readRouteLlm(await listFiles([folder]), {}, context);
      const tables = { mmlu, gsm8k };
      const sets: StudySet[] = [];
      for (const clean of [false, true]) {
        for (const name of ['mmlu', 'gsm8k'] as const) {
          const table = tables[name];
          if (table === undefined) continue;
          const named = { ...table, name: clean ? `${name}-clean` : name };
          sets.push({ table: clean ? without(named, contaminated[name]) : named, references: [] });
        }
      }
      return sets;
    },
  },
  routerbench: {
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
  },
};

/** The folder that holds a study's records. @throws SignalboxError saying where they are published */
export function studyFolder(study: Study, data: string | undefined): string {
  for (const below of data === undefined ? [] : study.folders) {
    const folder = join(data!, below);
    if (existsSync(folder)) return folder;
  }
  const given = data === undefined ? 'No folder was given with --data.' : `There is no such folder: ${data}.`;
  throw new SignalboxError('file', `${given} The records are published at ${study.source}`);
}

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

function without(table: Dataset, prompts: ReadonlySet<string>): Dataset {
  const rows = Int32Array.from(table.examples.keys()).filter(
    (i) => !prompts.has(normalPrompt(textOf(table.examples[i]!))),
  );
  const dropped = table.examples.length - rows.length;
  return {
    ...takeRows(table, rows),
    rowsDropped: { ...table.rowsDropped, ...(dropped > 0 && { contaminated: dropped }) },
  };
}
