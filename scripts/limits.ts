/**
 * Writes docs/limits.md: two figures that were asked of the default and that it does not reach, beside what else the
 * same features and rows give.
 * npm run node scripts/limits.ts DATA
 * DATA holds the published records (docs/formats.md), a folder for each study. What is measured stands in `--keep
 * FOLDER`, from where an interrupted run goes on.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Dataset } from '../packages/signalbox/src/core/dataset.ts';
import type { Forecasts } from '../packages/signalbox/src/core/policy.ts';
import type { Estimate, System } from '../packages/signalbox/src/core/results.ts';
import { takeRows } from '../packages/signalbox/src/core/table.ts';
import { column, type Matrix, matrix } from '../packages/signalbox/src/math/matrix.ts';
import { pointsOf, singlesSweep, sweep } from '../packages/signalbox/src/metrics/curve.ts';
import { hull, meanHeight } from '../packages/signalbox/src/metrics/hull.ts';
import { performanceGap } from '../packages/signalbox/src/metrics/pgr.ts';
import {
  baselineNames,
  findEncoder,
  findPolicy,
  findRouter,
} from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { evaluate } from '../packages/signalbox/src/pipeline/evaluate.ts';
import { studies, studyFolder } from '../packages/signalbox/src/pipeline/studies/index.ts';

const shelf = ['residual', 'multi-label', 'ridge', 'mlp', 'knn', 'clusters', 'embedllm', 'irt', 'separate'];
const mixes = [['residual', 'multi-label'], ['residual', 'multi-label', 'ridge', 'mlp', 'knn'], shelf];
const seeds = [0, 1, 2, 3, 4];

interface Figure {
  readonly of: string;
  readonly value: number;
  readonly interval?: Pick<Estimate, 'low' | 'high'>;
}

/** How a forecast is scored on the compared rows: the area that the study reports. */
type Score = (forecasts: Forecasts) => number;

async function run(table: Dataset, routers: readonly string[], seed: number) {
  const context = makeContext({ seed });
  const cacheFolder = process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache', 'signalbox');
  const { encoder } = await findEncoder('default', { cacheFolder });
  const policy = await findPolicy('utility');
  const choices = await Promise.all([...baselineNames, ...routers].map((name) => findRouter(name)));
  const args = { table, choices, encoder, judged: [policy], curvePolicy: policy.policy, tune: false };
  const { set, plan, fitted } = await evaluate(args, context);
  await encoder.close?.();
  const byName = new Map(fitted.map(({ choice, forecasts }) => [choice.name, forecasts]));
  return { systems: set.systems, rows: takeRows(plan.table, plan.compared), byName, policy: policy.policy };
}
type Run = Awaited<ReturnType<typeof run>>;

/** Area under quality over cost, as OUTPUT defines AIQ. */
function aiqOf({ rows, policy }: Run): Score {
  const observed = { quality: rows.quality, cost: rows.cost! };
  const singles = pointsOf(singlesSweep(observed));
  const costs = singles.map(({ cost }) => cost);
  const [low, high] = [Math.min(...costs), Math.max(...costs)];
  const cheapest = singles.find(({ cost }) => cost === low)!;
  return (forecasts) =>
    meanHeight(hull([...pointsOf(sweep(forecasts, policy, observed)), cheapest]), low, high);
}

function apgrOf({ rows }: Run): Score {
  const place = (id: string | undefined): number => rows.models.findIndex((model) => model.id === id);
  const [w, s] = [place(rows.weak), place(rows.strong)];
  const [weak, strong] = [column(rows.quality, w), column(rows.quality, s)];
  const once = new Uint16Array(weak.length).fill(1);
  return ({ quality }) => {
    const gain = column(quality, s).map((value, i) => value - quality.data[i * quality.cols + w]!);
    return performanceGap({ gain, weak, strong })(once, 0)[0]!;
  };
}

/** The mean of several routers' forecasts; everything else as the first has it. */
function meanOf(byName: Run['byName'], names: readonly string[]): Forecasts {
  const all = names.map((name) => byName.get(name)!);
  const first = all[0]!;
  const quality: Matrix & { readonly data: Float64Array } = matrix(first.quality.rows, first.quality.cols);
  for (const each of all)
    for (let c = 0; c < quality.data.length; c++) quality.data[c]! += each.quality.data[c]! / all.length;
  return { ...first, quality };
}

function reported(system: System, key: 'aiq' | 'apgr'): Figure[] {
  const estimate = system[key];
  return estimate ? [{ of: `\`${system.name}\``, value: estimate.value, interval: estimate }] : [];
}

