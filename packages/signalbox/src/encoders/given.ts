import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import { type Matrix, selectRows } from '../math/matrix.ts';

/** Numbers that are known of queries, by their ids. */
export interface GivenFeatures {
  readonly rows: ReadonlyMap<string, number>;
  /** 32-bit floats. */
  readonly values: Matrix;
  /** Of the file that they come from. */
  readonly digest: string;
}

/** Features that stand beside the table; nothing is learned, and a query that they do not name cannot be encoded. */
export function given({ rows, values, digest }: GivenFeatures): Encoder<null> {
  return {
    name: 'given',
    settings: { digest, width: values.cols },
    textless: true,
    fit: async () => null,
    width: () => values.cols,
    encode: async (queries) =>
      selectRows(
        values,
        queries.map(({ id }) => {
          const row = rows.get(id);
          if (row !== undefined) return row;
          throw new SignalboxError(
            'encoder',
            `the features hold no row for the query "${id}". Give a file that names every query of the table.`,
          );
        }),
      ),
  };
}
