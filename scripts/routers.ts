/**
 * Writes docs/routers.md from the shelf, from what `reproduce` and `report` printed with --json, and from what
 * bench/routers.ts measured:
 * npm run node scripts/routers.ts -- --speed speed.json routerdc.json routerbench.json mmlupro.json newcomer.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  type Estimate,
  type NewcomerResult,
  type ResultSet,
  type Results,
  results,
  type System,
} from '../packages/signalbox/src/core/results.ts';
import { needsInWords, type Shelved, shelf } from '../packages/signalbox/src/pipeline/shelf.ts';
import { headComment } from './head-comment.ts';
import { realDifferences, type Standing, standings, startWith } from './standing.ts';

/** As bench/routers.ts writes it. */
interface Speed {
  readonly router: string;
  readonly rows: number;
  readonly models: number;
  readonly fitSeconds: number;
  readonly predictSecondsPer1000: number;
  readonly decisionMs: number | null;
}

const percent = (x: Estimate | null | undefined): string =>
  x ? `${(100 * x.value).toFixed(2)} [${(100 * x.low).toFixed(2)}, ${(100 * x.high).toFixed(2)}]` : '';
const unit = (x: Estimate | null): string =>
  x ? `${x.value.toFixed(3)} [${x.low.toFixed(3)}, ${x.high.toFixed(3)}]` : '';
