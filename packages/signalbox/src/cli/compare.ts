import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SignalboxError } from '../core/errors.ts';
import { type Results, results } from '../core/results.ts';
import { type Session, writeFileWhole } from './session.ts';
import { renderCompareTerminal } from './terminal/compare.ts';

/** `report --compare A.json B.json`: two runs that were printed with --json, side by side. */
export async function compare(
  files: readonly string[],
  flags: { readonly json?: boolean; readonly html: string | false },
  session: Session,
): Promise<void> {
  const [first, second] = files;
  if (first === undefined || second === undefined || files.length !== 2) {
    throw new SignalboxError(
      'usage',
      `--compare was given ${files.length} of its two files; give A.json B.json, each printed by report --json, and no data.`,
    );
  }
  if (flags.json) {
    throw new SignalboxError(
      'usage',
      '--compare prints no JSON: its two files are the numbers. Leave --json out.',
    );
  }
  const [a, b] = [await readResults(first), await readResults(second)];
  session.out(renderCompareTerminal(a, b, session.face));
  if (flags.html === false) return;
  const { renderComparePage } = await import('./page/compare.ts');
  await writeFileWhole(flags.html, await renderComparePage(a, b));
  session.say(`The page with both runs: ${flags.html}`);
}

/** A file of results; errors name the file and, where the shape is wrong, the field. */
export async function readResults(file: string): Promise<Results> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SignalboxError(
      'file',
      `The results could not be read (${cause.code}); give a file that report --json has printed.`,
      { file, cause },
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SignalboxError('format', 'The file is not JSON; give a file that report --json has printed.', {
      file,
      cause,
    });
  }
  const parsed = results.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${z.core.toDotPath(issue.path)}`;
  throw new SignalboxError(
    'format',
    `The JSON is not of signalbox/results@1${place}: ${issue?.message ?? 'it has another shape'}. Give a file that report --json of this version has printed.`,
    { file },
  );
}
