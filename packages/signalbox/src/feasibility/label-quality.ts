import type { Dataset, Status } from '../core/dataset.ts';
import type { ModelId } from '../core/model.ts';
import type { Flag } from '../core/results.ts';
import { primaryMeans } from '../core/table.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { answerCounts, constantAnswers, type Guessing, guessingFloor } from './answer-patterns.ts';
import { lengthBias } from './length-bias.ts';

/** Whether the labels can be believed, as far as the table itself tells. */
export interface LabelQuality {
  /** Cells of each model by status; null where none is recorded, as the two below. */
  readonly statuses: Readonly<Record<ModelId, Partial<Record<Status, number>>>> | null;
  /** Mean quality, by the table's primary average, with everything but `ok` as wrong. */
  readonly asWrong: Readonly<Record<ModelId, number>> | null;
  /** And with it left out; a model without any `ok` is absent. */
  readonly leftOut: Readonly<Record<ModelId, number>> | null;
  /** What guessing alone would give, where answers are one of few options. */
  readonly guessing: Guessing | null;
}

/** Of the compared rows. Flags: models with one answer for all, models that may win by length, chance in multiple choice. */
export function labelQuality(table: Dataset): { labelQuality: LabelQuality; flags: Flag[] } {
  const counts = answerCounts(table);
  const guessing = guessingFloor(counts);
  const flags = [...constantAnswers(table, counts), ...lengthBias(table), ...guessingFlag(table, guessing)];
  if (table.completion === undefined) {
    return { labelQuality: { statuses: null, asWrong: null, leftOut: null, guessing }, flags };
  }
  const { statuses, asWrong, leftOut } = byStatus(table, table.completion);
  return {
    labelQuality: {
      statuses: record(table, statuses),
      asWrong: means(table, asWrong),
      leftOut: means(table, leftOut),
      guessing,
    },
    flags,
  };
}

type StatusCounts = Partial<Record<Status, number>>;

function byStatus(
  { quality }: Dataset,
  completion: NonNullable<Dataset['completion']>,
): { statuses: StatusCounts[]; asWrong: Matrix; leftOut: Matrix } {
  const { rows, cols, data } = quality;
  const statuses = Array.from({ length: cols }, (): StatusCounts => ({}));
  const [asWrong, leftOut] = [matrix(rows, cols), matrix(rows, cols)];
  for (let cell = 0; cell < data.length; cell++) {
    const status = completion(Math.floor(cell / cols), cell % cols)?.status;
    const failed = status !== undefined && status !== 'ok';
    asWrong.data[cell] = failed ? 0 : data[cell]!;
    leftOut.data[cell] = failed ? Number.NaN : data[cell]!;
    if (status === undefined) continue;
    const counts = statuses[cell % cols]!;
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return { statuses, asWrong, leftOut };
}

function record<T>({ models }: Dataset, values: ArrayLike<T>): Record<ModelId, T> {
  return Object.fromEntries(models.map(({ id }, m) => [id, values[m]!]));
}

function means(table: Dataset, quality: Matrix): Record<ModelId, number> {
  const all = record(table, primaryMeans({ ...table, quality }));
  return Object.fromEntries(Object.entries(all).filter(([, mean]) => !Number.isNaN(mean)));
}

function guessingFlag({ models }: Dataset, guessing: Guessing | null): Flag[] {
  if (guessing === null) return [];
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  return [
    {
      code: 'guessing-floor',
      models: [],
      groups: [],
      message:
        `Answers are one of ${guessing.options} options: guessing is right on ${percent(guessing.single)} of ` +
        `queries, and at least one of ${models.length} guessing models on ${percent(guessing.oracle)}. An oracle ` +
        `that takes the best of single answers counts this luck. Ask again with the options shuffled, or judge ` +
        `by the split-half ceiling.`,
    },
  ];
}
