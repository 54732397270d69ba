import type { Dataset } from '../../core/dataset.ts';
import { textOf } from '../../core/query.ts';
import { takeRows } from '../../core/table.ts';
import { listFiles, normalPrompt, readRouteLlm } from '../config.ts';
import { foldingsOf } from './foldings.ts';
import type { Study, StudySet } from './study.ts';

export const routellm: Study = {
  summary: 'RouteLLM (2406.18665): Mixtral-8x7B against GPT-4 on MMLU and GSM8K, by 5-fold cross-validation',
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
  // The default, and what it is held against; the tables without contaminated prompts are nearly the same rows.
  beside: async ({ plan, encoder, fitted, quick }, context) => {
    if (plan.table.name.endsWith('-clean')) return {};
    const args = {
      plan,
      encoder,
      fitted,
      routers: ['task-table', 'residual'],
      foldings: quick ? 2 : 5,
      labels: 1500,
    };
    const foldings = await foldingsOf(args, context);
    return foldings.length > 0 ? { foldings } : {};
  },
};

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
