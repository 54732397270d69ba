/** Writes pickles for tests: what this project never does outside them. */

/** An array of NumPy, row by row. */
export interface Ndarray {
  readonly dtype: 'f8' | 'f4' | 'i8' | 'u1' | 'b1';
  readonly shape: readonly number[];
  readonly cells: readonly number[];
}
export type Writable =
  | null
  | boolean
  | number
  | string
  | readonly Writable[]
  | ReadonlyMap<string | number, Writable>
  | { readonly tuple: readonly Writable[] }
  | { readonly array: Ndarray }
  /** An array of one object, as `np.save` makes of what is no array. */
  | { readonly object: Writable }
  /** Bytes of instructions that leave one value. */
  | { readonly raw: Uint8Array };

/** Protocol 4. */
export function pickled(value: Writable): Uint8Array {
  return Buffer.concat([Buffer.from([0x80, 4]), ...pieces(value), Buffer.from('.')]);
}

/** Instructions, with texts in latin1: `code('cos\nsystem\n', 0x94)`. */
export function code(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string'
        ? Buffer.from(part, 'latin1')
        : typeof part === 'number'
          ? Buffer.from([part])
          : part,
    ),
  );
}

/** 4 or 8 bytes, the least first. */
export function little(value: number, bytes: 4 | 8): Uint8Array {
  const out = Buffer.alloc(bytes);
  if (bytes === 4) out.writeUInt32LE(value);
  else out.writeBigUInt64LE(BigInt(value));
  return out;
}

export function array2d(
  rows: readonly (readonly number[])[],
  dtype: Ndarray['dtype'] = 'f8',
): { array: Ndarray } {
  return { array: { dtype, shape: [rows.length, rows[0]?.length ?? 0], cells: rows.flat() } };
}

/** A dict from an object. */
export function dict(fields: Readonly<Record<string, Writable>>): ReadonlyMap<string, Writable> {
  return new Map(Object.entries(fields));
}

function pieces(value: Writable): Uint8Array[] {
  if (value === null) return [code('N')];
  if (typeof value === 'boolean') return [code(value ? 0x88 : 0x89)];
  if (typeof value === 'number') return [numberPiece(value)];
  if (typeof value === 'string') return [textPiece(value)];
  if (value instanceof Map)
    return [code('}('), ...[...value].flatMap(([key, item]) => [...pieces(key), ...pieces(item)]), code('u')];
  if (Array.isArray(value))
    return [code(']('), ...value.flatMap((item: Writable) => pieces(item)), code('e')];
  if ('tuple' in value) return [code('('), ...value.tuple.flatMap(pieces), code('t')];
  if ('raw' in value) return [value.raw];
  if ('array' in value) return [arrayPiece(value.array)];
  if ('object' in value) return [objectPiece(value.object)];
  throw new TypeError('not writable');
}

function numberPiece(value: number): Uint8Array {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0)) {
    const out = Buffer.alloc(5, 'J');
    out.writeInt32LE(value, 1);
    return out;
  }
  const out = Buffer.alloc(9, 'G');
  out.writeDoubleBE(value, 1);
  return out;
}

function textPiece(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return code('X', little(bytes.length, 4), bytes);
}

function arrayPiece({ dtype, shape, cells }: Ndarray): Uint8Array {
  const width = Number(dtype[1]);
  const data = Buffer.alloc(cells.length * width);
  cells.forEach((cell, i) => {
    if (dtype === 'f8') data.writeDoubleLE(cell, i * 8);
    else if (dtype === 'f4') data.writeFloatLE(cell, i * 4);
    else if (dtype === 'i8') data.writeBigInt64LE(BigInt(cell), i * 8);
    else data.writeUInt8(cell, i);
  });
  return code(
    'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tC\x01bt',
    'R(K\x01',
    ...pieces({ tuple: shape }),
    'cnumpy\ndtype\n(',
    textPiece(dtype),
    code(0x89, 0x88),
    'tR(K\x03',
    textPiece('<'),
    'NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb',
    code(0x89),
    'B',
    little(data.length, 4),
    data,
    'tb',
  );
}

function objectPiece(value: Writable): Uint8Array {
  return code(
    'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tC\x01bt',
    'R(K\x01)cnumpy\ndtype\n(',
    textPiece('O8'),
    code(0x89, 0x88),
    'tR(K\x03',
    textPiece('|'),
    'NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ftb',
    code(0x89),
    ...pieces([value]),
    'tb',
  );
}
