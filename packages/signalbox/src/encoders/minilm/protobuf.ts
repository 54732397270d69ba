/**
 * Writes protocol buffers: as much of the format as an ONNX graph needs. A message is a list of pieces, so that
 * tens of megabytes of weights are not copied at every level of nesting.
 */
export class Message {
  readonly pieces: Uint8Array[] = [];
  size = 0;

  /** A whole number: wire type 0. */
  int(field: number, value: number): this {
    return this.#push(varint(field * 8)).#push(varint(value));
  }

  /** A 32-bit float: wire type 5. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(varint(field * 8 + 5)).#push(bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#head(field, value.length).#push(value);
  }

  message(field: number, value: Message): this {
    this.#head(field, value.size);
    for (const piece of value.pieces) this.#push(piece);
    return this;
  }

  /** Wire type 2: the length goes first. */
  #head(field: number, length: number): this {
    return this.#push(varint(field * 8 + 2)).#push(varint(length));
  }

  #push(piece: Uint8Array): this {
    this.pieces.push(piece);
    this.size += piece.length;
    return this;
  }
}

/** Seven bits a byte, the lowest first; a negative number is written as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  if (value < 0) {
    let wide = BigInt.asUintN(64, BigInt(value));
    for (; wide >= 0x80n; wide >>= 7n) bytes.push(Number(wide & 0x7fn) | 0x80);
    return Uint8Array.from([...bytes, Number(wide)]);
  }
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
