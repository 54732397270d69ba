import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Estimate } from '../../core/results.ts';
import type { Why } from '../../core/results-evidence.ts';
import { complementarity } from '../../feasibility/complementarity.ts';
import { at } from '../../math/matrix.ts';
import { findRouter } from '../config.ts';
import type { Evaluated } from '../evaluate.ts';
import { controlsOf } from '../evidence/controls.ts';
import { averaged, curveSizes, learningCurve } from '../evidence/learning.ts';
import { estimateOf, qualityUnder, sampledOf } from '../evidence/values.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';

interface WhyArgs extends Pick<Evaluated, 'plan' | 'design' | 'fitted' | 'encoder'> {
  readonly quick: boolean;
}

/** What the outcome of a scenario can be put down to: the pool, the labels, or the text. */
export async function whyOf(args: WhyArgs, context: Context): Promise<Why> {
  const { plan, design, fitted, encoder, quick } = args;
  const pool = complementarity({ quality: comparedQuality(plan), design, primary: 'quality' });
  const best = fitted.find(({ choice }) => choice.name === 'best-single')!;
  const controls = await controlsOf(
    {
      plan,
      design,
      choice: await findRouter('multi-label'),
      encoder,
      best: qualityUnder(shares(best.forecasts.quality), plan),
      permutations: quick ? 99 : 200,
      mostRows: 4000,
    },
    context,
  );
  return {
    allRight: pool.allRight,
    noneRight: pool.noneRight,
    exactlyOne: pool.exactlyOne,
    agreement: pool.agreement ?? [],
    ...(pool.kappa && { kappa: pool.kappa }),
    learningCurve: await curve(args, context),
    controls,
    contamination: { leaks: plan.protocol.leaks, models: trainAndTest(plan) },
  };
}

/** The paper blames scarce data: linear heads, from 50 training rows to all. */
async function curve(
  { plan, design, encoder, quick, fitted }: WhyArgs,
  context: Context,
): Promise<Why['learningCurve']> {
  const sizes = curveSizes(plan);
  const points = await learningCurve(
    {
      plan,
      encoder,
      whole: fitted,
      choices: await Promise.all(['best-single', 'multi-label', 'separate'].map((name) => findRouter(name))),
      // In cross-validation the five folds are the five drawings.
      repeats: plan.folds !== undefined ? 1 : quick ? 2 : 5,
      sizes: quick ? sizes.filter((_, i) => i % 3 === 0 || i === sizes.length - 1) : sizes,
    },
    context,
  );
  const sampled = sampledOf(points.map(averaged), { plan, design });
  return points.map(({ rows, system }, i) => ({ rows, system, value: estimateOf(sampled[i]!, design) }));
}

/** Mean raw score of each model on training and on test rows: far apart, one of them is not what it seems. None in cross-validation. */
function trainAndTest({ table, parts, folds }: Plan): Why['contamination']['models'] {
  if (folds !== undefined) return {};
  const scores = table.rawScore ?? table.quality;
  const { train, test } = parts[0]!;
  return Object.fromEntries(
    table.models.map(({ id }, m) => {
      const of = (rows: Int32Array): Estimate =>
        mean(Float64Array.from(rows, (row) => at(scores, row, m)).filter((y) => !Number.isNaN(y)));
      return [id, { train: of(train), test: of(test) }];
    }),
  );
}

/** With the normal interval of a mean. */
function mean(values: Float64Array): Estimate {
  const n = values.length;
  const value = values.reduce((sum, y) => sum + y, 0) / n;
  const variance = values.reduce((sum, y) => sum + (y - value) ** 2, 0) / Math.max(n - 1, 1);
  const reach = 1.96 * Math.sqrt(variance / n);
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach), n };
}
