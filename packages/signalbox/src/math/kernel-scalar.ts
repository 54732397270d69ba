import { DEPTH, type Kernel, SIDE } from './kernel.ts';

/** The kernel in plain JavaScript, for where WebAssembly is switched off. Gives the same bits. */
export function scalarKernel(): Kernel {
  const space = new Float64Array(2 * SIDE * DEPTH);
  const a = space.subarray(0, SIDE * DEPTH);
  const b = space.subarray(SIDE * DEPTH);
  const c = new Float64Array(SIDE * SIDE);
  const query = new Float64Array(SIDE * SIDE);
  const rows = new Float32Array(2 * SIDE * SIDE * SIDE);
  const gradient = new Float64Array(SIDE * SIDE);
  return {
    a,
    b,
    c,
    query,
    rows,
    gradient,
    tiles(high, wide, run) {
      for (let i = 0; i < high; i++) {
        for (let j = 0; j < wide; j++) {
          tile({ a, b, c }, { startA: i * 4 * run, startB: j * 4 * run, run, to: i * 4 * SIDE + j * 4 });
        }
      }
    },
    scan(groups, width) {
      for (let g = 0; g < groups * 4; g++) {
        let total = 0;
        for (let t = 0; t < width; t += DEPTH) {
          const end = Math.min(width, t + DEPTH);
          let sum = 0;
          for (let s = t, o = g * width + t; s < end; s++, o++) sum += query[s]! * rows[o]!;
          total += sum;
        }
        c[g] = total;
      }
    },
    spread(groups, width) {
      for (let r = 0; r < groups * 4; r++) {
        const factor = c[r]!;
        for (let t = 0, o = r * width; t < width; t++, o++) gradient[t]! += factor * rows[o]!;
      }
    },
  };
}

interface Place {
  readonly startA: number;
  readonly startB: number;
  readonly run: number;
  readonly to: number;
}

/** Sixteen sums in registers. */
function tile(blocks: Pick<Kernel, 'a' | 'b' | 'c'>, { startA, startB, run, to }: Place): void {
  const { a: A, b: B, c: C } = blocks;
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  const end = startA + 4 * run;
  for (let a = startA, b = startB; a < end; a += 4, b += 4) {
    const y0 = B[b]!;
    const y1 = B[b + 1]!;
    const y2 = B[b + 2]!;
    const y3 = B[b + 3]!;
    const x0 = A[a]!;
    c00 += x0 * y0;
    c01 += x0 * y1;
    c02 += x0 * y2;
    c03 += x0 * y3;
    const x1 = A[a + 1]!;
    c10 += x1 * y0;
    c11 += x1 * y1;
    c12 += x1 * y2;
    c13 += x1 * y3;
    const x2 = A[a + 2]!;
    c20 += x2 * y0;
    c21 += x2 * y1;
    c22 += x2 * y2;
    c23 += x2 * y3;
    const x3 = A[a + 3]!;
    c30 += x3 * y0;
    c31 += x3 * y1;
    c32 += x3 * y2;
    c33 += x3 * y3;
  }
  C.set([c00, c01, c02, c03], to);
  C.set([c10, c11, c12, c13], to + SIDE);
  C.set([c20, c21, c22, c23], to + 2 * SIDE);
  C.set([c30, c31, c32, c33], to + 3 * SIDE);
}
