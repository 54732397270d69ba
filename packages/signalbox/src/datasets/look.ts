import type { SourceFile } from '../core/format.ts';
import { headText } from './files/files.ts';
import { isPickle, textsAtStart } from './pickle/look.ts';
import { isNpy } from './pickle/npy.ts';

/** What the beginning of a file looks like, in words, for errors. */
export function described(file: SourceFile): string {
  const text = headText(file);
  const start = text.trimStart();
  if (text.startsWith('PAR1')) return 'it is a Parquet file';
  if (text.startsWith('PK\u0003\u0004')) return 'it is a ZIP file';
  if (isPickle(file.head)) return `it is a pickle${withNames(textsAtStart(file.head))}`;
  if (isNpy(file.head)) return 'it is an array of NumPy';
  if (text.includes('\u0000')) return 'it is a binary file';
  if (start === '') return 'it holds nothing but white space';
  if (start.startsWith('[')) return `it is a JSON array${withKeys(start)}`;
  if (start.startsWith('{')) return `it is JSON${withKeys(start)}`;
  const header = start.split(/\r?\n/, 1)[0]!;
  if (header.includes(',')) return `its first line is \`${shortened(header)}\``;
  return `it begins with \`${shortened(header)}\``;
}

/** The keys of the first object, as far as they can be seen without parsing it all. */
function withKeys(start: string): string {
  const keys = [...start.slice(0, 4000).matchAll(/"((?:[^"\\]|\\.){1,40})"\s*:/g)].map(([, key]) => key!);
  return withNames(keys);
}

function withNames(names: readonly string[]): string {
  const first = [...new Set(names)].slice(0, 6);
  return first.length === 0 ? '' : ` with keys ${first.join(', ')}`;
}

function shortened(line: string): string {
  return line.length > 120 ? `${line.slice(0, 120)}...` : line;
}
