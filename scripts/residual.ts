/**
 * Writes docs/residual.md: what each way of shrinking `residual` comes to on every table, and on training rows alone.
 * npm run node scripts/residual.ts DATA [TABLE ...]
 * DATA holds the published records (docs/formats.md), a folder for each study; tables that are not named are taken
 * from the run before, which stands in `--keep FOLDER`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectedOf, shares } from '../packages/signalbox/src/core/choice.ts';
import type { Dataset } from '../packages/signalbox/src/core/dataset.ts';
import type { Estimate, System, Versus } from '../packages/signalbox/src/core/results.ts';
import { primaryMeans, takeRows } from '../packages/signalbox/src/core/table.ts';
import { argmax } from '../packages/signalbox/src/math/order.ts';
import {
  baselineNames,
  cacheFolder,
  findEncoder,
  findPolicy,
  findRouter,
  openTable,
} from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { evaluate } from '../packages/signalbox/src/pipeline/evaluate.ts';
import type { CrossFitted } from '../packages/signalbox/src/pipeline/fitted.ts';
import { comparedQuality } from '../packages/signalbox/src/pipeline/forecast.ts';
import type { Plan } from '../packages/signalbox/src/pipeline/protocol.ts';
import { studies, studyFolder } from '../packages/signalbox/src/pipeline/studies/index.ts';
import { rowWeights } from '../packages/signalbox/src/routers/shared/held-out.ts';

const context = makeContext({ seed: 0 });
const variants = ['plain', 'cross-validated', 'empirical-bayes', 'folds', 'margin', 'table'];
const routers = ['residual', ...variants.map((words) => `residual:${words}`)];

const file = (name: string) => (data: string) =>
  openTable({ paths: [join(data, name)], format: undefined, options: {}, context });
const set = (study: string, name: string) => async (data: string) => {
  const sets = await studies[study]!.sets(studyFolder(studies[study]!, data), context);
  return sets.find(({ table }) => table.name === name)!.table;
};
const tables: Readonly<Record<string, (data: string) => Promise<Dataset>>> = {
  routerdc: file('routerdc'),
  llmrouter: file('llmrouter'),
  mmlupro: file('mmlupro/half.csv'),
  'routellm-mmlu': set('routellm', 'mmlu'),
  'routellm-gsm8k': set('routellm', 'gsm8k'),
  routerbench: set('routerbench', 'pooled'),
  routerarena: file('routerarena'),
};

interface Row {
  readonly name: string;
  readonly single: Versus | null;
  readonly table: Versus | null;
  readonly apgr?: Estimate | undefined;
  readonly aiq?: Estimate | undefined;
  /** On the fifth of each part's training rows that a fit on the others had not seen: lift over best single, and its standard error. */
  readonly held: { readonly value: number; readonly error: number };
  readonly seconds: number;
}
interface Kept {
  readonly rows: number;
  readonly models: number;
  readonly how: string;
  readonly systems: readonly Row[];
}

/** Lift over the best single model on held-out training rows: each part by itself, then averaged by rows. */
function heldOut(plan: Plan, { tuning }: CrossFitted): Row['held'] {
  const lifts: number[] = [];
  for (const [p, { rows, forecasts }] of tuning.entries()) {
    const train = takeRows(
      plan.table,
      plan.parts[p]!.train.filter((i) => !rows.includes(i)),
    );
    const best = argmax(primaryMeans(train));
    const table = takeRows(plan.table, rows);
    const quality = comparedQuality({ table: plan.table, compared: rows });
    const value = expectedOf(shares(forecasts.quality), quality);
    const weights = rowWeights(table);
    value.forEach((v, i) => {
      const lift = weights[i]! * (v - quality.data[i * quality.cols + best]!);
      if (!Number.isNaN(lift)) lifts.push(lift);
    });
  }
  const n = lifts.length;
  const value = lifts.reduce((sum, x) => sum + x, 0) / n;
  return { value, error: Math.sqrt(lifts.reduce((sum, x) => sum + (x - value) ** 2, 0)) / n };
}

