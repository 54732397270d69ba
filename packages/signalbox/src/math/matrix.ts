/** Bytes hold whole numbers up to 255 and no NaN: outcomes of a complete table, counts. */
export type Numbers = Float64Array | Float32Array | Uint8Array;

/**
 * A dense table of numbers, row by row: cell (i, j) is `data[i * cols + j]`. NaN marks a cell never observed. Cells of
 * an outcome table are of the narrowest kind that holds them exactly: who writes other numbers makes a `matrix` for them first.
 */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Numbers;
}

/** A table that is mostly zeros, in compressed rows: row i holds cells start[i] to start[i + 1] - 1. */
export interface Sparse {
  readonly rows: number;
  readonly cols: number;
  /** rows + 1 offsets. */
  readonly start: Int32Array;
  /** Column of each cell; within a row each column stands once, in any order. */
  readonly index: Int32Array;
  readonly value: Float32Array;
}

/** Zeros in 64-bit floats, or `fill` in every cell. */
export function matrix(rows: number, cols: number, fill = 0): Matrix & { readonly data: Float64Array } {
  const data = new Float64Array(rows * cols);
  if (fill !== 0) data.fill(fill);
  return { rows, cols, data };
}

/** Zeros in 32-bit floats: half the memory, seven digits; what encoders give. */
export function matrix32(rows: number, cols: number): Matrix & { readonly data: Float32Array } {
  return { rows, cols, data: new Float32Array(rows * cols) };
}

/** A matrix from nested arrays; every row must be as long as the first. */
export function fromRows(rows: readonly (readonly number[])[]): Matrix & { readonly data: Float64Array } {
  const cols = rows[0]?.length ?? 0;
  const out = matrix(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) throw new RangeError(`row ${i} has ${row.length} cells, the first has ${cols}`);
    out.data.set(row, i * cols);
  });
  return out;
}

/** Cell (i, j); NaN outside the matrix. */
export function at(m: Matrix, i: number, j: number): number {
  return m.data[i * m.cols + j] ?? Number.NaN;
}

/** Row i as a view, not a copy; of a table's cells it may be bytes, whose `map` gives bytes. */
export function row(m: Matrix, i: number): Numbers {
  return m.data.subarray(i * m.cols, (i + 1) * m.cols);
}

/** Column j, copied. */
export function column(m: Matrix, j: number): Float64Array {
  const out = new Float64Array(m.rows);
  for (let i = 0; i < m.rows; i++) out[i] = at(m, i, j);
  return out;
}

/** The named rows, in that order, copied; a row may be named twice. */
export function selectRows(m: Matrix, rows: ArrayLike<number>): Matrix {
  const { cols } = m;
  const data = like(m, rows.length * cols);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * cols;
    data.set(m.data.subarray(from, from + cols), i * cols);
  }
  return { rows: rows.length, cols, data };
}

/** The named columns, in that order, copied. */
export function selectCols(m: Matrix, cols: ArrayLike<number>): Matrix {
  const data = like(m, m.rows * cols.length);
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < cols.length; j++) data[i * cols.length + j] = at(m, i, cols[j] ?? -1);
  }
  return { rows: m.rows, cols: cols.length, data };
}

/** Rows and columns exchanged, in 64-bit floats. */
export function transposed(x: Matrix): Matrix & { readonly data: Float64Array } {
  const out = matrix(x.cols, x.rows);
  for (let i = 0, c = 0; i < x.rows; i++)
    for (let j = 0; j < x.cols; j++, c++) out.data[j * x.rows + i] = x.data[c]!;
  return out;
}

/** Matrices side by side; all must have the same number of rows. 32-bit floats if all of them are. */
export function hstack(parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0;
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const single = parts.every((part) => part.data instanceof Float32Array);
  const data = single ? new Float32Array(rows * cols) : new Float64Array(rows * cols);
  let offset = 0;
  for (const part of parts) {
    if (part.rows !== rows) throw new RangeError(`${part.rows} rows beside ${rows}`);
    for (let i = 0; i < rows; i++) data.set(row(part, i), i * cols + offset);
    offset += part.cols;
  }
  return { rows, cols, data };
}

function like({ data }: Matrix, length: number): Numbers {
  if (data instanceof Uint8Array) return new Uint8Array(length);
  return data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}
