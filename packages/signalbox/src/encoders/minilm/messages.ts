import type { ErrorCode } from '../../core/errors.ts';

/** What the encoder's thread is told. */
export type Order =
  | { readonly kind: 'embed'; readonly id: number; readonly texts: readonly string[] }
  | { readonly kind: 'cancel'; readonly id: number };

/** What it answers. */
export type Answer =
  | { readonly kind: 'rows'; readonly id: number; readonly rows: Float32Array<ArrayBuffer> }
  | { readonly kind: 'done'; readonly id: number; readonly count: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code?: ErrorCode; readonly message: string };
