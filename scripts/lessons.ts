/**
 * Writes docs/lessons.md from what `signalbox reproduce lessons --data DIR --json` printed:
 * node scripts/lessons.ts lessons.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type Estimate,
  type ResultSet,
  results,
  type System,
} from '../packages/signalbox/src/core/results.ts';
import { releasedDifference } from '../packages/signalbox/src/metrics/as-released.ts';

const percent = (x: number): string => (100 * x).toFixed(2);
const interval = (x: Estimate | null | undefined): string =>
  x ? `${percent(x.value)} [${percent(x.low)}, ${percent(x.high)}]` : '';
const points = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(100 * x).toFixed(2)}`;
const lift = ({ versus }: System): string => {
  const v = versus.bestSingle;
  return v ? `${points(v.value)} [${points(v.low)}, ${points(v.high)}]` : '';
};

interface Judged {
  readonly system: System;
  /** Adjusted over all routers and policies of the scenario (Holm). */
  readonly p: number;
}

/** What a scenario came to: every router under every policy against best single, corrected for their number. */
function judge(set: ResultSet): { above: Judged[]; below: Judged[]; best: Judged; n: number } {
  const routers = set.systems.filter(({ kind, versus }) => kind === 'router' && versus.bestSingle);
  const all = routers
    .map((system): Judged => ({ system, p: system.versus.bestSingle!.adjusted ?? 1 }))
    .sort((a, b) => b.system.versus.bestSingle!.value - a.system.versus.bestSingle!.value);
  const beyond = all.filter(({ p }) => p < 0.05);
  return {
    above: beyond.filter(({ system }) => system.versus.bestSingle!.value > 0),
    below: beyond.filter(({ system }) => system.versus.bestSingle!.value < 0),
    best: all[0]!,
    n: all.length,
  };
}

function named(set: ResultSet, name: string): System | undefined {
  return set.systems.find((system) => system.name === name);
}

function single(set: ResultSet): string {
  const choices = Object.entries(named(set, 'best-single')?.choices ?? {}).sort(([, a], [, b]) => b - a);
  return choices[0]?.[0] ?? '';
}

function answer(set: ResultSet): string {
  const { above, below, best, n } = judge(set);
  const where = `${best.system.name}, ${lift(best.system)} points`;
  if (above.length > 0)
    return `**Yes.** ${above.length} of ${n} routers beat the best single LLM beyond noise; most gains ${where}.`;
  const worse = below.length > 0 ? ` ${below.length} of ${n} are worse beyond noise.` : '';
  return `**No.** None of ${n} beats the best single LLM beyond noise; nearest comes ${where}.${worse}`;
}

/** Which diagnostic foretold it, and what would change it: read off the figures by fixed rules. */
function reasons(set: ResultSet): { foretold: string[]; change: string[] } {
  const foretold: string[] = [];
  const change: string[] = [];
  const why = set.why!;
  const { permutationGlobal: any, permutationWithinGroup: within } = why.controls;
  if (any && any.p > 0.05) {
    foretold.push(
      `outcomes dealt to other queries are fitted as well (p = ${any.p.toFixed(3)}): the text tells nothing of which LLM to take`,
    );
    change.push('features that see what separates these queries');
  } else if (any) {
    foretold.push(
      within && within.p > 0.05
        ? `there is signal in the text (p = ${any.p.toFixed(3)}) but none beyond the subject (p = ${within.p.toFixed(3)})`
        : `there is signal in the text (p = ${any.p.toFixed(3)}${within ? `, within subjects ${within.p.toFixed(3)}` : ''})`,
    );
  }
  const all = set.why!.learningCurve.filter(({ system }) => system === 'multi-label');
  const best = why.learningCurve.filter(({ system }) => system === 'best-single').at(-1);
  const [before, last] = [all.at(-2), all.at(-1)];
  if (before && last && best) {
    const step = last.value.value - before.value.value;
    const gap = best.value.value - last.value.value;
    foretold.push(
      `from ${before.rows} to ${last.rows} training rows the linear head moves by ${points(step)} points and ends ${gap > 0 ? `${percent(gap)} points below` : `${percent(-gap)} points above`} best single`,
    );
    if (gap > 0)
      change.push(
        step > 0.002
          ? 'more labelled queries: the curve still rises'
          : 'not more labelled queries: the curve has flattened',
      );
  }
  const open = 1 - why.allRight.value - why.noneRight.value;
  foretold.push(
    `all LLMs are right on ${percent(why.allRight.value)} % of queries, none on ${percent(why.noneRight.value)} %: a choice matters on ${percent(open)} %`,
  );
  const far = Object.entries(why.contamination.models)
    .map(([model, { train, test }]) => ({ model, train: train.value, test: test.value }))
    .sort((a, b) => b.train - b.test - (a.train - a.test))[0];
  if (far && far.train - far.test > 0.05)
    foretold.push(
      `${far.model} scores ${percent(far.train)} % on the training rows and ${percent(far.test)} % on test: it has seen them, and labels learned there promise too much`,
    );
  if (set.costUnit === 'usd')
    change.push('counting cost: see the curve of accuracy against cost on the page');
  return { foretold, change };
}

