import type { Dataset } from '../../core/dataset.ts';
import { type Example, userMessage } from '../../core/query.ts';
import { type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { type Rng, rng } from '../../math/rng.ts';
import { type Law, lawOf } from './law.ts';
import { checkTrust, plainTrust, type TrustParams } from './params.ts';
import { drawRows, type TrueRows } from './rows.ts';

/** A table drawn from a world, with the features of its rows and what is true of them. */
export interface TrustTable {
  readonly table: Dataset;
  /** Rows x columns, at most 32, in 32-bit floats. */
  readonly features: Matrix;
  readonly truth: TrueRows;
}

/** Rows that no table holds, to compute population values from; they name their groups and have no text. */
export interface FreshRows extends TrueRows {
  readonly examples: readonly Example[];
}

export interface TrustWorld {
  readonly params: TrustParams;
  readonly models: readonly string[];
  /** The same seed gives the same table. */
  draw(seed: number | string): TrustTable;
  /** Rows by the law of the test part, or of all where there is none, without duplicates. */
  fresh(rows: number, seed?: number | string): FreshRows;
}

/** @throws SignalboxError `usage` for parameters that make no world */
export function trustWorld(given: Partial<TrustParams>): TrustWorld {
  const params = { ...plainTrust, ...given };
  checkTrust(params);
  const law = lawOf(params);
  return {
    params,
    models: law.models,
    draw: (seed) => drawTable({ params, law, random: rng(`${seed}/table/${params.name}`) }),
    fresh: (rows, seed = 0) => {
      const random = rng(`${seed}/fresh/${params.name}`);
      const truth = drawRows({ params, law, rows, part: params.testShare > 0 ? 'test' : 'train', random });
      return { ...truth, examples: examplesOf({ params, truth, prefix: 'fresh' }) };
    },
  };
}

interface Drawing {
  readonly params: TrustParams;
  readonly law: Law;
  readonly random: Rng;
}

function drawTable({ params, law, random }: Drawing): TrustTable {
  const { queries, testShare } = params;
  const testRows = Math.round(queries * testShare);
  const train = drawRows({
    params,
    law,
    rows: queries - testRows,
    part: 'train',
    random: random.fork('train'),
  });
  const test = drawRows({ params, law, rows: testRows, part: 'test', random: random.fork('test') });
  const source = repeated(params, queries - testRows, random.fork('duplicates'));
  const truth = take(joined(train, test), source);
  const examples = examplesOf({ params, truth, prefix: params.name, source });
  const table = drawOutcomes({ params, law, truth, examples, random: random.fork('outcomes') });
  return { table, features: truth.features, truth };
}

/** For each row the row whose query it has: its own, or an earlier one's of its part. */
function repeated({ queries, duplicates }: TrustParams, trainRows: number, random: Rng): Int32Array {
  const source = Int32Array.from({ length: queries }, (_, i) => i);
  if (duplicates === 0) return source;
  for (let i = 0; i < queries; i++) {
    const start = i < trainRows ? 0 : trainRows;
    if (i > start && random.next() < duplicates) source[i] = source[start + random.int(i - start)]!;
  }
  return source;
}

function joined(a: TrueRows, b: TrueRows): TrueRows {
  if (b.groupOf.length === 0) return a;
  const stack = (above: Matrix, below: Matrix): Matrix => {
    const data = above.data instanceof Float32Array ? Float32Array : Float64Array;
    const all = new data(above.data.length + below.data.length);
    all.set(above.data);
    all.set(below.data, above.data.length);
    return { rows: above.rows + below.rows, cols: above.cols, data: all };
  };
  return {
    groupOf: Int32Array.from([...a.groupOf, ...b.groupOf]),
    features: stack(a.features, b.features),
    probability: stack(a.probability, b.probability),
    foreseen: stack(a.foreseen, b.foreseen),
    cost: stack(a.cost, b.cost),
  };
}

function take(from: TrueRows, rows: Int32Array): TrueRows {
  return {
    groupOf: rows.map((i) => from.groupOf[i]!),
    features: selectRows(from.features, rows),
    probability: selectRows(from.probability, rows),
    foreseen: selectRows(from.foreseen, rows),
    cost: selectRows(from.cost, rows),
  };
}

function examplesOf(work: {
  readonly params: TrustParams;
  readonly truth: TrueRows;
  readonly prefix: string;
  /** Row whose query each row has, in a table. */
  readonly source?: Int32Array;
}): Example[] {
  const { params, truth, prefix, source } = work;
  const { duplicates, duplicatesShare, testShare, queries } = params;
  const testFrom = queries - Math.round(queries * testShare);
  return Array.from(truth.groupOf, (group, i) => {
    const known = source !== undefined && duplicates > 0;
    return {
      id: `${prefix}/${i}`,
      messages: known && duplicatesShare === 'text' ? userMessage(`query ${source[i]}`) : [],
      ...(group >= 0 && { group: `group-${group + 1}` }),
      ...(known && duplicatesShare === 'cluster' && { cluster: `query ${source[i]}` }),
      ...(source && testShare > 0 && { split: i < testFrom ? ('train' as const) : ('test' as const) }),
    };
  });
}

function drawOutcomes(
  work: Drawing & { readonly truth: TrueRows; readonly examples: readonly Example[] },
): Dataset {
  const { params, law, truth, examples, random } = work;
  const { probability, cost } = truth;
  const { rows, cols } = probability;
  const samples = Array.from({ length: params.repeats }, () => matrix(rows, cols));
  const quality = matrix(rows, cols);
  for (let cell = 0; cell < rows * cols; cell++) {
    const m = cell % cols;
    const original = law.originalOf[m]!;
    if (original !== m) continue;
    for (const sample of samples) sample.data[cell] = random.next() < probability.data[cell]! ? 1 : 0;
  }
  for (let cell = 0; cell < rows * cols; cell++) {
    const m = cell % cols;
    const original = cell - m + law.originalOf[m]!;
    if (original !== cell) {
      for (const sample of samples) {
        const same = random.next() < params.copyAgreement;
        sample.data[cell] = same ? sample.data[original]! : random.next() < probability.data[cell]! ? 1 : 0;
      }
    }
    // Counted, then divided: the mean is to the last bit what a reader of these samples would find.
    for (const sample of samples) quality.data[cell]! += sample.data[cell]!;
    quality.data[cell]! /= params.repeats;
  }
  const [weak, strong] = law.models.length === 2 ? law.models : [];
  return {
    name: params.name,
    format: 'synthetic',
    examples,
    models: law.models.map((id) => ({ id, price: 'unknown' as const })),
    quality,
    cost,
    k: matrix(rows, cols, params.repeats),
    ...(params.repeats > 1 && { samples }),
    scoreKind: 'binary',
    primary: 'quality',
    ...(weak !== undefined && strong !== undefined && { weak, strong }),
    rowsDropped: {},
    notes: ['The rows are simulated: outcomes are drawn from a world whose truth is known.'],
    digests: {},
  };
}
