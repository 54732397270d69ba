import type { ResultSet } from '../../../core/results.ts';
import type { LabelQualityResult, NoiseResult } from '../../../core/results-evidence.ts';
import { shorter } from '../../words/names.ts';
import { bracket, count, counted, percent } from '../../words/numbers.ts';
import { label, singles } from '../../words/reading.ts';
import { empty, estimateCell, name, numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** Figure 7: how far one outcome can be trusted, and which models may be the best. */
export function noiseSection(set: ResultSet): Markup | null {
  const { noise, labelQuality } = set;
  if (noise === undefined) return null;
  const [least, most] = noise.repeats;
  const samples =
    most <= 1
      ? 'One sample stands behind every answer, so the flip rate is not known.'
      : `${least === most ? count(least) : `${count(least)} to ${count(most)}`} samples stand behind an answer.`;
  return html`<h3>${title(noise)}</h3>
<p class="subtitle">${samples} ${term('flip rate', 'Flip rate')}: two runs of one query differ in outcome; ${term('reliability')}: what is left of the differences without chance; P(best): how often the model is the best one when queries are drawn again; ${term('co-best')}: not shown to be worse than the best.</p>
${incumbent(noise)}
${noiseTable(set, noise)}
${labelQuality ? labelsSection(set, labelQuality) : null}`;
}

function title({ coBest, bestProbability }: NoiseResult): string {
  const [first] = Object.entries(bestProbability).sort((a, b) => b[1] - a[1]);
  if (coBest.length > 1) return `${counted(coBest.length, 'model')} may be the best single model`;
  return first === undefined
    ? 'How noisy the outcomes are'
    : `${first[0]} is the best single model in ${percent(first[1], 0)} % of the draws`;
}

const incumbent = ({ incumbent: model, coBest }: NoiseResult): Markup | null =>
  model === null
    ? null
    : html`<p>${
        coBest.length > 1
          ? `The cheapest of the ${counted(coBest.length, 'model')} that are not shown to be worse than the best is ${model}: the honest incumbent.`
          : `No other model may be the best, so ${model} is what routing has to beat.`
      }</p>`;

const inOrder = (set: ResultSet): string[] => {
  const order = singles(set).map(label);
  return [...order, ...set.models.filter((model) => !order.includes(model))];
};

const own = <T>(of: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;

function noiseTable(set: ResultSet, noise: NoiseResult): Markup {
  const short = shorter(set.models);
  const repeated = Object.values(noise.flipRate).some((rate) => rate !== null);
  const share = (x: number | null | undefined): Markup => numberCell(x, percent(x ?? 0, 1));
  return html`<div class="scroll"><table class="sortable noise">
<thead><tr><th>model</th>${repeated ? html`<th>flip rate, %</th><th>reliability, %</th>` : null}<th>P(best), %</th><th class="word">may be the best</th></tr></thead>
<tbody>${inOrder(set).map(
    (model) =>
      html`<tr>${name(model, short(model))}${repeated ? [share(own(noise.flipRate, model)), share(own(noise.reliability, model))] : null}${probability(own(noise.bestProbability, model))}<td class="word">${noise.coBest.includes(model) ? 'yes' : ''}${model === noise.incumbent && noise.coBest.length > 1 ? ', the cheapest' : ''}</td></tr>
`,
  )}</tbody></table></div>`;
}

function probability(x: number | undefined): Markup {
  if (x === undefined) return empty;
  return html`<td data-value="${x}"><span class="bar"><i class="orange" style="width:${(80 * x).toFixed(1)}px"></i>${percent(x, 1)}</span></td>`;
}

/** Statuses counted both ways, guessing, and what judges and labels by hand say. */
function labelsSection(set: ResultSet, quality: LabelQualityResult): Markup | null {
  const facts = factsOf(quality);
  const table = labelsTable(set, quality);
  if (facts.length === 0 && table === null) return null;
  return html`<h3>${labelsTitle(quality)}</h3>
${facts.map((fact) => html`<p>${fact}</p>`)}
${table}`;
}

function labelsTitle({ statuses, agreement }: LabelQualityResult): string {
  if (agreement) return 'How far the labels can be trusted';
  const failed = Object.values(statuses ?? {}).reduce(
    (sum, of) => sum + Object.entries(of).reduce((n, [status, x]) => n + (status === 'ok' ? 0 : x), 0),
    0,
  );
  if (statuses === null) return 'How far the labels can be trusted';
  return failed === 0
    ? 'No answer is recorded as failed'
    : `${counted(failed, 'answer')} failed, were refused or cut off`;
}

function factsOf({ guessing, agreement }: LabelQualityResult): Markup[] {
  const facts: Markup[] = [];
  if (guessing) {
    facts.push(
      html`Guessing alone among ${count(guessing.options)} options would give a single model ${percent(guessing.single, 0)} % and the oracle of this pool ${percent(guessing.oracle, 0)} %.`,
    );
  }
  if (agreement) {
    const write = (x: number): string => percent(x, 0);
    const { kappa, icc } = agreement;
    facts.push(
      html`A second judge agrees beyond chance by ${write(kappa.value)} % ${bracket(kappa, write)} (${term('kappa')}, n ${count(kappa.n)}); the intraclass correlation of their scores is ${write(icc.value)} % ${bracket(icc, write)}.`,
    );
  }
  return facts;
}

function labelsTable(set: ResultSet, quality: LabelQualityResult): Markup | null {
  const { asWrong, leftOut, corrected } = quality;
  const all = quality.statuses ?? {};
  const names = [...new Set(Object.values(all).flatMap((of) => Object.keys(of)))];
  // Where every answer is ok, counting both ways says the same twice.
  const failed = names.some((status) => status !== 'ok');
  if (!failed && corrected === undefined) return null;
  const short = shorter(set.models);
  const value = (of: Readonly<Record<string, number>> | null, model: string): Markup => {
    const x = of === null ? undefined : own(of, model);
    return numberCell(x, percent(x ?? 0, 1));
  };
  return html`<div class="scroll"><table class="sortable">
<thead><tr><th>model</th>${failed ? html`${names.map((status) => html`<th>${status}</th>`)}<th>mean, failures as wrong, %</th><th>mean, left out, %</th>` : null}${corrected ? html`<th>${term('Rogan-Gladen')}, %</th><th>${term('prediction-powered')}, %</th>` : null}</tr></thead>
<tbody>${inOrder(set).map((model) => {
    const of = own(all, model) ?? {};
    const hand = corrected && own(corrected, model);
    return html`<tr>${name(model, short(model))}${
      failed
        ? [
            ...names.map((status) => numberCell(own(of, status) ?? 0, count(own(of, status) ?? 0))),
            value(asWrong, model),
            value(leftOut, model),
          ]
        : null
    }${corrected ? [estimateCell(hand?.roganGladen, 1), estimateCell(hand?.predictionPowered, 1)] : null}</tr>
`;
  })}</tbody></table></div>`;
}
