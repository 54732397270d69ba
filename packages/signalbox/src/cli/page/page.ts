import type { Estimate, ResultSet, Results } from '../../core/results.ts';
import { counted, unbroken } from '../words/numbers.ts';
import type { Truth, Truths } from '../words/reading.ts';
import { headline } from '../words/reading.ts';
import { type AtLevel, answer, equalQuality, nextSteps, scopeOf } from '../words/sentences.ts';
import { type Drawing, makeDrawing } from './chart/drawing.ts';
import { planeChart } from './chart/plane.ts';
import { calibrationSection, choicesSection } from './choices.ts';
import { ceilingsSection } from './evidence/ceilings.ts';
import { complementaritySection } from './evidence/complementarity.ts';
import { deferralSection } from './evidence/deferral.ts';
import { controlsSection, ladderSection } from './evidence/ladder.ts';
import { learningSection } from './evidence/learning.ts';
import { noiseSection } from './evidence/noise.ts';
import { robustnessSection } from './evidence/robustness.ts';
import { waterfallSection } from './evidence/waterfall.ts';
import { indexed } from './frame/contents.ts';
import { html, type Markup, raw } from './frame/markup.ts';
import { paging, pagingStyle } from './frame/paging.ts';
import { script as sorting } from './frame/script.ts';
import { shell } from './frame/shell.ts';
import { style } from './frame/style.ts';
import { glossaryList } from './frame/terms.ts';
import { whatIf, whatIfStyle } from './frame/what-if.ts';
import { groupsSection, heatSection } from './groups.ts';
import { ledgerSection } from './ledger.ts';
import { flagsSection, methodSection } from './method.ts';
import { moneySection } from './money.ts';
import { ablationsSection } from './studies/ablations.ts';
import { banditsSection } from './studies/bandits.ts';
import { foldingsSection } from './studies/foldings.ts';
import { growthSection } from './studies/growth.ts';
import { newcomerSection } from './studies/newcomer.ts';
import { routerEvalSection } from './studies/routereval.ts';
import { scenariosSection } from './studies/scenarios.ts';
import { sweepsSection } from './studies/sweeps.ts';
import { votesSection } from './studies/votes.ts';
import { classifierSection, whySection } from './studies/why.ts';
import { systemsSection, truthSection } from './systems.ts';
import { verdictStrip } from './verdict.ts';

export interface PageOptions {
  readonly title?: string;
  /** Exact expected values, by the name of a simulated set. */
  readonly truth?: Truths;
}

/** The results as one HTML file that needs nothing else, nor a script to be read. */
export async function renderPage(results: Results, options: PageOptions = {}): Promise<string> {
  const drawing = await makeDrawing();
  const title =
    options.title ??
    `Signalbox: ${results.sets.length > 3 ? results.command.split(' --')[0] : results.sets.map((set) => set.dataset).join(', ')}`;
  const several = results.sets.length > 1;
  const sections = results.sets.map((set, i) =>
    section(results, set, { drawing, id: setId(i), several, truth: truthOf(options.truth, set) }),
  );
  const simulated = results.sets.some((set) => truthOf(options.truth, set) !== undefined);
  return shell({
    title,
    version: results.version,
    style: style + pagingStyle + whatIfStyle,
    script: sorting + paging + whatIf,
    header: html`${simulated ? html`<p><span class="simulated">simulated</span> The models and queries of this report are made up.</p>` : null}
<h1>${title}</h1>
${several ? (scenariosSection(results, setId) ?? overview(results)) : null}
${growthSection(results, drawing)}`,
    main: html`${sections}
${glossaryList()}`,
  });
}

const setId = (i: number): string => `set-${i + 1}`;

const truthOf = (truths: Truths | undefined, set: ResultSet): Truth | undefined =>
  truths && Object.hasOwn(truths, set.dataset) ? truths[set.dataset] : undefined;

function overview(results: Results): Markup {
  return html`<ul>${results.sets.map(
    (set, i) => html`<li><a href="#${setId(i)}">${set.dataset}</a>: ${unbroken(answer(set).quality)}</li>
`,
  )}</ul>
<p class="context">${scopeOf(results.sets)}</p>`;
}

