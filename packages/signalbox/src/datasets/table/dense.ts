import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { Example } from '../../core/query.ts';
import type { Matrix } from '../../math/matrix.ts';
import { type About, poolNotes, roles } from './build.ts';
import { narrowed } from './narrow-cells.ts';

/** A table whose scores come as a matrix; nothing is made for a cell. */
export interface Dense {
  readonly examples: readonly Example[];
  readonly models: readonly string[];
  /** Examples x models, in [0, 1]; NaN = not observed. */
  readonly quality: Matrix;
  readonly notes: readonly string[];
  readonly more?: Partial<Pick<Dataset, 'rawScore' | 'cost' | 'tokensIn' | 'tokensOut' | 'rowsDropped'>>;
}

/** @throws SignalboxError where there are no rows or models, or a score is outside [0, 1] */
export function denseTable({ examples, models, quality, notes, more }: Dense, about: About): Dataset {
  const { file, format, name } = about;
  if (examples.length === 0) throw new SignalboxError('table', 'there are no rows in it.', { file });
  if (models.length === 0) throw new SignalboxError('table', 'there are no models in it.', { file });
  const { rows, cols, data } = quality;
  const k = { rows, cols, data: new Uint8Array(data.length) };
  let binary = true;
  for (let cell = 0; cell < data.length; cell++) {
    const score = data[cell]!;
    if (Number.isNaN(score)) continue;
    if (score < 0 || score > 1)
      throw new SignalboxError(
        'row',
        `the score of ${models[cell % cols]} on ${examples[Math.floor(cell / cols)]?.id} is ${score}; a number in [0, 1] was expected.`,
        { file },
      );
    k.data[cell] = 1;
    if (score !== 0 && score !== 1) binary = false;
  }
  return {
    name,
    format,
    examples,
    models: models.map((id) => ({ id, price: 'unknown' as const })),
    quality: narrowed(quality),
    k,
    scoreKind: binary ? 'binary' : 'graded',
    ...roles(about, models),
    rowsDropped: {},
    digests: {},
    ...more,
    notes: [...notes, ...poolNotes(quality, models)],
  };
}

/** Names in their order, a repeated one as `name#2` and so on, and how many were. */
export function distinctNames(names: readonly string[]): {
  readonly names: string[];
  readonly repeated: number;
} {
  const counts = new Map<string, number>();
  let repeated = 0;
  const distinct = names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count === 1) return name;
    repeated++;
    return `${name}#${count}`;
  });
  return { names: distinct, repeated };
}
