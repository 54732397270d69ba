import { GraphWriter, microsoft } from './onnx.ts';
import { besideHalf, chainHalf, type Half, transposeHalf } from './weights.ts';

/** Columns of an embedding. */
export const width = 384;
const layers = 6;
const heads = 12;
const inner = 1536;
const words = 30_522;
const positions = 512;
const epsilon = { float: 1e-12 };

type Reader = (name: string, dims: readonly number[]) => Half;

/**
 * The ONNX graph of all-MiniLM-L6-v2 (BERT, 6 layers; Devlin et al. 2019, Wang et al. 2020) with mean pooling
 * and L2 norm inside. `ids` is batch x length, `places` the numbers 0 to length - 1; `embedding` is batch x 384.
 * There is no mask: all texts of a batch are equally long, so that none sees the padding of another.
 */
export function buildGraph(read: Reader): Uint8Array {
  const graph = new GraphWriter();
  const table = (name: string, rows: number): string =>
    graph.half(name, read(`embeddings.${name}_embeddings.weight`, [rows, width]));
  const lookUp = (rows: string, ids: string): string => graph.toFloat(graph.node('Gather', [rows, ids]));
  const word = lookUp(table('word', words), graph.input('ids', ['batch', 'length']));
  const place = lookUp(table('position', positions), graph.input('places', ['length']));
  const type = lookUp(table('token_type', 2), graph.integer('first type', 0, []));
  const sum = graph.node('Add', [word, graph.node('Add', [place, type])]);
  const norm = ['weight', 'bias'].map((part) => vector(graph, read, `embeddings.LayerNorm.${part}`));
  let hidden = graph.node('LayerNormalization', [sum, ...norm], { attributes: { axis: -1, epsilon } });
  for (let i = 0; i < layers; i++) {
    const at = `encoder.layer.${i}`;
    hidden = closed(graph, read, {
      at: `${at}.attention.output`,
      out: attention(graph, read, { hidden, at }),
      hidden,
    });
    hidden = closed(graph, read, { at: `${at}.output`, out: widened(graph, read, { hidden, at }), hidden });
  }
  // Not ReduceMean: it sums in another order when the batch is of one, and the row would tell.
  const turned = graph.node('Transpose', [hidden], { attributes: { perm: [0, 2, 1] } });
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [turned])]);
  graph.node('LpNormalization', [pooled], { attributes: { axis: -1, p: 2 }, output: 'embedding' });
  graph.output('embedding', ['batch', width]);
  return graph.finish(20);
}

function vector(graph: GraphWriter, read: Reader, name: string, size = width): string {
  return graph.weights(name, read(name, [size]));
}

/** Queries, keys and values in one product, then the heads: one fused node. */
function attention(graph: GraphWriter, read: Reader, { hidden, at }: { hidden: string; at: string }): string {
  const parts = ['query', 'key', 'value'].map((part) => `${at}.attention.self.${part}`);
  const kernels = besideHalf(parts.map((part) => transposeHalf(read(`${part}.weight`, [width, width]))));
  const offsets = chainHalf(parts.map((part) => read(`${part}.bias`, [width])));
  const inputs = [hidden, graph.weights(`${at}.kernels`, kernels), graph.weights(`${at}.offsets`, offsets)];
  return graph.node('Attention', inputs, { domain: microsoft, attributes: { num_heads: heads } });
}

/** gelu(hidden W + b), to the inner width. */
function widened(graph: GraphWriter, read: Reader, { hidden, at }: { hidden: string; at: string }): string {
  const name = `${at}.intermediate.dense`;
  const kernel = graph.weights(`${name}.kernel`, transposeHalf(read(`${name}.weight`, [inner, width])));
  const product = graph.node('MatMul', [hidden, kernel]);
  return graph.node('BiasGelu', [product, vector(graph, read, `${name}.bias`, inner)], { domain: microsoft });
}

/** LayerNorm(out W + b + hidden): how attention and the inner layer both end. */
function closed(
  graph: GraphWriter,
  read: Reader,
  { at, out, hidden }: { at: string; out: string; hidden: string },
): string {
  const from = at.endsWith('attention.output') ? width : inner;
  const kernel = graph.weights(`${at}.kernel`, transposeHalf(read(`${at}.dense.weight`, [width, from])));
  const product = graph.node('MatMul', [out, kernel]);
  const [scale, shift] = ['weight', 'bias'].map((part) => vector(graph, read, `${at}.LayerNorm.${part}`));
  const inputs = [product, hidden, scale!, shift!, vector(graph, read, `${at}.dense.bias`)];
  return graph.node('SkipLayerNormalization', inputs, { domain: microsoft, attributes: { epsilon } });
}
