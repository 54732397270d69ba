import { join } from 'node:path';
import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { Reference } from '../../core/results.ts';
import { takeRows } from '../../core/table.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { evaluateLessons } from './lessons-evaluate.ts';
import { routellm } from './routellm.ts';
import { routerbench } from './routerbench.ts';
import { routerdc } from './routerdc.ts';
import type { Study, StudySet } from './study.ts';
import { studyFolder } from './study.ts';

const source = 'Lessons Learned (2405.00467), as published: its own pool, rows and ten samples';

/** The paper's own table, for the two benchmarks that it has; its policies are scored as released. */
const published: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'routerdc-gsm8k': {
    random: 0.5538,
    'best-single-hindsight': 0.7111,
    'multi-label-bound': 0.7968,
    oracle: 0.8719,
    'multi-label+argmax': 0.6763,
    'multi-label+random-capable': 0.6748,
    'multi-label+prediction': 0.677,
    'multi-label+sorted-prediction': 0.5959,
  },
  'routerdc-mmlu': {
    random: 0.5256,
    'best-single-hindsight': 0.6386,
    'multi-label-bound': 0.7418,
    oracle: 0.8915,
    'multi-label+argmax': 0.6229,
    'multi-label+random-capable': 0.5824,
    'multi-label+prediction': 0.6386,
    'multi-label+sorted-prediction': 0.4837,
  },
};

/**
 * "Lessons Learned from LLM Routing" (2405.00467) on recorded outcomes: can each query go to its single most
 * suitable LLM? The paper's own per-query records are not public; the nearest are RouterDC's rows.
 */
export const lessons: Study = {
  summary: 'Lessons Learned (2405.00467): can each query go to its single most suitable LLM? Seven scenarios',
  source:
    'https://github.com/shuhao02/RouterDC and https://github.com/lm-sys/RouteLLM: git clone https://github.com/shuhao02/RouterDC && git clone https://github.com/lm-sys/RouteLLM && mkdir records && cp -r RouterDC/datasets/split2_model7 records/routerdc && cp -r RouterDC/datasets/routerbench_zs records/routerbench && cp -r RouteLLM/routellm/evals records/routellm && npx signalbox reproduce lessons --data records',
  folders: ['.'],
  sets: async (folder, context) => {
    const sets: StudySet[] = [];
    const [dc] = await routerdc.sets(studyFolder(routerdc, folder), context);
    sets.push(set(majority(group(dc!.table, 'gsm8k')), 'routerdc-gsm8k'));
    sets.push(set({ ...without(group(dc!.table, 'mmlu'), 'rawScore') }, 'routerdc-mmlu'));
    const llm = await routellm.sets(studyFolder(routellm, folder), context);
    for (const name of ['gsm8k', 'mmlu']) sets.push(set(tableOf(llm, name), `routellm-${name}`));
    const bench = await routerbench.sets(studyFolder(routerbench, folder), context);
    for (const name of ['arc', 'mbpp', 'winogrande'])
      sets.push(set(tableOf(bench, name), `routerbench-${name}`));
    return sets;
  },
  evaluate: evaluateLessons,
};

function set(table: Dataset, name: string): StudySet {
  const references = Object.entries(published[name] ?? {}).map(
    ([system, value]): Reference => ({ system, measure: 'quality', value, source }),
  );
  return { table: { ...table, name, primary: 'quality' }, references };
}

function tableOf(sets: readonly StudySet[], name: string): Dataset {
  const found = sets.find(({ table }) => table.name === name);
  if (found === undefined)
    throw new SignalboxError(
      'file',
      `The records of ${name} were expected in this folder and are not there.`,
    );
  return found.table;
}

function group(table: Dataset, name: string): Dataset {
  const rows = Int32Array.from(table.examples.keys()).filter((i) => table.examples[i]!.group === name);
  if (rows.length > 0) return takeRows(table, rows);
  const file = Object.keys(table.digests)[0];
  throw new SignalboxError(
    'file',
    `No row of the task ${name} was found; its training and test files were expected here.`,
    file === undefined ? {} : { file: join(file, '..') },
  );
}

/** Means of several samples become majority labels: right where more than half of the samples are. The fraction is kept as the raw score. */
export function majority(table: Dataset): Dataset {
  const fraction = table.quality;
  const { samples: _, ...rest } = table;
  return {
    ...rest,
    quality: mapped(fraction, (y) => (Number.isNaN(y) ? y : y > 0.5 ? 1 : 0)),
    rawScore: fraction,
    k: mapped(table.k, (k) => Math.min(k, 1)),
    scoreKind: 'binary',
    notes: [
      ...table.notes,
      'Quality is the majority label: 1 where more than half of ten samples are right (stricter than the paper, whose modal answer may be right with fewer); the fraction is beside it as raw.',
    ],
  };
}

function mapped(m: Matrix, of: (value: number) => number): Matrix {
  const out = matrix(m.rows, m.cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = of(m.data[i]!);
  return out;
}

function without(table: Dataset, field: 'rawScore'): Dataset {
  const { [field]: _, ...rest } = table;
  return rest;
}