interface Job {
  readonly drawing: Drawing;
  readonly id: string;
  readonly several: boolean;
  readonly truth: Truth | undefined;
}

function section(results: Results, set: ResultSet, { drawing, id, several, truth }: Job): Markup {
  const said = answer(set);
  const { body, contents } = indexed(evidence(results, set, { drawing, id, truth }), id, several);
  return html`<section id="${id}">
${several ? html`<h2>${set.dataset}</h2>` : null}
<p class="context">${several ? '' : `${set.dataset}: `}${counted(set.rows, 'row')}, ${counted(set.models.length, 'model')}, ${counted(set.groups.length, 'group')}</p>
${verdictStrip(set)}
<p${set.verdict ? null : raw(' class="answer"')}>${unbroken(said.quality)}</p>
<p${set.verdict ? null : raw(' class="answer"')}>${unbroken(said.cost)}</p>
<p>${unbroken(said.asides.join(' '))}</p>
${several ? null : html`<p class="context">${scopeOf([set])}</p>`}
${nextSteps(set, results.command).map(
  (step) => html`<p>${step}</p>
`,
)}
${contents}
${body}
</section>
`;
}

/** What the answer rests on, in the order in which a sceptic asks. */
function evidence(results: Results, set: ResultSet, job: Omit<Job, 'several'>): Markup {
  const { drawing, id, truth } = job;
  // Published figures have two decimals; what is reproduced must be comparable with them.
  const least = results.command.startsWith('reproduce') ? 2 : 0;
  return html`${truth ? truthSection(set, truth) : null}
${ceilingsSection(set, drawing)}
${ladderSection(set, drawing)}
${controlsSection(set.controls)}
${systemsSection(set, drawing, least)}
${newcomerSection(set, drawing)}
${votesSection(set, drawing)}
${planeSection(set, drawing, id)}
${sweepsSection(set, drawing)}
${banditsSection(set, drawing)}
${ablationsSection(set, drawing)}
${foldingsSection(set, drawing)}
${routerEvalSection(set)}
${deferralSection(set, drawing)}
${moneySection(set)}
${groupsSection(set, drawing)}
${heatSection(set)}
${set.groups.length < 2 ? html`<p class="context">There ${set.groups.length === 1 ? 'is one group' : 'are no groups'}, so there is no map of groups and models.</p>` : null}
${waterfallSection(set, drawing)}
${complementaritySection(set, drawing)}
${noiseSection(set)}
${learningSection(set, drawing)}
${robustnessSection(set, drawing)}
${ledgerSection(set)}
${whySection(set, drawing)}
${classifierSection(set)}
${choicesSection(set)}
${calibrationSection(set, drawing)}
${flagsSection(set)}
${methodSection(results, set)}`;
}

function planeTitle(at: AtLevel, kept: Estimate | null | undefined): string {
  const spends = `the router spends ${(100 * at.share.value).toFixed(0)} % of the cost of the best single model`;
  return kept && !at.optimistic
    ? `Fixed beforehand for ${at.level} % of the quality, ${spends} and keeps ${(100 * kept.value).toFixed(1)} %`
    : `At ${at.level} % of its quality, ${spends}`;
}

function planeSection(set: ResultSet, drawing: Drawing, id: string): Markup {
  const plane = planeChart(set, drawing, `${id}-scale`);
  if (plane === undefined) {
    const why =
      set.costUnit === null
        ? 'No cost is recorded in this table, so there is no chart of cost against quality.'
        : 'No system has both a cost and a quality on these rows, so there is no chart of cost against quality.';
    return html`<p class="context">${why}</p>`;
  }
  const main = headline(set)?.system;
  const at = main && equalQuality(main);
  const title = at === undefined ? 'What quality costs' : planeTitle(at, main?.qualityAtFixed?.[at.level]);
  return html`<h3>${title}</h3>
<p class="subtitle">${plane.about}</p>
<figure>${plane.markup}</figure>`;
}
