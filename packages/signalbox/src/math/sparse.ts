import { type SparseKernel, STRIP, sparseVectorKernel } from './kernel-sparse.ts';
import { type Matrix, matrix, type Sparse } from './matrix.ts';

/** Rows and columns exchanged; within a row the columns then ascend. */
export function transpose(a: Sparse): Sparse {
  const start = new Int32Array(a.cols + 1);
  const cells = a.start[a.rows]!;
  for (let c = 0; c < cells; c++) start[a.index[c]! + 1]!++;
  for (let j = 0; j < a.cols; j++) start[j + 1]! += start[j]!;
  const next = start.slice(0, a.cols);
  const index = new Int32Array(cells);
  const value = new Float32Array(cells);
  for (let i = 0; i < a.rows; i++) {
    for (let c = a.start[i]!; c < a.start[i + 1]!; c++) {
      const to = next[a.index[c]!]!++;
      index[to] = i;
      value[to] = a.value[c]!;
    }
  }
  return { rows: a.cols, cols: a.rows, start, index, value };
}

/**
 * A B, rows(a) x cols(b), in 64-bit floats. Each cell is summed in the order of its row's cells, whatever stands
 * around it: a row gives the same bits alone and in a batch.
 */
export function sparseTimesDense(a: Sparse, b: Matrix): Matrix & { readonly data: Float64Array } {
  return sparseProduct(a)(b);
}

/** The same with one B after the other; what is laid out of A is laid out once. */
export function sparseProduct(a: Sparse): (b: Matrix) => Matrix & { readonly data: Float64Array } {
  // For a few rows laying B out would cost more than the sums.
  const kernel = a.start[a.rows]! > 4 * a.cols ? sparseVectorKernel(a) : undefined;
  return (b) => {
    if (a.cols !== b.rows) throw new RangeError(`${a.cols} columns times ${b.rows} rows`);
    const out = matrix(a.rows, b.cols);
    let j = 0;
    for (; j + STRIP <= b.cols; j += STRIP) {
      if (kernel === undefined) addStrip(a, b, { out, column: j });
      else addByKernel(kernel, b, { out, column: j });
    }
    for (; j < b.cols; j++) addColumn(a, b, { out, column: j });
    return out;
  };
}

function addByKernel(kernel: SparseKernel, b: Matrix, { out, column }: Columns): void {
  const { strip, out: sums } = kernel;
  for (let k = 0, to = 0, from = column; k < b.rows; k++, to += STRIP, from += b.cols) {
    for (let t = 0; t < STRIP; t++) strip[to + t] = b.data[from + t]!;
  }
  kernel.run();
  for (let i = 0, from = 0, to = column; i < out.rows; i++, from += STRIP, to += out.cols) {
    for (let t = 0; t < STRIP; t++) out.data[to + t] = sums[from + t]!;
  }
}

interface Columns {
  readonly out: Matrix;
  readonly column: number;
}

function addStrip({ rows, start, index, value }: Sparse, b: Matrix, { out, column }: Columns): void {
  const { data: y, cols: stride } = b;
  for (let i = 0, o = column; i < rows; i++, o += out.cols) {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
    const end = start[i + 1]!;
    for (let c = start[i]!; c < end; c++) {
      const v = value[c]!;
      const at = index[c]! * stride + column;
      s0 += v * y[at]!;
      s1 += v * y[at + 1]!;
      s2 += v * y[at + 2]!;
      s3 += v * y[at + 3]!;
      s4 += v * y[at + 4]!;
      s5 += v * y[at + 5]!;
      s6 += v * y[at + 6]!;
      s7 += v * y[at + 7]!;
    }
    const { data } = out;
    data[o] = s0;
    data[o + 1] = s1;
    data[o + 2] = s2;
    data[o + 3] = s3;
    data[o + 4] = s4;
    data[o + 5] = s5;
    data[o + 6] = s6;
    data[o + 7] = s7;
  }
}

function addColumn({ rows, start, index, value }: Sparse, b: Matrix, { out, column }: Columns): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = start[i]!; c < start[i + 1]!; c++) sum += value[c]! * b.data[index[c]! * b.cols + column]!;
    out.data[i * out.cols + column] = sum;
  }
}
