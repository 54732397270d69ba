/** Rows of a block of either factor, and cells of a row of C. */
export const SIDE = 64;
/** Depth that is summed before it is added to C. */
export const DEPTH = 256;
/** The widest rows that `scan` and `spread` take. */
export const SCAN_WIDTH = 4092;

/** Space for one block of A, one of B and one of C, and the loops over them. Every call overwrites it. */
export interface Kernel {
  /** Four rows side by side at each depth: cell (i, t) at (i - i % 4) * run + 4 t + i % 4. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Cell (i, j) at i * SIDE + j. */
  readonly c: Float64Array;
  /** c = a b' for `high` times `wide` tiles of 4 x 4, summed in the order of depth. */
  tiles(high: number, wide: number, run: number): void;
  /** The query of a scan, `width` cells. */
  readonly query: Float64Array;
  /** Rows that are scanned, one after the other; as many as fit. */
  readonly rows: Float32Array;
  /** Inner products of the query with `4 * groups` rows into the first cells of `c`, in the same order of sums as a product in runs of `DEPTH`. */
  scan(groups: number, width: number): void;
  /** What `spread` adds to; cells beyond `width` are not kept. */
  readonly gradient: Float64Array;
  /** Adds to each cell of the gradient the sum over `4 * groups` rows of c times the row's cell. */
  spread(groups: number, width: number): void;
}