async function measure(table: Dataset): Promise<Kept> {
  const { encoder } = await findEncoder('default', { cacheFolder: cacheFolder() });
  const policy = await findPolicy('utility');
  const choices = await Promise.all([...baselineNames, ...routers].map((name) => findRouter(name)));
  const { set, plan, fitted } = await evaluate(
    { table, choices, encoder, judged: [policy], curvePolicy: policy.policy, tune: true },
    context,
  );
  await encoder.close?.();
  const row = (system: System): Row => {
    const from = fitted.find(({ choice }) => choice.name === system.name);
    return {
      name: system.name,
      single: system.versus.bestSingle,
      table: system.versus.taskTable,
      apgr: system.apgr,
      aiq: system.aiq,
      held: from && from.tuning.length > 0 ? heldOut(plan, from) : { value: Number.NaN, error: Number.NaN },
      seconds: system.fitSeconds,
    };
  };
  const shown = set.systems.filter(({ name }) => name === 'task-table' || routers.includes(name));
  return {
    rows: set.rows,
    models: set.models.length,
    how: set.protocol.kind === 'cv' ? `${set.protocol.folds} folds` : 'given split',
    systems: shown.map(row),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string', default: join(tmpdir(), 'signalbox-residual') } },
});
const [data, ...named] = positionals;
if (data === undefined) throw new Error('Give the folder of the published records.');
mkdirSync(values.keep, { recursive: true });
const place = (name: string): string => join(values.keep, `${name}.json`);
for (const [name, open] of Object.entries(tables)) {
  if (named.length > 0 ? !named.includes(name) : existsSync(place(name))) continue;
  console.error(name);
  writeFileSync(place(name), JSON.stringify(await measure(await open(data)), null, 1));
}

const points = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(100 * x).toFixed(2)}`;
const lift = (x: Versus | null): string =>
  x ? `${points(x.value)} [${points(x.low)}, ${points(x.high)}]` : '';
const unit = (x: Estimate | undefined): string =>
  x ? `${x.value.toFixed(3)} [${x.low.toFixed(3)}, ${x.high.toFixed(3)}]` : '';
function section(name: string, { rows, models, how, systems }: Kept): string {
  const lines = systems.map(({ name, single, table, apgr, aiq, held, seconds }) => {
    const within = Number.isFinite(held.value)
      ? `${points(held.value)} ± ${(100 * held.error).toFixed(2)}`
      : '';
    const curve = apgr ? `APGR ${unit(apgr)}` : aiq ? `AIQ ${unit(aiq)}` : '';
    return `| ${name} | ${within} | ${lift(single)} | ${lift(table)} | ${curve} | ${seconds.toFixed(1)} |`;
  });
  return `### ${name}\n\n${rows} rows, ${models} models, ${how}.\n\n| system | on held-out training rows | lift over best single | over the task table | curve | fit, s |\n| --- | ---: | ---: | ---: | ---: | ---: |\n${lines.join('\n')}\n`;
}

const lead = `# What \`residual\` starts from, and when it leaves the best single model

<!-- Written by \`npm run node scripts/residual.ts DATA\`; edit the script, not this page. -->

The default router and the choices that were tried against it, on seven published tables
([why it is as it is](decisions/2026-11-25-residual.md)). \`residual\` is \`residual:one-se\`; \`plain\`,
\`cross-validated\` and \`empirical-bayes\` follow every predicted gain and differ in how group means are shrunk;
\`one-se\`, \`folds\` and \`margin\` shrink by empirical Bayes and differ in when the best single model is left;
\`table\` is \`one-se\` without corrections from the text. Any of them runs by its name in \`report --routers\`.

Lifts are paired, in points, with 95 % intervals, on test rows. The second column is what a default may be chosen by:
the lift over the best single model, and its standard error, on a fifth of each part's training rows, by a fit on the
other four fifths (the rule is in the decision). Encoder surface+lsa+minilm, seed 0.`;

const measured = Object.keys(tables)
  .filter((name) => existsSync(place(name)))
  .map((name) => [name, JSON.parse(readFileSync(place(name), 'utf8')) as Kept] as const);
writeFileSync(
  new URL('../docs/residual.md', import.meta.url),
  `${lead}\n\n${measured.map(([name, kept]) => section(name, kept)).join('\n')}`,
);
