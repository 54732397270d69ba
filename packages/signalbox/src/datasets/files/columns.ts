import { SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';

/** Places of the columns that a format needs. @throws SignalboxError naming those that are missing */
export function columnsOf<K extends string>(
  header: readonly string[],
  names: readonly K[],
  of: { readonly file: SourceFile; readonly format: string },
): Readonly<Record<K, number>> {
  const missing = names.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new SignalboxError(
      'format',
      `there is no column ${missing.map((name) => `\`${name}\``).join(', ')}: this is not ${of.format}'s CSV. Leave out --format to have the format detected.`,
      { file: of.file.path, line: 1 },
    );
  return Object.fromEntries(names.map((name) => [name, header.indexOf(name)])) as Record<K, number>;
}
