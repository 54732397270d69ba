import type { Dataset } from '../../core/dataset.ts';
import { textOf } from '../../core/query.ts';
import type { Reference } from '../../core/results.ts';
import { takeRows } from '../../core/table.ts';
import { listFiles, normalPrompt, readRouteLlm } from '../config.ts';
import { foldingsOf } from './foldings.ts';
import type { Study, StudySet } from './study.ts';

/**
 * What RouteLLM's best router saves, as the paper tells it: how many times fewer calls of GPT-4 than by calling it at
 * random win 50 and 80 % of its lead. Which router, and what it was trained on, by the paper's announcement (lmsys.org,
 * July 2024), which names both for MMLU only.
 */
const published: Readonly<Record<string, { fewer50: number; fewer80: number; trainedOn: string }>> = {
  mmlu: {
    fewer50: 1.41,
    fewer80: 1.14,
    trainedOn:
      'a fine-tuned causal LLM, trained on Chatbot Arena battles and 1,500 labelled questions of the MMLU validation split',
  },
  gsm8k: {
    fewer50: 1.49,
    fewer80: 1.27,
    trainedOn: 'which of its routers, and what it was trained on, the sources at hand do not say',
  },
};

function referencesOf(name: string): Reference[] {
  const figures = published[name];
  if (figures === undefined) return [];
  const { fewer50, fewer80, trainedOn } = figures;
  const line = (measure: 'cpt50' | 'cpt80', atRandom: number, fewer: number): Reference => ({
    system: 'RouteLLM, its best',
    measure,
    value: atRandom / fewer,
    source: `RouteLLM (2406.18665): ${fewer50} and ${fewer80} times fewer strong calls than at random for 50 and 80 % of the lead; ${trainedOn}`,
  });
  return [line('cpt50', 0.5, fewer50), line('cpt80', 0.8, fewer80)];
}

/** What the announcement says without a figure. */
const arenaAlone =
  "RouteLLM's own routers, trained on Chatbot Arena battles alone, are near random on MMLU by the paper's announcement: an APGR of about .5. Ours are trained on this table's rows, four fifths of them or 1,500.";

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
        if (clean) sets.push({ table: without(named, contaminated[name]), references: [] });
        else
          sets.push({
            table: { ...named, notes: [...named.notes, ...(name === 'mmlu' ? [arenaAlone] : [])] },
            references: referencesOf(name),
          });
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
