import { expectedOf, shares } from '../core/choice.ts';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { asQuery, textOf } from '../core/query.ts';
import type { Estimate } from '../core/results.ts';
import type { Training } from '../core/router.ts';
import { takeRows } from '../core/table.ts';
import { ceilings } from '../feasibility/ceilings.ts';
import { raschNull } from '../feasibility/rasch.ts';
import { type Matrix, matrix, selectRows } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import { designOf } from './design.ts';
import { noEncoder, training, visible } from './encoded-part.ts';
import type { RouterChoice } from './fitted.ts';
import { type Plan, plan } from './protocol.ts';
import { turn } from './turn.ts';

/** What a pool too large for a report reaches as a whole, on the test rows of a table with a split. */
export interface WholePool {
  readonly models: number;
  readonly rows: number;
  /** Mean quality by router, where the table and the encoder have what it needs. */
  readonly routers: readonly {
    readonly name: string;
    readonly quality: Estimate;
    readonly seconds: number;
  }[];
  readonly oneSample: Estimate;
  readonly splitHalf: Estimate | null;
  /** The oracle of models that differ in ability alone. */
  readonly raschNull: Estimate;
}

/** Cells of forecasts that are held at once. */
const mostCells = 2 ** 22;

/**
 * Routers and ceilings over every model. Forecasts are made and spent a few rows at a time: those of 8,500 models on
 * 20,000 rows would be 1.4 GB for each router. `table`: with a split.
 * @throws SignalboxError `table` where no test row is observed for every model
 */
export async function wholePool(
  args: {
    readonly table: Dataset;
    readonly encoder: Encoder;
    readonly choices: readonly RouterChoice[];
    readonly draws?: number;
  },
  context: Context,
): Promise<WholePool> {
  const planned = plan(args.table, { seed: context.seed });
  const { table, compared } = planned;
  const design = designOf(planned, { draws: args.draws, seed: context.seed });
  const { train, test } = await encoded(planned, args.encoder, context);
  const usable = args.choices.filter(
    ({ router: { needs } }) =>
      !(needs.features === true && train.features.cols === 0) &&
      !(needs.groups && design.groupNames.length < 2),
  );
  const earned = matrix(compared.length, usable.length);
  const seconds: number[] = [];
  for (const [c, choice] of usable.entries()) {
    context.progress('all models', c, usable.length + 1);
    await turn(context);
    const started = performance.now();
    const values = await qualityOf(choice, { train, test, planned }, context);
    for (let i = 0; i < values.length; i++) earned.data[i * usable.length + c] = values[i]!;
    seconds.push((performance.now() - started) / 1000);
  }
  context.progress('all models', usable.length, usable.length + 1);
  const quality = selectRows(table.quality, compared);
  const outcomes = {
    quality,
    k: selectRows(table.k, compared),
    ...(table.samples && { samples: table.samples.map((m) => selectRows(m, compared)) }),
  };
  const { primary } = table;
  const { oneSample, splitHalf } = ceilings(outcomes, design, primary);
  const { oracle } = raschNull({ quality, design, primary, byGroup: false });
  context.progress('all models', usable.length + 1, usable.length + 1);
  return {
    models: table.models.length,
    rows: compared.length,
    routers: estimates(earned, design, primary).map((estimate, c) => ({
      name: usable[c]!.name,
      quality: estimate,
      seconds: seconds[c]!,
    })),
    oneSample,
    splitHalf,
    raschNull: oracle,
  };
}

function estimates(values: Matrix, design: Design, primary: Dataset['primary']): Estimate[] {
  return averages(design, values).map(({ weighted, macro }) =>
    asEstimate(interval(primary === 'macro' ? macro : weighted, design), 0, 1),
  );
}

async function encoded(
  { table, parts, compared }: Plan,
  given: Encoder,
  context: Context,
): Promise<{ train: Training; test: Matrix }> {
  const blind = !given.textless && table.examples.every((example) => textOf(example) === '');
  const encoder = blind ? noEncoder : given;
  const rows = takeRows(table, parts[0]!.train);
  const queries = rows.examples.map(asQuery);
  const state = await encoder.fit(queries, context);
  const train = training(rows, await encoder.encode(queries, state, context), context.seed);
  const tested = Array.from(compared, (i) => asQuery(table.examples[i]!));
  return { train, test: await encoder.encode(tested, state, context) };
}

/** What the router's choices earn on each compared row. */
async function qualityOf(
  { router, params }: RouterChoice,
  work: { readonly train: Training; readonly test: Matrix; readonly planned: Plan },
  context: Context,
): Promise<Float64Array> {
  const { train, test, planned } = work;
  const { table, compared } = planned;
  const state = await router.fit(train, params, context);
  const out = new Float64Array(compared.length);
  const step = Math.max(1, Math.floor(mostCells / table.models.length));
  for (let start = 0; start < compared.length; start += step) {
    const rows = compared.subarray(start, start + step);
    const places = Int32Array.from(rows, (_, i) => start + i);
    const queries = Array.from(rows, (i) => asQuery(table.examples[i]!));
    const input = visible({ queries, features: selectRows(test, places) }, router);
    const { quality } = await router.predict(input, state, params, context);
    out.set(expectedOf(shares(quality), selectRows(table.quality, rows)), start);
  }
  return out;
}
