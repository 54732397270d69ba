/**
 * Writes docs/reproducing.md from what `reproduce --json` printed:
 * npm run node scripts/reproducing.ts -- routerdc.json routerbench.json routellm.json mmlupro.json newcomer.json report.json ...
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Estimate, ResultSet, Results, System, Versus } from '../packages/signalbox/src/core/results.ts';
import { results } from '../packages/signalbox/src/core/results.ts';
import { studyParts } from './reproducing-studies.ts';

const percent = (x: Estimate | null | undefined): string =>
  x ? `${(100 * x.value).toFixed(2)} [${(100 * x.low).toFixed(2)}, ${(100 * x.high).toFixed(2)}]` : '';
const unit = (x: Estimate | null | undefined): string =>
  x ? `${x.value.toFixed(3)} [${x.low.toFixed(3)}, ${x.high.toFixed(3)}]` : '';
const points = (x: Versus | null): string =>
  x
    ? `${x.value >= 0 ? '+' : '−'}${Math.abs(100 * x.value).toFixed(2)} [${(100 * x.low).toFixed(2)}, ${(100 * x.high).toFixed(2)}]`
    : '';
const whole = (x: Estimate | null | undefined): string => (x ? `${Math.round(100 * x.value)}` : '–');

interface Column {
  readonly head: string;
  readonly cell: (system: System) => string;
}

function table(set: ResultSet): string {
  const levels = ['99', '98', '95'] as const;
  const columns: Column[] = [
    { head: 'quality %', cell: (s) => percent(s.quality) },
    { head: 'macro %', cell: (s) => (set.primary === 'macro' ? percent(s.macro) : '') },
    ...(set.groups.length <= 6
      ? set.groups.map(
          (group): Column => ({
            head: group,
            cell: (s) => (s.groups?.[group] ? (100 * s.groups[group].value).toFixed(2) : ''),
          }),
        )
      : []),
    { head: 'lift over best single', cell: (s) => points(s.versus.bestSingle) },
    { head: 'lift over task table', cell: (s) => points(s.versus.taskTable) },
    { head: 'APGR', cell: (s) => unit(s.apgr) },
    { head: 'CPT(50) / CPT(80) %', cell: (s) => (s.cpt50 ? `${whole(s.cpt50)} / ${whole(s.cpt80)}` : '') },
    { head: 'AIQ', cell: (s) => unit(s.aiq) },
    {
      head: 'cost at 99 / 98 / 95 %, on the hull',
      cell: (s) =>
        set.costUnit === 'usd' && s.costAt ? levels.map((level) => whole(s.costAt?.[level])).join(' / ') : '',
    },
    {
      head: 'the same, fixed on training rows',
      cell: (s) => (s.costAtFixed ? levels.map((level) => whole(s.costAtFixed?.[level])).join(' / ') : ''),
    },
    {
      head: 'quality kept there, %',
      cell: (s) =>
        s.qualityAtFixed
          ? levels
              .map((level) =>
                s.qualityAtFixed?.[level] ? (100 * s.qualityAtFixed[level].value).toFixed(1) : '–',
              )
              .join(' / ')
          : '',
    },
  ];
  const kept = columns.filter(({ cell }) =>
    set.systems.some((system) => cell(system).replaceAll(/[–/ ]/g, '') !== ''),
  );
  const rows = set.systems.map((system) => [system.name, ...kept.map(({ cell }) => cell(system))]);
  const published = (set.references ?? [])
    .filter(({ measure }) => measure === 'macro')
    .map(({ system, value, source }) => `Published: ${system} ${(100 * value).toFixed(2)} (${source}).`);
  const shares = (set.references ?? []).filter(({ measure }) => measure === 'cpt50' || measure === 'cpt80');
  for (const [system, figures] of Map.groupBy(shares, (one) => one.system)) {
    const all = figures.map(({ measure, value }) => `CPT(${measure.slice(3)}) ${(100 * value).toFixed(0)} %`);
    published.push(`Published: ${system}, ${all.join(', ')} (${figures[0]!.source}).`);
  }
  const lines = [
    ['system', ...kept.map(({ head }) => head)],
    ['---', ...kept.map(() => '---:')],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return [...lines, '', ...published].join('\n').trim();
}

function section(set: ResultSet): string {
  const { protocol } = set;
  const how =
    protocol.kind === 'cv'
      ? `${protocol.folds} folds`
      : `${protocol.trainRows} training rows, ${protocol.testRows} test rows, ${protocol.leaks} of them also in training`;
  const dropped = Object.entries(set.rowsDropped).map(([reason, n]) => `, ${n} rows left out (${reason})`);
  return `### ${set.dataset}\n\n${set.rows} rows, ${set.models.length} models, ${set.groups.length} groups; ${how}${dropped.join('')}. Encoder ${set.encoder}.\n\n${set.systems.length > 0 && !set.routerEval && !set.newcomer ? `${table(set)}\n\n` : ''}${studyParts(set)}`;
}

const said: Readonly<Record<string, string>> = {
  routerdc:
    "No router beats the per-task table beyond noise; those that predict each query from its text alone stand at its height or below. `residual` earns next to nothing beyond the table within a task, and so stays with it; `residual-text`, which sees no task label, guesses the task from the text and reaches the same. RouterDC's published figure stands at the same height.\n\n" +
    "`dual-contrastive` is RouterDC's method on frozen features: a linear map over the encoded query where RouterDC fine-tunes mDeBERTa-v3-base, so that two queries are near each other only where the frozen encoders already say so. A fine-tuned encoder could move them, towards what decides between LLMs within a task. Whether RouterDC's does its published 58.54 does not tell: it lies inside the interval of the task table, which knows five task labels and nothing of the query, and of `task-table-predicted`, which guesses the label from the text. The clusters that its loss asks for nearly are the tasks, which is what its random-cluster line below loses.",
  mmlupro:
    'Fourteen LLMs whose answers are recorded, so that votes can be replayed. The vote of all loses to the best single model; the best four by log-odds stand about a point above it, at fewer than three calls a query with early stop.',
  newcomer:
    'Each LLM is left out in turn, admitted after 25 to 400 of its answers, and the pool is compared with the pool without it and with a router trained on everything. All numbers of answers stand in docs/routers.md.',
  routellm:
    'The subject alone tells where the weak model does; the text adds a little. With and without the prompts that stood in training data (`-clean`) the figures agree.',
  routerbench:
    'Quality has nothing to gain here: GPT-4 is best on nearly everything. Cost has: on these sets about 99 % of its quality is to be had for less of its cost, mixing by what the query is, with wide intervals at this size. The cost at a level read on the hull is optimistic; beside it stands the operating point fixed on training rows, and the quality that was kept there.',
};

const given = process.argv.slice(2).map((file) => results.parse(JSON.parse(readFileSync(file, 'utf8'))));
const parts = given
  .filter(({ command }) => command.startsWith('reproduce '))
  .map((read: Results) => {
    const study = read.command.split(' ')[1] ?? '';
    const routers = / --routers \S+/.exec(read.command)?.[0] ?? '';
    const routed = read.sets.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
    return `## ${study}\n\n\`\`\`sh\nnpx signalbox reproduce ${study} ${/ --generated\b/.test(read.command) ? '--generated' : '--data DIR'}${routers}\n\`\`\`\n\n${said[study] ?? read.sets.flatMap(({ notes = [] }) => notes).join(' ')} ${Math.round(routed)} s on 2 cores with embeddings cached, version ${read.version}, seed ${read.seed}.\n\n${read.sets.map(section).join('\n')}`;
  });

/** The command with the folder of the records left open. */
const commandOf = ({ command }: Results): string =>
  command
    .replace(/ --json| --(?:html|keep) \S+/g, '')
    .replace(/ \S*\/(router\w+|routellm|llmrouter|mmlupro)(\/\S*)?/, ' DIR/$1$2');