const signed = ({ value, low, high }: Pick<Estimate, 'value' | 'low' | 'high'>): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)} [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`;

function markdown(heads: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const rule = heads.map((_, i) => (i < left ? '---' : '---:'));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const arxiv = (paper: string | null): string =>
  paper === null ? '' : /^\d{4}\.\d{5}$/.test(paper) ? `[${paper}](https://arxiv.org/abs/${paper})` : paper;

/** Encoder, router, policy and strategy of each system that the results hold. */
function systemsTable(routers: readonly Shelved[], sets: readonly ResultSet[]): string {
  const seen = new Map<string, System>();
  for (const { systems } of sets) for (const one of systems) if (one.router) seen.set(one.name, one);
  const rows = [...seen.values()]
    .filter(({ kind }) => kind === 'router' || kind === 'baseline')
    .map(({ name, router = '', encoder, policy, strategy }) => {
      const base = routers.find((one) => one.name === router.split(':')[0]);
      return [name, arxiv(base?.paper ?? null), encoder ?? 'none', router, policy ?? '', strategy ?? ''];
    });
  return markdown(['system', 'paper', 'encoder', 'router', 'policy', 'strategy'], rows, 6);
}

function shelfTable(routers: readonly Shelved[], speeds: readonly Speed[]): string {
  const sizes = [...new Set(speeds.map(({ rows, models }) => `${rows} x ${models}`))];
  const heads = [
    'router',
    'paper',
    'needs',
    'admits a model',
    'variants',
    ...sizes.flatMap((size) => [`fit, ${size}, s`, 'predict 1,000, ms']),
  ];
  const rows = routers.map((router) => [
    `[${router.name}](#${router.name})`,
    arxiv(router.paper),
    needsInWords(router),
    router.admits ? 'yes' : '',
    router.variants.map((word) => `\`${word}\``).join(', '),
    ...sizes.flatMap((size) => {
      const speed = speeds.find(
        (one) => one.router === router.name && `${one.rows} x ${one.models}` === size,
      );
      return speed
        ? [speed.fitSeconds.toFixed(2), (1000 * speed.predictSecondsPer1000).toFixed(1)]
        : ['', ''];
    }),
  ]);
  return markdown(heads, rows, 5);
}

/** The routers of a set, the best first, with the baselines among them. */
function placeTable(set: ResultSet, all: readonly Standing[]): string {
  const value = (system: System): Estimate | null =>
    set.primary === 'macro' ? system.macro : system.quality;
  const shown = set.systems
    .filter(({ kind }) => kind === 'router' || kind === 'baseline')
    .sort((a, b) => (value(b)?.value ?? 0) - (value(a)?.value ?? 0));
  const rows = shown.map((system) => {
    const standing = all.find((one) => one.set === set && one.system === system);
    return [
      system.kind === 'router' ? `\`${system.name}\`` : system.name,
      percent(value(system)),
      standing ? signed(standing.versus) : '',
      standing ? { above: 'above', below: 'below', alike: 'no' }[standing.side] : '',
      system.versus.bestSingle ? signed(system.versus.bestSingle) : '',
      system.fitSeconds.toFixed(1),
      (1000 * system.predictSecondsPer1000).toFixed(0),
    ];
  });
  const against = all.find((one) => one.set === set)?.against ?? 'task table';
  const heads = [
    'router',
    `${set.primary === 'macro' ? 'macro' : 'quality'} %`,
    `over the ${against}, points`,
    'differs',
    'over best single, points',
    'fit, s',
    'predict 1,000, ms',
  ];
  return `### ${set.dataset}\n\n${set.rows} rows, ${set.models.length} models, ${set.groups.length} groups.\n\n${markdown(heads, rows)}\n`;
}

function newcomerTable({ dataset, newcomer = [], notes = [] }: ResultSet): string {
  if (newcomer.length === 0) return '';
  const said = notes.filter((note) => note.startsWith('Which router to trust') || note.startsWith('After '));
  const rows = newcomer.map((one: NewcomerResult) => [
    one.router,
    String(one.answers),
    unit(one.brier),
    unit(one.auc),
    percent(one.value),
    percent(one.without),
    percent(one.retrained),
    signed(one.gain),
  ]);
  const heads = ['router', 'answers', 'Brier', 'AUC', 'value %', 'without it', 'retrained', 'gain, points'];
  return `### A model joins: ${dataset}\n\n${said.join(' ')}\n\n${markdown(heads, rows)}\n`;
}

function comments(routers: readonly Shelved[]): string {
  return routers
    .map((router) => {
      const { name, summary, paper } = router;
      const [first = `${summary}.`, ...rest] = headComment(name);
      const from = paper === null ? '' : `Paper: ${arxiv(paper)}.\n\n`;
      return `<a id="${name}"></a>\n### ${name}\n\n${from}${[first, ...rest].join('\n\n')}\n`;
    })
    .join('\n');
}

/** The page, from results in the order given. A set that stands in several is taken from the first. */
export function routersPage(given: readonly Results[], speeds: readonly Speed[]): string {
  const routers = shelf();
  const whole = given.filter(({ command }) => !command.startsWith('reproduce newcomer'));
  const sets = whole
    .flatMap((one) => one.sets)
    .filter(({ dataset }, i, all) => all.findIndex((other) => other.dataset === dataset) === i);
  const all = standings(sets);
  const commands = [...new Set(given.map(({ command }) => `npx signalbox ${shortened(command)}`))];
  const newcomers = given.flatMap((one) => one.sets.map(newcomerTable)).filter(Boolean);
  return `# Routers

<!-- Written by scripts/routers.ts from the shelf, from what the commands below printed and from what bench/routers.ts measured. -->

${all.length === 0 ? 'No results were given.' : realDifferences(all)} ${startWith(sets)}

\`npx signalbox routers\` prints the shelf. A difference counts as real where its 95 % interval leaves out 0 and its p stays
below .05 after Holm's correction for the routers of the table; intervals are those of docs/reproducing.md. Some tables hold others:
\`pooled\` the three sets of RouterBench that stand after it, \`mmlu\` and \`gsm8k\` their \`-clean\` parts.

${commands.length === 0 ? '' : `\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n\n`}## The shelf

${speeds.length === 0 ? '' : `Times by \`npm run node bench/routers.ts -- --json speed.json\`: rows x models, 384 columns of features.\n\n`}${shelfTable(routers, speeds)}

## Systems

Encoder x router x policy x strategy of every system that was compared.

${systemsTable(routers, sets)}

## On public tables

${sets.map((set) => placeTable(set, all)).join('\n')}
${newcomers.length === 0 ? '' : `## A model joins without a new training\n\nMeans over the models left out, each in turn; the interval counts the spread between models and that of the rows.\n\n${newcomers.join('\n')}\n`}## Papers and departures

What the head comment of each router says.

${comments(routers)}`;
}

/** The command with the folder of the records left open. */
function shortened(command: string): string {
  return command
    .replaceAll(/ --(?:json|no-html)\b| --(?:html|keep) \S+/g, '')
    .replace(/--data \S+/, '--data DIR')
    .replace(/ \S*\/(router\w+|routellm|llmrouter|mmlupro)(\/\S*)?/, ' DIR/$1$2');
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { speed: { type: 'string' } },
    allowPositionals: true,
  });
  const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
  const given = positionals.map((file) => results.parse(read(file)));
  const speeds = values.speed === undefined ? [] : (read(values.speed) as Speed[]);
  writeFileSync(new URL('../docs/routers.md', import.meta.url), `${routersPage(given, speeds).trimEnd()}\n`);
}
