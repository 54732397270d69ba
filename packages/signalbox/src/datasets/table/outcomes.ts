import type { Call, Dataset, Recorded } from '../../core/dataset.ts';
import type { Matrix } from '../../math/matrix.ts';
import { type Calls, type Cells, listOf, type Size } from './calls.ts';
import type { Growing } from './growing.ts';
import { type NarrowCells, narrowCells } from './narrow-cells.ts';

/** Repeats of one cell that are kept one by one; the mean takes all of them. */
export const keptRepeats = 32;

/** Means over the calls of each cell. */
export function outcomes(calls: Calls, { first, next }: Cells, { rows, cols }: Size) {
  const quality = narrowCells(first.length);
  const k = narrowCells(first.length);
  const means = [...calls.fields].map(([name, field]) => ({ name, field, out: narrowCells(first.length) }));
  for (let cell = 0; cell < first.length; cell++) {
    let sum = 0;
    let weight = 0;
    for (let call = first[cell]!; call !== -1; call = next[call]!) {
      const score = calls.score.at(call);
      if (Number.isNaN(score)) continue;
      sum += score * calls.k.at(call);
      weight += calls.k.at(call);
    }
    // A single call keeps its score to the last bit.
    const only = first[cell]! !== -1 && next[first[cell]!] === -1;
    const mean = weight === 0 ? Number.NaN : only ? calls.score.at(first[cell]!) : sum / weight;
    quality.set(cell, mean);
    k.set(cell, weight);
    for (const { name, field, out } of means) {
      const value = runningMean(field, first[cell]!, next);
      out.set(cell, name === 'rawScore' && Number.isNaN(value) ? mean : value);
    }
  }
  const finished = ({ finish }: NarrowCells): Matrix => ({ rows, cols, data: finish() });
  return {
    quality: finished(quality),
    k: finished(k),
    ...Object.fromEntries(means.map(({ name, out }) => [name, finished(out)])),
  };
}

/** Moves by (x - mean) / n, so that equal numbers have exactly themselves as mean. */
function runningMean(field: Growing, start: number, next: Int32Array): number {
  let mean = Number.NaN;
  let n = 0;
  for (let call = start; call !== -1; call = next[call]!) {
    const value = field.at(call);
    if (Number.isNaN(value)) continue;
    n++;
    mean = n === 1 ? value : mean + (value - mean) / n;
  }
  return mean;
}

/** Single repeats by rank, where any cell has several and each of its scores is one sample. */
export function sampleMatrices(calls: Calls, cells: Cells, { rows, cols }: Size) {
  const repeats = (cell: number): number[] => {
    const list = listOf(cells, cell).filter((call) => !Number.isNaN(calls.score.at(call)));
    return list.every((call) => calls.k.at(call) === 1) ? list : [];
  };
  let most = 0;
  let cut = 0;
  for (let cell = 0; cell < cells.first.length; cell++) {
    const call = cells.first[cell]!;
    if (call === -1 || cells.next[call] === -1) continue;
    const { length } = repeats(cell);
    most = Math.max(most, length);
    if (length > keptRepeats) cut++;
  }
  if (most < 2) return { cut: 0 };
  const kept = Array.from({ length: Math.min(most, keptRepeats) }, () => narrowCells(cells.first.length));
  for (let cell = 0; cell < cells.first.length; cell++) {
    const list = repeats(cell);
    for (const [s, sample] of kept.entries())
      sample.set(cell, list[s] === undefined ? Number.NaN : calls.score.at(list[s]));
  }
  return { samples: kept.map(({ finish }): Matrix => ({ rows, cols, data: finish() })), cut };
}

/** The first answer of a cell and the first status. */
export function completions(calls: Calls, cells: Cells, size: Size): Dataset['completion'] | undefined {
  const { answers, statusOf } = calls;
  if (answers.size === 0 && !calls.hasStatus) return undefined;
  return (example, model): Recorded | undefined => {
    if (example < 0 || example >= size.rows || model < 0 || model >= size.cols) return undefined;
    const list = listOf(cells, example * size.cols + model);
    const answered = list.find((call) => answers.has(call));
    const known = list.find((call) => statusOf(call) !== undefined);
    if (answered === undefined && known === undefined) return undefined;
    const answer = answered === undefined ? undefined : answers.get(answered);
    return {
      ...(answer !== undefined && { answer }),
      status: (known === undefined ? undefined : statusOf(known)) ?? 'ok',
    };
  };
}

/** Every call of a cell that has several, as it was recorded, none of other cells; undefined where no cell has. */
export function recordedCalls(calls: Calls, cells: Cells, size: Size): Dataset['calls'] | undefined {
  if (!cells.first.some((call) => call !== -1 && cells.next[call] !== -1)) return undefined;
  const known = (value: number | undefined): number | undefined => (Number.isNaN(value) ? undefined : value);
  const { fields, answers, statusOf, sample, k, score } = calls;
  const kind = calls.kind();
  return (example, model): readonly Call[] => {
    if (example < 0 || example >= size.rows || model < 0 || model >= size.cols) return [];
    // A row that only names a model and a query is no call.
    const said = listOf(cells, example * size.cols + model).filter(
      (call) =>
        !Number.isNaN(score.at(call)) ||
        answers.has(call) ||
        statusOf(call) !== undefined ||
        [...fields.values()].some((field) => !Number.isNaN(field.at(call))),
    );
    if (said.length < 2) return [];
    return said.map((call) => ({
      score: known(score.at(call)),
      sample: sample.at(call),
      k: k.at(call),
      ...Object.fromEntries([...fields].map(([name, field]) => [name, known(field.at(call))])),
      answer: answers.get(call),
      status: statusOf(call),
      kind,
    }));
  };
}
