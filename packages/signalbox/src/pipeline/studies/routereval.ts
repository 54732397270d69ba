import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { SignalboxError } from '../../core/errors.ts';
import { userMessage } from '../../core/query.ts';
import type { ResultSet } from '../../core/results.ts';
import type { Matrix } from '../../math/matrix.ts';
import {
  leaderboardParams,
  listFiles,
  poolSettings,
  type RouterEvalFile,
  readRouterEval,
} from '../config.ts';
import { type Generated, generated, poolOf, reachOf, routerLiftOf } from './routereval-generated.ts';
import { routerEvalSet } from './routereval-measure.ts';
import { measurePool, type Pool, routerNames } from './routereval-pool.ts';
import { routerEvalSentences } from './routereval-words.ts';
import type { Study } from './study.ts';

const sizes = [3, 5, 10, 100, 1000];
const full = { draws: 1000, worlds: 5, sizes };
const quickly = { draws: 200, worlds: 1, sizes: sizes.slice(0, 4) };

/**
 * RouterEval (arXiv 2503.10657): five baselines, the oracle and r_o(p) on pools of 3 to 1000 models; on its published
 * files, or on a generated leaderboard whose probabilities are known, so that what grows with the pool can be told
 * from what is picked after the fact.
 */
export const routereval: Study = {
  summary:
    'RouterEval (2503.10657): pools of 3 to 1000 LLMs; does what routing can reach grow with the pool? (--generated)',
  source:
    'https://github.com/MilkThink-Lab/RouterEval, whose README links to the folder router_dataset: bring its files into data/router_dataset and run npx signalbox reproduce routereval --data data; or without them: npx signalbox reproduce routereval --generated',
  folders: ['router_dataset', 'data/router_dataset', 'routereval', '.'],
  // They are pools, and made by `run`.
  sets: async () => [],
  run: async ({ folder, encoder, quick }, context) => {
    const settings = quick ? quickly : full;
    const sets =
      folder === undefined
        ? runGenerated(settings, quick, context)
        : await runPublished({ folder, encoder, quick, settings }, context);
    const last = sets.at(-1)!;
    return [...sets.slice(0, -1), { ...last, notes: [...routerEvalSentences(sets), ...(last.notes ?? [])] }];
  },
};

type Settings = typeof full;

/** One set for each size; routers on the first world, what can be reached over all of them. */
function runGenerated(settings: Settings, quick: boolean, context: Context): ResultSet[] {
  const worlds: Generated[] = [];
  for (let w = 0; w < settings.worlds; w++) {
    context.progress('leaderboards', w, settings.worlds);
    worlds.push(generated(leaderboardParams, context.seed * settings.worlds + w));
  }
  const [first] = worlds;
  const { draws } = settings;
  const { seed } = context;
  return settings.sizes.map((size, done) => {
    context.progress('pool sizes', done, settings.sizes.length);
    const started = performance.now();
    const pools = poolSettings.map((setting) =>
      measurePool(poolOf(first!, { setting, size, quick }), context),
    );
    const { set, measures } = routerEvalSet({
      task: 'generated',
      size,
      pools,
      trainRows: first!.world.parts.train.length,
      draws,
      seed,
    });
    const reach = reachOf(worlds, { size, draws, seed });
    const routerLift = routerLiftOf(pools, routerNames, { draws, seed });
    return {
      ...set,
      routerEval: { ...measures, reach: { ...reach, routerLift } },
      encoder: `${leaderboardParams.features} generated features`,
      seconds: (performance.now() - started) / 1000,
    };
  });
}

interface Published {
  readonly folder: string;
  readonly encoder: Encoder;
  readonly quick: boolean;
  readonly settings: Settings;
}

/** One set for each task and size. */
async function runPublished(
  { folder, encoder, quick, settings: { draws } }: Published,
  context: Context,
): Promise<ResultSet[]> {
  const paths = await listFiles([folder]);
  const sets: ResultSet[] = [];
  for (const [done, path] of paths.entries()) {
    context.progress('tasks', done, paths.length);
    for (const task of await readRouterEval([path], context)) {
      const features = await featuresOf(task, encoder, context);
      const bySize = Map.groupBy(task.pools, ({ models }) => models.length);
      for (const [size, some] of [...bySize].sort(([a], [b]) => a - b)) {
        const started = performance.now();
        const pools = some.map(({ path: where, models, scores, labels }) => {
          const pool: Pool = {
            ...features,
            quick,
            setting: where.at(-1) ?? 'pool',
            models,
            labels: labels ?? scores.train,
            scores: scores.test,
          };
          return measurePool(pool, context);
        });
        const trainRows = some[0]!.scores.train.rows;
        const given = { task: task.task, size, pools, trainRows, draws, seed: context.seed };
        const { set, measures, oracle } = routerEvalSet(given);
        const unknown = { pickedOnTraining: null, random: null, probability: null, bestSingle: null };
        sets.push({
          ...set,
          routerEval: { ...measures, reach: { picked: oracle, ...unknown, routerLift: null } },
          encoder: features.own === undefined ? 'as published' : `as published; ${encoder.name}`,
          seconds: (performance.now() - started) / 1000,
        });
      }
    }
  }
  if (sets.length === 0)
    throw new SignalboxError('file', `there are no pools in it. They are published at ${routereval.source}`, {
      file: folder,
    });
  return sets;
}

type Features = Pick<Pool, 'train' | 'test' | 'own'>;

/** The published embeddings, and the prompts by our encoder where there are any. */
async function featuresOf(
  { embeddings, prompts, file }: RouterEvalFile,
  encoder: Encoder,
  context: Context,
): Promise<Features> {
  const own = prompts === undefined ? undefined : await encoded(prompts, encoder, context);
  if (embeddings !== undefined)
    return { train: embeddings.train, test: embeddings.test, ...(own && { own }) };
  if (own !== undefined) return own;
  throw new SignalboxError(
    'table',
    'it holds neither `embedding` nor `prompt`, so nothing can be routed by.',
    {
      file,
    },
  );
}

async function encoded(
  prompts: NonNullable<RouterEvalFile['prompts']>,
  encoder: Encoder,
  context: Context,
): Promise<{ train: Matrix; test: Matrix }> {
  const queries = (texts: readonly string[]) =>
    texts.map((text, i) => ({ id: String(i), messages: userMessage(text) }));
  const state = await encoder.fit(queries(prompts.train), context);
  return {
    train: await encoder.encode(queries(prompts.train), state, context),
    test: await encoder.encode(queries(prompts.test), state, context),
  };
}
