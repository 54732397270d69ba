import { type Call, type ScoreKind, type Status, statuses } from '../../core/dataset.ts';
import { type Place, SignalboxError } from '../../core/errors.ts';
import { type Growing, growing } from './growing.ts';

/** A call and where it stands in the source. NaN = unknown. */
export interface Cell extends Call {
  readonly place?: Place | undefined;
}

const measures = ['rawScore', 'cost', 'tokensIn', 'tokensOut', 'latencyMs', 'propensity'] as const;
type Measure = (typeof measures)[number];

/** Calls in the order of the source: one vector per field, which takes no room where the field is always the same. */
export function callStore() {
  const row = growing();
  const col = growing();
  const sample = growing();
  const k = growing();
  const score = growing();
  const line = growing();
  const file = growing();
  const fields = new Map<Measure, Growing>();
  const answers = new Map<number, string>();
  // Places among the statuses, from 1 on; 0 = none.
  const status = growing();
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
    if (cell.status !== undefined) status.set(call, 1 + statuses.indexOf(cell.status));
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
  const statusOf = (call: number): Status | undefined => statuses[status.at(call) - 1];
  return {
    add,
    byCell,
    kind,
    k,
    sample,
    score,
    fields,
    answers,
    statusOf,
    get length() {
      return row.length;
    },
    get hasStatus() {
      return status.length > 0;
    },
  };
}
export type Calls = ReturnType<typeof callStore>;

export interface Size {
  readonly rows: number;
  readonly cols: number;
}
export interface Cells {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

/** The calls of one cell, by number of the repeat. */
export function listOf({ first, next }: Cells, cell: number): number[] {
  const list: number[] = [];
  for (let call = first[cell]!; call !== -1; call = next[call]!) list.push(call);
  return list;
}
