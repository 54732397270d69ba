import type { Dataset } from '../../core/dataset.ts';
import { textOf } from '../../core/query.ts';
import type { Reference } from '../../core/results.ts';
import { takeRows } from '../../core/table.ts';
import { listFiles, normalPrompt, readRouteLlm } from '../config.ts';
import { foldingsOf } from './foldings.ts';
import type { Study, StudySet } from './study.ts';

/**
 * APGR as the paper's tables are remembered for MMLU and GSM8K, on the same two models' answers; not checked against them yet. By ten thresholds where ours is
 * by every share of calls, and by routers that were fine-tuned elsewhere: what they were trained on says more than what they are.
 */
const trainedOn = {
  arena: 'Chatbot Arena battles alone',
  gold: 'Chatbot Arena battles and 1,500 labelled MMLU questions',
  judge: 'Chatbot Arena battles and pairs that GPT-4 judged',
} as const;
const published: Readonly<
  Record<string, readonly [keyof typeof trainedOn, Readonly<Record<string, number>>][]>
> = {
  mmlu: [
    [
      'arena',
      { BERT: 0.502, 'causal LLM': 0.499, 'matrix factorisation': 0.524, 'similarity-weighted': 0.483 },
    ],
    ['gold', { BERT: 0.572, 'causal LLM': 0.6, 'matrix factorisation': 0.597, 'similarity-weighted': 0.603 }],
  ],
  gsm8k: [
    [
      'judge',
      { BERT: 0.531, 'causal LLM': 0.622, 'matrix factorisation': 0.565, 'similarity-weighted': 0.568 },
    ],
  ],
};

const referencesOf = (name: string): Reference[] =>
  (published[name] ?? []).flatMap(([data, figures]) =>
    Object.entries(figures).map(
      ([system, value]): Reference => ({
        system: `RouteLLM ${system}`,
        measure: 'apgr',
        value,
        source: `RouteLLM, 2406.18665, trained on ${trainedOn[data]}; not checked against the paper`,
      }),
    ),
  );

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
        sets.push(
          clean
            ? { table: without(named, contaminated[name]), references: [] }
            : { table: named, references: referencesOf(name) },
        );
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
