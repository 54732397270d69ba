import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { keyOf } from '../../core/query.ts';
import type { ControlsResult } from '../../core/results-evidence.ts';
import { matrix32, selectRows } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import type { Design } from '../../metrics/design.ts';
import { crossFit } from '../cross-fit.ts';
import type { RouterChoice } from '../fitted.ts';
import { keptOrLater, type Later, printOfParts } from '../kept-fits.ts';
import type { Plan } from '../protocol.ts';
import { permutationTests } from './permutation.ts';
import { liftOf, qualityUnder, sampledOf } from './values.ts';

export interface ControlArgs {
  readonly plan: Plan;
  readonly design: Design;
  /** The learner that is tried; it needs encoded text. */
  readonly choice: RouterChoice;
  readonly encoder: Encoder;
  /** Quality of best single on each compared row. */
  readonly best: Float64Array;
  readonly permutations: number;
  readonly mostRows: number;
}

/** What must find nothing finds nothing: the same learner on shuffled labels and on random features, and two permutation tests. */
export async function controlsOf(args: ControlArgs, context: Context): Promise<ControlsResult> {
  const { plan, encoder } = args;
  const shuffled = { ...plan, table: { ...plan.table, quality: shuffledRows(plan, context.seed) } };
  const permuted = await keptPermutations(args, context);
  const lifts = {
    shuffledLabels: await lift(args, { plan: shuffled, encoder }, context),
    randomFeatures: await lift(args, { plan, encoder: randomFeatures }, context),
  };
  const { global, withinGroup } = typeof permuted === 'function' ? await permuted() : permuted;
  return { ...lifts, permutationGlobal: global, permutationWithinGroup: withinGroup };
}

/** One piece of work: its parts add up in their order. */
function keptPermutations(args: ControlArgs, context: Context): Promise<Permuted | Later<Permuted>> {
  const { plan, encoder, choice, permutations, mostRows } = args;
  const { partner: _, ...alone } = context;
  return keptOrLater(
    { choice, encoder, plan, part: plan.parts[0]! },
    {
      more: ['permutations', permutations, mostRows, printOfParts(plan)],
      make: () => permutationTests(args, alone),
    },
    context,
  );
}

type Permuted = Awaited<ReturnType<typeof permutationTests>>;

async function lift(
  { plan, design, choice, best, encoder }: ControlArgs,
  fit: { readonly plan: Plan; readonly encoder: Encoder },
  context: Context,
): Promise<ControlsResult['shuffledLabels']> {
  const [fitted] = await crossFit(
    fit.plan,
    { choices: [choice], encoder: fit.encoder, tune: false, keep: fit.encoder === encoder, costs: false },
    { ...context, progress: () => {} },
  );
  const value = qualityUnder(shares(fitted!.forecasts.quality), plan);
  const [ours, theirs] = sampledOf([value, best], { plan, design });
  return liftOf(ours!, theirs!, design);
}

/** Outcomes dealt to other queries of the same training part: what a model is worth on the whole stays, what it is good at goes. */
function shuffledRows({ table, parts, folds }: Plan, seed: number): Plan['table']['quality'] {
  const rows = Int32Array.from(table.examples.keys());
  const random = rng(`shuffled labels/${seed}`);
  // With a given split, training rows exchange among themselves; a fold's rows train others.
  const block = folds === undefined ? parts[0]!.train.slice() : rows.slice();
  const to = block.slice();
  shuffle(to, random);
  block.forEach((row, i) => {
    rows[row] = to[i]!;
  });
  return selectRows(table.quality, rows);
}

const width = 64;

/** Numbers drawn from the text of a query, and telling nothing of it. */
const randomFeatures: Encoder<null> = {
  name: 'random features',
  settings: {},
  fit: async () => null,
  encode: async (queries) => {
    const out = matrix32(queries.length, width);
    queries.forEach((query, i) => {
      const random = rng(keyOf(query));
      for (let j = 0; j < width; j++) out.data[i * width + j] = random.normal() / Math.sqrt(width);
    });
    return out;
  },
  width: () => width,
};
