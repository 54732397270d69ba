import type { Call, Dataset, Recorded } from '../core/dataset.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { type Calls, type Cells, listOf, type Size } from './calls.ts';
import type { Growing } from './growing.ts';

/** Repeats of one cell that are kept one by one; the mean takes all of them. */
export const keptRepeats = 32;

/** Means over the calls of each cell. */
export function outcomes(calls: Calls, { first, next }: Cells, { rows, cols }: Size) {
  const quality = matrix(rows, cols, Number.NaN);
  const k = matrix(rows, cols);
  const means = new Map(
    [...calls.fields.keys()].map((name) => [name, matrix(rows, cols, Number.NaN)] as const),
  );
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
    if (weight > 0) quality.data[cell] = only ? calls.score.at(first[cell]!) : sum / weight;
    k.data[cell] = weight;
    for (const [name, out] of means)
      out.data[cell] = runningMean(calls.fields.get(name)!, first[cell]!, next);
  }
  const raw = means.get('rawScore');
  if (raw)
    raw.data.forEach((value, i) => {
      if (Number.isNaN(value)) raw.data[i] = quality.data[i]!;
    });
  return { quality, k, ...Object.fromEntries(means) };
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
  const samples: Matrix[] = Array.from({ length: Math.min(most, keptRepeats) }, () =>
    matrix(rows, cols, Number.NaN),
  );
  for (let cell = 0; cell < cells.first.length; cell++) {
    repeats(cell).forEach((call, s) => {
      const kept = samples[s];
      if (kept) kept.data[cell] = calls.score.at(call);
    });
  }
  return { samples, cut };
}

/** The first answer of a cell and the first status. */
export function completions(calls: Calls, cells: Cells, size: Size): Dataset['completion'] | undefined {
  const { answers, status } = calls;
  if (answers.size === 0 && status.size === 0) return undefined;
  return (example, model): Recorded | undefined => {
    if (example < 0 || example >= size.rows || model < 0 || model >= size.cols) return undefined;
    const list = listOf(cells, example * size.cols + model);
    const answered = list.find((call) => answers.has(call));
    const known = list.find((call) => status.has(call));
    if (answered === undefined && known === undefined) return undefined;
    const answer = answered === undefined ? undefined : answers.get(answered);
    return {
      ...(answer !== undefined && { answer }),
      status: (known === undefined ? undefined : status.get(known)) ?? 'ok',
    };
  };
}

/** Every call of a cell that has several, as it was recorded, none of other cells; undefined where no cell has. */
export function recordedCalls(calls: Calls, cells: Cells, size: Size): Dataset['calls'] | undefined {
  if (!cells.first.some((call) => call !== -1 && cells.next[call] !== -1)) return undefined;
  const known = (value: number | undefined): number | undefined => (Number.isNaN(value) ? undefined : value);
  const { fields, answers, status, sample, k, score } = calls;
  const kind = calls.kind();
  return (example, model): readonly Call[] => {
    if (example < 0 || example >= size.rows || model < 0 || model >= size.cols) return [];
    // A row that only names a model and a query is no call.
    const said = listOf(cells, example * size.cols + model).filter(
      (call) =>
        !Number.isNaN(score.at(call)) ||
        answers.has(call) ||
        status.has(call) ||
        [...fields.values()].some((field) => !Number.isNaN(field.at(call))),
    );
    if (said.length < 2) return [];
    return said.map((call) => ({
      score: known(score.at(call)),
      sample: sample.at(call),
      k: k.at(call),
      ...Object.fromEntries([...fields].map(([name, field]) => [name, known(field.at(call))])),
      answer: answers.get(call),
      status: status.get(call),
      kind,
    }));
  };
}
