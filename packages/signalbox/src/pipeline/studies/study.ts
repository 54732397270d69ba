import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Encoder } from '../../core/encoder.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { Reference, ResultSet } from '../../core/results.ts';
import { takeRows } from '../../core/table.ts';
import type { VoteBudget } from '../../metrics/confident-subset.ts';
import type { Evaluated } from '../evaluate.ts';
import type { Judged } from '../judged.ts';
import { hasSplit } from '../protocol.ts';

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
  /** True where recorded answers are put to the vote, within a budget. */
  readonly votes?: boolean;
  /** Where the study compares in a way of its own; else every set is compared as a report does. */
  evaluate?(args: StudyArgs, context: Context): Promise<Evaluated & { readonly judged: readonly Judged[] }>;
  /** Where the study compares pools of models, not tables: all its sets at once. `folder` absent = generated records. */
  run?(
    args: { readonly folder?: string; readonly encoder: Encoder; readonly quick: boolean },
    context: Context,
  ): Promise<ResultSet[]>;
  /** What a study that compares as a report does has to tell besides. */
  beside?(
    of: Pick<Evaluated, 'plan' | 'encoder' | 'fitted'> & { readonly quick: boolean },
    context: Context,
  ): Promise<Partial<ResultSet>>;
}

export interface StudyArgs {
  readonly table: Dataset;
  readonly encoder: Encoder;
  /** Fewer fits and draws, for a first look. */
  readonly quick: boolean;
  /** Routers to compare, with commas, where the study does not name its own. */
  readonly routers?: string;
  /** What routers are judged under, where the study does not name policies. */
  readonly policy?: Judged;
  /** Of a study that puts answers to the vote: what a query may take. */
  readonly budget?: Partial<VoteBudget>;
}

/** Rows of a first look, where folds are made of them. */
const quickRows = 1500;

/** Every n-th row of a large table without a split, so that each group keeps its share. */
export function thinned(table: Dataset): Dataset {
  const rows = Int32Array.from(table.examples.keys());
  const step = Math.ceil(rows.length / quickRows);
  if (step === 1 || hasSplit(table)) return table;
  const kept = rows.filter((i) => i % step === 0);
  const note = `A first look (--quick): ${kept.length} of ${rows.length} rows, every ${step}th.`;
  return { ...takeRows(table, kept), notes: [...table.notes, note] };
}

/** The folder that holds a study's records. @throws SignalboxError saying where they are published */
export function studyFolder(study: Study, data: string | undefined): string {
  for (const below of data === undefined ? [] : study.folders) {
    const folder = join(data!, below);
    if (existsSync(folder)) return folder;
  }
  const given = data === undefined ? 'No folder was given with --data.' : `There is no such folder: ${data}.`;
  throw new SignalboxError('file', `${given} The records are published at ${study.source}`);
}