function table(set: ResultSet): string {
  const columns = [
    { head: 'accuracy %', cell: (s: System) => interval(s.quality) },
    { head: 'lift over best single', cell: lift },
    { head: 'as released %', cell: (s: System) => (s.asReleased ? percent(s.asReleased.value) : '') },
    { head: 'raw %', cell: (s: System) => (s.raw ? percent(s.raw.value) : '') },
    {
      head: '$ per 1,000',
      cell: (s: System) => (set.costUnit === 'usd' && s.cost ? (1000 * s.cost.value).toFixed(2) : ''),
    },
    { head: 'latency ms', cell: (s: System) => (s.latency ? s.latency.value.toFixed(0) : '') },
  ].filter(({ cell }) => set.systems.some((system) => cell(system) !== ''));
  const rows = set.systems
    .filter(({ quality }) => quality !== null)
    .map((system) => [system.name, ...columns.map(({ cell }) => cell(system))]);
  return [['system', ...columns.map(({ head }) => head)], ['---', ...columns.map(() => '---:')], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function beside(set: ResultSet): string {
  if (!set.references?.length) return '';
  const rows = set.references.map(({ system, value }) => {
    const ours = named(set, system);
    const scored = ours?.asReleased ?? ours?.quality;
    return `| ${system} | ${percent(value)} | ${interval(scored)} | ${ours?.asReleased ? interval(ours.quality) : ''} |`;
  });
  return `\nThe paper's table beside ours, on other LLMs and other rows (its policies are scored as released):\n\n| | paper % | ours, scored alike % | ours, as accuracy % |\n|---|---:|---:|---:|\n${rows.join('\n')}\n`;
}

function classifiers(set: ResultSet): string {
  const system = named(set, 'multi-label+argmax');
  if (!system?.classifier) return '';
  const rows = Object.entries(system.classifier).map(([model, { weightedF1, auc }]) => {
    const { brier, ece } = system.calibration?.[model] ?? {};
    return `| ${model} | ${weightedF1.toFixed(3)} | ${auc === null ? '–' : auc.toFixed(3)} | ${brier?.toFixed(3) ?? ''} | ${ece?.toFixed(3) ?? ''} |`;
  });
  return `\nHow well \`multi-label\` tells where each LLM is right:\n\n| LLM | weighted F1 | AUC | Brier | ECE |\n|---|---:|---:|---:|---:|\n${rows.join('\n')}\n`;
}

function section(set: ResultSet): string {
  const { foretold, change } = reasons(set);
  const { protocol } = set;
  const how =
    protocol.kind === 'cv'
      ? `${protocol.folds} folds of ${protocol.trainRows} rows`
      : `${protocol.trainRows} training and ${protocol.testRows} test rows, ${protocol.leaks} of them also in training`;
  const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
  return `## ${set.dataset}

${answer(set)} Best single by training rows is ${single(set)}, ${interval(named(set, 'best-single')?.quality)} %; the oracle ${interval(named(set, 'oracle')?.quality)} %. ${set.models.length} LLMs, ${how}.

What foretold it:

${list(foretold)}
${change.length > 0 ? `\nWhat would change it: ${change.join('; ')}.\n` : ''}${beside(set)}
${table(set)}
${classifiers(set)}`;
}

const read = results.parse(JSON.parse(readFileSync(process.argv[2] ?? 'lessons.json', 'utf8')));
const yes = read.sets.filter((set) => judge(set).above.length > 0);
const seconds = read.sets.reduce((sum, set) => sum + (set.seconds ?? 0), 0);
const rows = read.sets.map((set) => {
  const { above, best, n } = judge(set);
  return `| ${set.dataset} | ${interval(named(set, 'best-single')?.quality)} | ${best.system.name} | ${lift(best.system)} | ${above.length} of ${n} | ${interval(named(set, 'oracle')?.quality)} |`;
});
const page = `# Can each query go to its single most suitable LLM?

<!-- Written by scripts/lessons.ts from what the command below printed with --json. -->

The study that Signalbox began with, "Lessons Learned from LLM Routing" (2405.00467), repeated on recorded outcomes:

\`\`\`sh
npx signalbox reproduce lessons --data DIR
\`\`\`

(version ${read.version}, seed ${read.seed}; ${Math.round(seconds / 60)} minutes on 2 cores with embeddings cached.)

${
  yes.length === 0
    ? `**No.** In none of ${read.sets.length} scenarios does any router under any policy beat the best single LLM beyond noise.`
    : `In ${yes.length} of ${read.sets.length} scenarios (${yes.map(({ dataset }) => dataset).join(', ')}) some router beats the best single LLM beyond noise; in the others **no** router does.`
} "Beyond noise": the paired test against the best single LLM of the training rows, corrected over all routers and
policies of a scenario (Holm, .05). The nearest router is named with hindsight; its interval stands for itself alone.

| scenario | best single % | nearest router | its lift, points | beyond noise | oracle % |
|---|---:|---|---:|---:|---:|
${rows.join('\n')}

The paper fine-tunes RoBERTa; here features are frozen sentence embeddings with surface and lexical ones, which is our
departure (\`--encoder\` takes any other). Its policies are given by our reading of their intent, without the gate of
the released code; what that code would count stands in the column "as released":

${Object.entries(releasedDifference)
  .map(([policy, sentence]) => `- \`${policy}\`: ${sentence}`)
  .join('\n')}

The paper averages cost over correct answers only; here cost is that of all requests.

${read.sets.map(section).join('\n')}`;
writeFileSync(new URL('../docs/lessons.md', import.meta.url), `${page.trimEnd()}\n`);
