import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Encoder } from '../../core/encoder.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { Reference } from '../../core/results.ts';
import type { Evaluated } from '../evaluate.ts';
import type { Judged } from '../judged.ts';

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
  /** Where the study compares in a way of its own; else every set is compared as a report does. */
  evaluate?(args: StudyArgs, context: Context): Promise<Evaluated & { readonly judged: readonly Judged[] }>;
}

export interface StudyArgs {
  readonly table: Dataset;
  readonly encoder: Encoder;
  /** Fewer fits and draws, for a first look. */
  readonly quick: boolean;
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
