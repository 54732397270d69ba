import { Message } from './protobuf.ts';
import type { Half } from './weights.ts';

/** Element types of ONNX tensors (onnx.proto, TensorProto.DataType). */
const types = { float: 1, int64: 7, float16: 10 } as const;

type Attribute = number | { readonly float: number } | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

/** Nodes whose operators ONNX Runtime adds to the standard ones. */
export const microsoft = 'com.microsoft';

/** Collects the nodes and weights of a graph (field numbers: onnx.proto). */
export class GraphWriter {
  readonly #graph = new Message().text(2, 'minilm');
  #nodes = 0;

  /** A node with one output; gives the output's name. */
  node(
    op: string,
    inputs: readonly string[],
    more: { readonly domain?: string; readonly attributes?: Attributes; readonly output?: string } = {},
  ): string {
    const output = more.output ?? `t${this.#nodes}`;
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    node
      .text(2, output)
      .text(3, `${op}${this.#nodes++}`)
      .text(4, op);
    for (const [name, value] of Object.entries(more.attributes ?? {}))
      node.message(5, attribute(name, value));
    if (more.domain !== undefined) node.text(7, more.domain);
    this.#graph.message(1, node);
    return output;
  }

  /** Weights, stored in 16 bits as they come; gives the name of their tensor. */
  half(name: string, { dims, bits }: Half): string {
    const tensor = new Message();
    for (const dim of dims) tensor.int(1, dim);
    tensor.int(2, types.float16).text(8, name);
    tensor.bytes(9, new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength));
    this.#graph.message(5, tensor);
    return name;
  }

  /** Weights as 32-bit floats: widened once, when the graph is loaded. */
  weights(name: string, value: Half): string {
    return this.toFloat(this.half(name, value));
  }

  /** One whole number, as a tensor of these dimensions. */
  integer(name: string, value: number, dims: readonly number[]): string {
    const tensor = new Message();
    for (const dim of dims) tensor.int(1, dim);
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    this.#graph.message(5, tensor.int(2, types.int64).text(8, name).bytes(9, bytes));
    return name;
  }

  toFloat(input: string): string {
    return this.node('Cast', [input], { attributes: { to: types.float } });
  }

  input(name: string, dims: readonly (string | number)[]): string {
    this.#graph.message(11, valueInfo(name, types.int64, dims));
    return name;
  }

  output(name: string, dims: readonly (string | number)[]): void {
    this.#graph.message(12, valueInfo(name, types.float, dims));
  }

  /** The whole model as bytes. */
  finish(opset: number): Uint8Array {
    const model = new Message()
      .int(1, 9)
      .text(2, 'signalbox')
      .message(7, this.#graph)
      .message(8, new Message().text(1, '').int(2, opset))
      .message(8, new Message().text(1, microsoft).int(2, 1));
    return Buffer.concat(model.pieces, model.size);
  }
}

function attribute(name: string, value: Attribute): Message {
  const out = new Message().text(1, name);
  if (typeof value === 'number') return out.int(3, value).int(20, 2);
  if ('float' in value) return out.float(2, value.float).int(20, 1);
  for (const each of value) out.int(8, each);
  return out.int(20, 7);
}

function valueInfo(name: string, type: number, dims: readonly (string | number)[]): Message {
  const shape = new Message();
  for (const dim of dims) {
    shape.message(1, typeof dim === 'number' ? new Message().int(1, dim) : new Message().text(2, dim));
  }
  const tensor = new Message().int(1, type).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
