import type { Matrix } from '../math/matrix.ts';

/** What fitted state may consist of: it is saved, loaded and compared without knowing whose it is. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint8Array
  | Matrix
  | readonly Plain[]
  | { readonly [key: string]: Plain };
