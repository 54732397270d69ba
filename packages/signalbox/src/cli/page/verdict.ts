import type { ResultSet } from '../../core/results.ts';
import type { VerdictResult } from '../../core/results-evidence.ts';
import { count, percent, unbroken } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { evidenceGrade, pointsOf, type Ruling, rulings, said, saidPoints } from '../words/verdict.ts';
import { html, type Markup } from './frame/markup.ts';
import { term } from './frame/terms.ts';

/** Figure 1: the two verdicts, what they rest on and what would change them. Null without a verdict. */
export function verdictStrip(set: ResultSet): Markup | null {
  if (set.verdict === undefined) return null;
  const [onQuality, onCost] = rulings(set.verdict);
  return html`<div class="verdicts">
${ruling(onQuality, qualityFacts(set.verdict.quality))}
${ruling(onCost, costFacts(set.verdict))}
</div>
${gradeLine(set)}`;
}

type Fact = readonly [Markup | string, Markup | string | null];

function qualityFacts({ lift, by, minimumEffect, needs }: VerdictResult['quality']): Fact[] {
  const [least = 0, most = 0] = needs.labels ?? [];
  const more =
    most > 0 &&
    `${least === most ? count(least) : `${count(least)} to ${count(most)}`} more labelled queries`;
  const again = needs.repeats === null ? null : `${count(needs.repeats)} samples of each answer`;
  return [
    [
      term('lift', 'Lift'),
      html`<span data-value="${lift.value}">${unbroken(saidPoints(lift))}</span> by ${label(by)}, n ${count(lift.n)}`,
    ],
    [term('minimum effect', 'Least gain that counts'), pointsOf(minimumEffect)],
    ['Needed', [more, again].filter(Boolean).join('; ') || null],
  ];
}

function costFacts({ cost, parameters }: VerdictResult): Fact[] {
  const { saving, certified, by, epsilon, delta, incumbent } = cost;
  const leave = certified
    ? `${percent(certified.share, 0)} % of the queries leave it; loss at most ${pointsOf(certified.bound)} with ${percent(1 - delta, 0)} % confidence`
    : 'nothing that saves';
  return [
    [
      term('saving', 'Saving'),
      saving
        ? html`<span data-value="${saving.value}">${unbroken(said(saving))}</span>${by ? ` by ${label(by)}` : ''}, n ${count(saving.n)}`
        : 'not known',
    ],
    [term('incumbent', 'Incumbent'), incumbent === null ? 'not known' : label(incumbent)],
    [term('epsilon', 'Loss tolerated'), epsilon === null ? null : pointsOf(epsilon)],
    [term('certified', 'Certified'), leave],
    ['Least saving that counts', `${percent(parameters.savingFloor, 0)} %`],
  ];
}

function ruling({ question, answer, word, why, change }: Ruling, facts: readonly Fact[]): Markup {
  return html`<div class="verdict" data-answer="${answer}">
<p class="context">${question}</p>
<p class="answer">${word[0]!.toUpperCase()}${word.slice(1)}. ${unbroken(why)}</p>
<dl class="method">${facts.map(([name, fact]) => (fact === null ? null : html`<dt>${name}</dt><dd>${fact}</dd>`))}
<dt>What would change this</dt><dd>${unbroken(change)}</dd></dl>
</div>`;
}

function gradeLine(set: ResultSet): Markup | null {
  const grade = evidenceGrade(set);
  return grade.length === 0 ? null : html`<p class="context">What this rests on: ${grade.join('; ')}.</p>`;
}