function figures(from: Run, key: 'aiq' | 'apgr', score: Score): Figure[] {
  const shown = from.systems
    .filter(({ name }) => shelf.includes(name) || name === 'task-table')
    .flatMap((system) => reported(system, key));
  const named = (names: readonly string[]): string =>
    names === shelf ? `all ${shelf.length}` : names.map((name) => `\`${name}\``).join(', ');
  const mixed = mixes.map((names) => ({
    of: `mean of the forecasts of ${named(names)}`,
    value: score(meanOf(from.byName, names)),
  }));
  return [...shown, ...mixed];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string', default: join(tmpdir(), 'signalbox-limits') } },
});
const [data] = positionals;
if (data === undefined) throw new Error('Give the folder of the published records.');
mkdirSync(values.keep, { recursive: true });

async function kept(name: string, measure: () => Promise<Figure[]>): Promise<Figure[]> {
  const place = join(values.keep, `${name}.json`);
  if (!existsSync(place)) {
    console.error(name);
    writeFileSync(place, JSON.stringify(await measure(), null, 1));
  }
  return JSON.parse(readFileSync(place, 'utf8')) as Figure[];
}

async function tableOf(study: string, name: string): Promise<Dataset> {
  const folder = studyFolder(studies[study]!, data!);
  const sets = await studies[study]!.sets(folder, makeContext({ seed: 0 }));
  return sets.find(({ table }) => table.name === name)!.table;
}

const mmlu = await kept('mmlu', async () => {
  const from = await run(await tableOf('routellm', 'mmlu'), shelf, 0);
  return figures(from, 'apgr', apgrOf(from));
});
/** The default by other assignments of rows to folds, and their mean. */
async function otherFolds(of: {
  readonly name: string;
  readonly study: string;
  readonly set: string;
  readonly key: 'aiq' | 'apgr';
}): Promise<Figure[]> {
  const list: Figure[] = [];
  for (const seed of seeds) {
    const [figure] = await kept(`${of.name}-seed-${seed}`, async () => {
      const { systems } = await run(await tableOf(of.study, of.set), ['residual'], seed);
      return systems.filter(({ name }) => name === 'residual').flatMap((system) => reported(system, of.key));
    });
    list.push({ ...figure!, of: `\`residual\`, seed ${seed}` });
  }
  const mean = list.reduce((sum, { value }) => sum + value, 0) / list.length;
  return [...list, { of: `mean of these ${list.length}`, value: mean }];
}

const mmluFolds = await otherFolds({ name: 'mmlu', study: 'routellm', set: 'mmlu', key: 'apgr' });
const pooled = await kept('routerbench', async () => {
  const from = await run(await tableOf('routerbench', 'pooled'), shelf, 0);
  const score = aiqOf(from);
  const known = { ...from.byName.get('residual')!, cost: from.rows.cost! };
  return [
    ...figures(from, 'aiq', score),
    { of: '`residual`, with what each call did cost in the place of the forecast', value: score(known) },
  ];
});

const pooledFolds = await otherFolds({
  name: 'routerbench',
  study: 'routerbench',
  set: 'pooled',
  key: 'aiq',
});

const table = (name: string, list: readonly Figure[]): string =>
  `| forecasts | ${name} |\n| --- | ---: |\n${list
    .map(({ of, value, interval }) => {
      const range = interval ? ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]` : '';
      return `| ${of} | ${value.toFixed(4)}${range} |`;
    })
    .join('\n')}\n`;

writeFileSync(
  new URL('../docs/limits.md', import.meta.url),
  `# Two figures that were asked of the default

<!-- Written by \`npm run node scripts/limits.ts DATA\`; edit the script, not this page. -->

Of the default were asked an APGR of 0.695 on RouteLLM's MMLU and an AIQ of 0.852 on RouterBench's pooled sets
([decision](decisions/2026-11-25-residual.md)). On the folds of seed 0, which every other page shows, it has neither to the last
digit. Below: the other routers of the shelf on the same folds and features, means of several routers' forecasts, other folds, and
what no router knows. The means of forecasts were made on the compared rows to see how far these features go; none of them is a router that was
chosen. Encoder surface+lsa+minilm.

## RouteLLM MMLU, APGR

${table('APGR', mmlu)}
The same by other folds. What one assignment of rows to folds gives moves by more than what is missing:

${table('APGR', mmluFolds)}
## RouterBench pooled, AIQ

${table('AIQ', pooled)}
By other folds:

${table('AIQ', pooledFolds)}`,
);
