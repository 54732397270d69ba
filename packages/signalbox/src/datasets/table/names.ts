import { basename, dirname } from 'node:path';
import type { SourceFile } from '../../core/format.ts';
import { stemOf } from '../files/files.ts';

/** The stem of one file, or the folder that several come from. */
export function tableName(files: readonly SourceFile[]): string {
  const [first] = files;
  if (first === undefined) return 'table';
  if (files.length === 1) return stemOf(first.path);
  const depth = first.name.split(/[/\\]/).length;
  let folder = first.path;
  for (let i = 0; i < depth; i++) folder = dirname(folder);
  return basename(folder) || stemOf(first.path);
}
