import type { Dataset } from '../core/dataset.ts';
import type { Flag } from '../core/results.ts';
import { primaryMeans } from '../core/table.ts';
import { argmax, descending, quantile } from '../math/order.ts';

/** So many times as long as the others. */
const muchLonger = 3;
/** A rank correlation of fewer models says nothing. */
const fewestRanked = 4;

/** The best-scored model, where its answers are much longer than those of the others: a judge may reward length. Tokens where recorded, else characters of the answers. */
export function lengthBias(table: Dataset): Flag[] {
  const { models } = table;
  const lengths = typicalLengths(table);
  const quality = primaryMeans(table);
  const first = argmax(quality);
  if (lengths === undefined || models.length < 2 || first === -1) return [];
  if (quality.filter((mean) => mean === quality[first]).length > 1) return [];
  const others = middle(lengths.values.filter((x, m) => m !== first && !Number.isNaN(x)));
  const own = lengths.values[first]!;
  if (!(own > muchLonger * others && others > 0)) return [];
  const { id } = models[first]!;
  return [
    {
      code: 'length-bias',
      models: [id],
      groups: [],
      message:
        `${id} ranks first, and its typical answer (${Math.round(own)} ${lengths.unit}) is ` +
        `${(own / others).toFixed(1)} times as long as that of the others (${Math.round(others)}).` +
        `${correlated(lengths.values, quality)} If a judge scored these answers, check that it does not reward ` +
        `length; if they were scored by rule, length is only a cost.`,
    },
  ];
}

function typicalLengths(
  table: Dataset,
): { readonly values: Float64Array; readonly unit: string } | undefined {
  const { tokensOut, completion, models, examples } = table;
  const of = (cell: (i: number, m: number) => number | undefined): Float64Array =>
    Float64Array.from(models, (_, m) =>
      middle(Float64Array.from(examples, (_, i) => cell(i, m) ?? Number.NaN).filter((x) => !Number.isNaN(x))),
    );
  if (tokensOut) return { values: of((i, m) => tokensOut.data[i * models.length + m]), unit: 'tokens' };
  if (completion) return { values: of((i, m) => completion(i, m)?.answer?.length), unit: 'characters' };
  return undefined;
}

/** The median. */
const middle = (values: ArrayLike<number>): number => quantile(Float64Array.from(values).sort(), 0.5);

function correlated(lengths: Float64Array, quality: Float64Array): string {
  const known = [...lengths.keys()].filter((m) => !Number.isNaN(lengths[m]!) && !Number.isNaN(quality[m]!));
  if (known.length < fewestRanked) return '';
  const rho = rankCorrelation(
    known.map((m) => lengths[m]!),
    known.map((m) => quality[m]!),
  );
  return ` Over the pool, length and score have a rank correlation of ${rho.toFixed(2)}.`;
}

/** Spearman's, of numbers without many ties. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]): number[] => {
    const out = new Array<number>(values.length);
    descending(values).forEach((i, rank) => {
      out[i] = rank;
    });
    return out;
  };
  const [x, y] = [ranks(a), ranks(b)];
  const n = x.length;
  const squares = x.reduce((sum, rank, i) => sum + (rank - y[i]!) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}
