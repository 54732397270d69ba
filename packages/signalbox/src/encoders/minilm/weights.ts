import { SignalboxError } from '../../core/errors.ts';

/** One tensor of 16-bit floats, kept as their bits. */
export interface Half {
  readonly dims: readonly number[];
  readonly bits: Uint16Array;
}

/** Reads tensors of a safetensors file: 8 bytes of length, a JSON header, the data. */
export function openWeights(file: string, bytes: Buffer): (name: string, dims: readonly number[]) => Half {
  const size = bytes.length < 8 ? 0 : Number(bytes.readBigUInt64LE(0));
  const header = parseHeader(file, bytes, size);
  return (name, dims) => {
    const entry = header[name];
    const count = dims.reduce((product, dim) => product * dim, 1);
    const [from, to] = entry?.data_offsets ?? [0, 0];
    if (entry?.dtype !== 'F16' || entry.shape?.join() !== dims.join() || to! - from! !== 2 * count) {
      throw damaged(file, `"${name}" is not ${dims.join(' x ')} in 16-bit floats`);
    }
    // Copied: the data may stand at an odd offset, where 16-bit numbers cannot be read.
    const copy = Uint8Array.from(bytes.subarray(8 + size + from!, 8 + size + to!));
    return { dims, bits: new Uint16Array(copy.buffer) };
  };
}

interface Entry {
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly data_offsets?: readonly number[];
}

function parseHeader(file: string, bytes: Buffer, size: number): Readonly<Record<string, Entry>> {
  if (size === 0 || 8 + size > bytes.length) throw damaged(file, 'its header is cut off');
  try {
    return JSON.parse(bytes.toString('utf8', 8, 8 + size)) as Record<string, Entry>;
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', cause);
  }
}

function damaged(file: string, what: string, cause?: unknown): SignalboxError {
  const message = `the weights of the sentence encoder are damaged: ${what}. Install the package again.`;
  return new SignalboxError('encoder', message, { file, cause });
}

/** Rows and columns exchanged. */
export function transposeHalf({ dims, bits }: Half): Half {
  const [rows, cols] = [dims[0]!, dims[1]!];
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = bits[i * cols + j]!;
  return { dims: [cols, rows], bits: out };
}

/** Matrices of as many rows, side by side. */
export function besideHalf(parts: readonly Half[]): Half {
  const rows = parts[0]!.dims[0]!;
  const cols = parts.reduce((sum, { dims }) => sum + dims[1]!, 0);
  const bits = new Uint16Array(rows * cols);
  for (let i = 0, to = 0; i < rows; i++) {
    for (const part of parts) {
      const width = part.dims[1]!;
      bits.set(part.bits.subarray(i * width, (i + 1) * width), to);
      to += width;
    }
  }
  return { dims: [rows, cols], bits };
}

/** Vectors one behind the other. */
export function chainHalf(parts: readonly Half[]): Half {
  const bits = new Uint16Array(parts.reduce((sum, part) => sum + part.bits.length, 0));
  let to = 0;
  for (const part of parts) {
    bits.set(part.bits, to);
    to += part.bits.length;
  }
  return { dims: [bits.length], bits };
}
