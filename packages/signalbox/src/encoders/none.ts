import type { Encoder } from '../core/encoder.ts';

/** No columns: for tables without text, and for routers that read the group alone. */
export function none(_options: Record<never, never> = {}): Encoder<null> {
  return {
    name: 'none',
    settings: {},
    fit: async () => null,
    encode: async ({ length }) => ({ rows: length, cols: 0, data: new Float32Array(0) }),
    width: () => 0,
  };
}