function ruling(read: Results): string {
  const [set] = read.sets;
  const { verdict, ceilings, ladder = [], deferral, controls } = set!;
  if (!set || !verdict || !ceilings) return '';
  const rungs = ladder.map(
    ({ rung, value, lift }) => `| ${rung} | ${percent(value)} | ${points({ ...lift, p: 1 })} |`,
  );
  const certified = (deferral?.certified ?? [])
    .filter(({ saving }) => saving !== null)
    .map(
      ({ epsilon, incumbent, saving, betting }) =>
        `${(100 * epsilon).toFixed(1)} points: ${percent(saving)} % saved against ${incumbent}, ${whole({ value: betting!.share, low: 0, high: 0, n: 0 })} % of queries leave`,
    );
  const { permutationGlobal: any, permutationWithinGroup: within } = controls ?? {};
  return `### ${set.dataset}

\`\`\`sh
npx signalbox ${commandOf(read)}
\`\`\`

Quality: **${verdict.quality.answer}**. ${verdict.quality.why} ${verdict.quality.whatWouldChange}

Cost: **${verdict.cost.answer}**. ${verdict.cost.why} ${verdict.cost.whatWouldChange}

| rung | quality % | lift over best single, simultaneous |
| --- | ---: | ---: |
${rungs.join('\n')}

Ceilings: one-sample ${percent(ceilings.oneSample)}, plug-in ${percent(ceilings.plugIn)}, split-half ${percent(ceilings.splitHalf) || 'unknown'}, Rasch null ${percent(ceilings.raschNull) || 'unknown'}${Object.entries(
    ceilings.groups ?? {},
  )
    .map(
      ([group, of]) =>
        `; ${group}: one-sample ${percent(of.oneSample)}, plug-in ${percent(of.plugIn)}, split-half ${percent(of.splitHalf)}`,
    )
    .join('')}.
${certified.length > 0 ? `Certified: ${certified.join('; ')}.\n` : ''}${any ? `Permutations: p = ${any.p.toFixed(3)}${within ? `, within groups ${within.p.toFixed(3)}` : ''}.\n` : ''}${Math.round(set.seconds ?? 0)} s.
`;
}

const rulings = given.filter(({ command }) => command.startsWith('report ')).map(ruling);
if (rulings.length > 0) parts.push(`## Verdicts on real tables\n\n${rulings.join('\n')}`);
const text = `# Reproducing the literature's numbers

<!-- Written by scripts/reproducing.ts from what the commands below printed with --json. -->

Each command reads the published records (without them it names the repository and the command that brings them).
Values are in percent with 95 % intervals; a lift is paired, in points. By cross-validation an interval is of the
procedure, by Nadeau and Bengio's correction where that is wider than the row bootstrap. \`oracle\`,
\`best-single-hindsight\` and \`zero-router\` (the hull of the single models) are bounds, not routers.

${parts.join('\n')}`;
writeFileSync(new URL('../docs/reproducing.md', import.meta.url), `${text.trimEnd()}\n`);
