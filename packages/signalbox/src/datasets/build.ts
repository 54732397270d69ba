import type { Dataset, Recorded, ScoreKind, Status } from '../core/dataset.ts';
import { nearest, type Place, SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import type { Example } from '../core/query.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { type Growing, growing } from './growing.ts';

/** One call: what a model made of a query, once. Absent or NaN = unknown. */
export interface Cell {
  /** In [0, 1]; absent = not observed. */
  readonly score?: number | undefined;
  /** Number of the repeat; one cell never holds the same number twice. */
  readonly sample?: number | undefined;
  /** Samples behind the score. */
  readonly k?: number | undefined;
  readonly rawScore?: number | undefined;
  readonly cost?: number | undefined;
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly latencyMs?: number | undefined;
  readonly propensity?: number | undefined;
  readonly answer?: string | undefined;
  readonly status?: Status | undefined;
  readonly kind?: ScoreKind | undefined;
  readonly place?: Place | undefined;
}

const measures = ['rawScore', 'cost', 'tokensIn', 'tokensOut', 'latencyMs', 'propensity'] as const;
type Measure = (typeof measures)[number];

/** Repeats of one cell that are kept one by one; the mean takes all of them. */
const keptRepeats = 32;

/** Collects examples, models and calls in any order; `finish` makes the table. Nothing is merged or dropped. */
export interface TableBuilder {
  readonly examples: Example[];
  example(example: Example): number;
  /** Column of this model, a new one where it is not known yet. */
  model(id: string): number;
  cell(example: number, model: number, cell: Cell): void;
  note(sentence: string): void;
  drop(reason: string, rows: number): void;
  /** @throws SignalboxError where a repeat stands twice, there are no rows, or `weak` and `strong` name no model */
  finish(about: About): Dataset;
}

export interface About {
  readonly name: string;
  readonly format: string;
  /** What the source says of itself; `options` of the user come before it. */
  readonly primary?: 'quality' | 'macro' | undefined;
  readonly weak?: string | undefined;
  readonly strong?: string | undefined;
  readonly options: ReadOptions;
  /** The source, for errors that concern the whole table. */
  readonly file: string;
}

export function tableBuilder(): TableBuilder {
  const examples: Example[] = [];
  const models = new Map<string, number>();
  const notes: string[] = [];
  const rowsDropped: Record<string, number> = {};
  const calls = callStore();
  return {
    examples,
    example: (example) => examples.push(example) - 1,
    model: (id) => {
      const known = models.get(id);
      if (known !== undefined) return known;
      models.set(id, models.size);
      return models.size - 1;
    },
    cell: calls.add,
    note: (sentence) => notes.push(sentence),
    drop: (reason, rows) => {
      rowsDropped[reason] = (rowsDropped[reason] ?? 0) + rows;
    },
    finish: (about) => {
      const ids = [...models.keys()];
      if (examples.length === 0) {
        throw new SignalboxError('table', 'there are no rows in it.', { file: about.file });
      }
      if (ids.length === 0) {
        throw new SignalboxError('table', 'there are no models in it.', { file: about.file });
      }
      const size = { rows: examples.length, cols: ids.length };
      const cells = calls.byCell(size, (row, col) => `${examples[row]?.id} and ${ids[col]}`);
      const { samples, cut } = sampleMatrices(calls, cells, size);
      const outcome = outcomes(calls, cells, size);
      if (cut > 0) {
        notes.push(
          `${cut} cells have more than ${keptRepeats} repeats: all count in the mean, the first
          ${keptRepeats} are kept one by one.`.replace(/\s+/g, ' '),
        );
      }
      notes.push(...poolNotes(outcome.quality, ids));
      const completion = completions(calls, cells, size);
      const scoreKind = calls.kind();
      const { format, name } = about;
      return {
        name,
        format,
        examples,
        models: ids.map((id) => ({ id, price: 'unknown' as const })),
        ...outcome,
        ...(samples && { samples }),
        ...(scoreKind && { scoreKind }),
        ...(completion && { completion }),
        ...roles(about, ids),
        rowsDropped,
        notes,
        digests: {},
      };
    },
  };
}

/** Calls in the order of the source: one vector per field, none where a field never occurs. */
function callStore() {
  const row = growing();
  const col = growing();
  const sample = growing();
  const k = growing();
  const score = growing();
  const line = growing();
  const file = growing();
  const fields = new Map<Measure, Growing>();
  const answers = new Map<number, string>();
  const status = new Map<number, Status>();
  const files: string[] = [];
  const kinds = new Set<ScoreKind | undefined>();

  const placeOf = (call: number): Place => {
    const [path, at] = [files[file.at(call)], line.at(call)];
    return { ...(path !== undefined && { file: path }), ...(at > 0 && { line: at }) };
  };
  const add = (example: number, model: number, cell: Cell): void => {
    const call = row.length;
    row.push(example);
    col.push(model);
    sample.push(cell.sample ?? 0);
    k.push(cell.k ?? 1);
    score.push(cell.score ?? Number.NaN);
    line.push(cell.place?.line ?? 0);
    const path = cell.place?.file;
    if (path !== undefined && files.at(-1) !== path) files.push(path);
    file.push(path === undefined ? -1 : files.length - 1);
    for (const name of measures) {
      const value = cell[name];
      if (value === undefined || Number.isNaN(value)) continue;
      const field = fields.get(name) ?? growing(Number.NaN);
      fields.set(name, field);
      field.set(call, value);
    }
    if (cell.answer !== undefined) answers.set(call, cell.answer);
    if (cell.status !== undefined) status.set(call, cell.status);
    if (cell.score !== undefined && !Number.isNaN(cell.score)) kinds.add(cell.kind);
  };

  /** For each cell its first call, and for each call the next of its cell, by number of the repeat; -1 = none. */
  const byCell = (size: Size, nameOf: (row: number, col: number) => string): Cells => {
    const first = new Int32Array(size.rows * size.cols).fill(-1);
    const next = new Int32Array(row.length).fill(-1);
    const crowded = new Set<number>();
    for (let call = row.length - 1; call >= 0; call--) {
      const cell = row.at(call) * size.cols + col.at(call);
      if (first[cell] !== -1) crowded.add(cell);
      next[call] = first[cell]!;
      first[cell] = call;
    }
    for (const cell of crowded) {
      const list = listOf({ first, next }, cell).sort((a, b) => sample.at(a) - sample.at(b) || a - b);
      list.forEach((call, i) => {
        const before = list[i - 1];
        if (before === undefined) first[cell] = call;
        else next[before] = call;
        next[call] = -1;
        if (before !== undefined && sample.at(before) === sample.at(call)) {
          const { file: path, line: earlier } = placeOf(before);
          const where =
            earlier === undefined
              ? ''
              : `; the first stands in ${path === placeOf(call).file ? '' : `${path}, `}line ${earlier}`;
          const what = nameOf(Math.floor(cell / size.cols), cell % size.cols);
          throw new SignalboxError(
            'row',
            `${what} with sample ${sample.at(call)} is here a second time${where}. Repeats of one query and model need different numbers in \`sample\`.`,
            placeOf(call),
          );
        }
      });
    }
    return { first, next };
  };
  const kind = (): ScoreKind | undefined => (kinds.size === 1 ? [...kinds][0] : undefined);
  return { add, byCell, kind, k, score, fields, answers, status };
}
type Calls = ReturnType<typeof callStore>;

interface Size {
  readonly rows: number;
  readonly cols: number;
}
interface Cells {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

function listOf({ first, next }: Cells, cell: number): number[] {
  const list: number[] = [];
  for (let call = first[cell]!; call !== -1; call = next[call]!) list.push(call);
  return list;
}

/** Means over the calls of each cell. */
function outcomes(calls: Calls, { first, next }: Cells, { rows, cols }: Size) {
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
function sampleMatrices(calls: Calls, cells: Cells, { rows, cols }: Size) {
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
function completions(calls: Calls, cells: Cells, size: Size): Dataset['completion'] | undefined {
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

function poolNotes(quality: Matrix, ids: readonly string[]): string[] {
  const notes: string[] = [];
  if (ids.length === 1)
    notes.push(`Only one model (${ids[0]}) is in the table: there is nothing to route between.`);
  const never = ids.filter((_, j) => {
    for (let i = j; i < quality.data.length; i += quality.cols)
      if (!Number.isNaN(quality.data[i]!)) return false;
    return true;
  });
  if (never.length > 0) notes.push(`Never observed: ${never.join(', ')}.`);
  return notes;
}

function roles(about: About, ids: readonly string[]) {
  const { options, file } = about;
  const known = (role: 'weak' | 'strong', id: string | undefined) => {
    if (id === undefined) return {};
    if (ids.includes(id)) return { [role]: id };
    const near = nearest(id, ids);
    const hint = near === undefined ? `It holds ${listed(ids)}` : `Did you mean \`${near}\`?`;
    throw new SignalboxError('table', `the ${role} model \`${id}\` is not in the table. ${hint}`, { file });
  };
  return {
    primary: options.primary ?? about.primary ?? ('quality' as const),
    ...known('weak', options.weak ?? about.weak),
    ...known('strong', options.strong ?? about.strong),
  };
}

/** The first names of many, and how many more there are, as the end of a sentence. */
export function listed(names: readonly string[], most = 8): string {
  const shown = names
    .slice(0, most)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more.` : `${shown}.`;
}
