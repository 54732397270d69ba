import { verdictParameters } from '../../packages/signalbox/src/feasibility/parameters.ts';
import { trustWorlds } from '../../packages/signalbox/src/pipeline/config.ts';
import { version } from '../../packages/signalbox/src/version.ts';
import { freshRows, seedsOf } from './plan.ts';
import { plainCoverage, type Share, type Tally, tallies } from './tally.ts';
import type { Answer } from './worker.ts';

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
const shown = (share: Share | null): string =>
  share === null
    ? '–'
    : `${percent(share.count / share.of)} (${share.count} of ${share.of})${share.kept === false ? ' **broken**' : ''}`;
const points = (x: number): string => (Math.abs(x) < 5e-4 ? 0 : 100 * x).toFixed(1);

/** docs/trust.md. */
export function page(answers: readonly Answer[], of: { readonly note?: string | undefined } = {}): string {
  const list = tallies(answers);
  const plain = plainCoverage(answers);
  const broken = brokenOf(list, plain);
  const short = list
    .filter(({ world, trials }) => trials < seedsOf[world])
    .map(({ world, trials }) => `${world} (${trials} of ${seedsOf[world]})`);
  const minutes = list.reduce((sum, { trials, seconds }) => sum + trials * seconds, 0) / 120;
  const { epsilons, delta, minimumEffect, savingFloor } = verdictParameters;
  return `# Can a verdict be believed?

${broken.length === 0 ? `Every promise below was kept${short.length === 0 ? '' : `; fewer draws than planned, too few to see a promise broken by little: ${short.join(', ')}`}.` : `**Not every promise was kept:** ${broken.join('; ')}.`}

${of.note ? `${of.note}\n\n` : ''}The statistics of \`signalbox report\` are tried on worlds whose truth is known: outcomes are drawn from
probabilities that we set, the verdict is given as on any table, and the true answer is computed from
${freshRows.toLocaleString('en')} fresh rows by the same rule. This page is written by

\`\`\`sh
npm run trust
\`\`\`

(version ${version}; ${list.reduce((sum, { trials }) => sum + trials, 0).toLocaleString('en')} verdicts in ${minutes.toFixed(0)} minutes of two workers; answers are kept in
\`trust.jsonl\`, and an interrupted run goes on where it stopped).
Parameters: minimum effect ${points(minimumEffect)} points, epsilon ${epsilons.map(points).join(', ')} points, delta
${delta}, saving floor ${percent(savingFloor)}. A share is judged with two standard errors: of 200 draws a true 5 %
shows as more than 5 % in four runs of ten.

## A yes where the true answer is no

At most 5 % of draws, for each verdict by itself. For quality \`yes\` and \`task-table\` both count.

| world | rows x models | true quality | false yes | true cost | false yes |
|---|---|---|---|---|---|
${list.map((t) => `| ${t.world} | ${sizeOf(t)} | ${t.truth.quality} | ${shown(t.falseQuality)} | ${t.truth.cost} | ${shown(t.falseCost)} |`).join('\n')}

## What is found where there is something to find

The lift that the best policy could have, and the saving that it could have against the cheapest single model that
is as good, beside how often each answer was given.

| world | lift of the table / of the best policy | answers on quality | greatest saving | answers on cost |
|---|---|---|---|---|
${list.map((t) => `| ${t.world} | ${points(t.truth.tableLift)} / ${points(t.truth.bestLift)} | ${answersOf(t.quality)} | ${percent(t.truth.saving)} | ${answersOf(t.cost)} |`).join('\n')}

## Intervals cover

A mean and the lift of a router on a test part, 95 % intervals by the paired bootstrap: ${shown(plain.mean)} and
${shown(plain.lift)}; promised are 93 to 97 %. Cross-fitted lifts (of a linear router over best single, 5 folds; the
target is the mean over the folds' own fits on fresh rows) and ceiling bands over-cover by design: promised are at
least 93 % and 95 %. A certificate is broken where the policy loses more than its epsilon in the population: at most
${percent(delta)} of draws.

| world | draws | cross-fitted lift covered | ceiling in its band | certificates broken | seconds a verdict |
|---|---|---|---|---|---|
${list.map((t) => `| ${t.world} | ${t.trials} | ${shown(t.lift)} | ${shown(t.band)} | ${shown(t.violations)} | ${t.seconds.toFixed(1)} |`).join('\n')}

The worlds are described in \`packages/signalbox/src/datasets/trust/worlds.ts\`, the trial in
\`scripts/trust/trial.ts\`: knn, clusters, ridge, residual, the task table and best single on generated features, without
an encoder. A small version runs in the tests (\`npm test -- trust\`).
`;
}

function answersOf(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .sort(([, a], [, b]) => b - a)
    .map(([answer, share]) => `${answer} ${percent(share)}`)
    .join(', ');
}

function sizeOf({ world }: Tally): string {
  const { queries, models } = trustWorlds[world];
  return `${queries.toLocaleString('en')} x ${models}`;
}

function brokenOf(list: readonly Tally[], plain: ReturnType<typeof plainCoverage>): string[] {
  const out: string[] = [];
  for (const t of list) {
    const parts = {
      'false yes to quality': t.falseQuality,
      'false yes to cost': t.falseCost,
      'coverage of lifts': t.lift,
      'coverage of the band': t.band,
      certificates: t.violations,
    };
    for (const [name, share] of Object.entries(parts))
      if (share?.kept === false) out.push(`${name} in ${t.world}`);
  }
  for (const [name, share] of Object.entries(plain))
    if (share.of > 0 && !share.kept) out.push(`coverage of a plain ${name}`);
  return out;
}
