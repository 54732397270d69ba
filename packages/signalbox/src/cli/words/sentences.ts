import type { Estimate, ResultSet, System, Versus } from '../../core/results.ts';
import type { VerdictResult } from '../../core/results-evidence.ts';
import { bracket, count, counted, fixed, nbsp, percent, points, spokenDecimals } from './numbers.ts';
import { bestSingleModel, find, headline, highest, label, primary, singles } from './reading.ts';

/** The answer in words that a manager can repeat, each with its interval. */
export interface Answer {
  readonly quality: string;
  readonly cost: string;
  /** What a sceptic should know beside it. */
  readonly asides: readonly string[];
}

/** What no report of this kind says, and why. */
export const scope =
  'This report states paired differences and costs. It does not rule on whether routing pays: a gap to the oracle is not evidence that a router can close it.';

/** What a report with verdicts says of them. */
export const scopeOfVerdict =
  'The verdicts follow a rule that was fixed beforehand; the method box has its thresholds. They hold for queries of the kind measured here, and a gap to the oracle is no evidence in them.';

export const scopeOf = (sets: readonly ResultSet[]): string =>
  sets.some((set) => set.verdict !== undefined) ? scopeOfVerdict : scope;

export function answer(set: ResultSet): Answer {
  return { quality: qualitySentence(set), cost: costSentence(set), asides: asides(set) };
}

/** `54.6 % [53.4, 55.8]` */
export function spoken(estimate: Estimate): string {
  const decimals = spokenDecimals(estimate);
  return `${percent(estimate.value, decimals)}${nbsp}% ${bracket(estimate, (x) => percent(x, decimals))}`;
}

/** `1.2 points [0.7, 1.8]`; `flip` states a loss as a positive number. */
function spokenPoints(difference: Versus, flip = false): string {
  const decimals = spokenDecimals(difference);
  const write = (x: number): string => fixed(100 * x, decimals);
  const { value, low, high } = flip ? turned(difference) : difference;
  const unit = write(value) === '1' ? 'point' : 'points';
  return `${write(value)}${nbsp}${unit} ${bracket({ low, high }, write)}`;
}

/** `−0.1 points [−0.7, 0.4]` */
function signedPoints(difference: Versus): string {
  const decimals = spokenDecimals(difference);
  const write = (x: number): string => fixed(100 * x, decimals);
  return `${points(difference.value, decimals)}${nbsp}points ${bracket(difference, write)}`;
}

const turned = ({ value, low, high }: Versus): { value: number; low: number; high: number } => ({
  value: -value,
  low: -high,
  high: -low,
});

function qualitySentence(set: ResultSet): string {
  if (set.models.length === 0) return 'There is no model in this table, so there is nothing to compare.';
  if (set.models.length === 1) return oneModel(set);
  const main = headline(set)?.system ?? find(set, 'task-table');
  const estimate = main && primary(set, main);
  if (main === undefined || !estimate) {
    const any = set.systems.some((system) => system.kind === 'router');
    const on = `on these ${counted(set.protocol.testRows, 'query', 'queries')}`;
    return any ? `No router has a value ${on}.` : `No router was run ${on}.`;
  }
  const where = `${set.primary === 'macro' ? `in the mean of ${counted(set.groups.length, 'group')}, ` : ''}on ${counted(estimate.n, 'query', 'queries')}`;
  const subject = main.name === 'task-table' ? 'Choosing by group (task table)' : 'Routing';
  const lift = main.versus.bestSingle;
  if (lift === null) {
    return `${subject} reaches ${spoken(estimate)} ${where}; it was not compared with the best single model.`;
  }
  const more = main.name === 'task-table' ? '' : againstTable(main);
  if (straddles(lift)) {
    return `${subject} cannot be told from the best single model ${where}: the difference is ${signedPoints(lift)}${more}.`;
  }
  return `${subject} ${verb(lift)} the best single model ${where}${more}.`;
}

function oneModel(set: ResultSet): string {
  const [only] = singles(set);
  const value = only && primary(set, only);
  const reach = value ? ` It reaches ${spoken(value)} on ${counted(value.n, 'query', 'queries')}.` : '';
  return `There is one model, ${set.models[0]}, so there is nothing to route.${reach}`;
}

function verb(lift: Versus): string {
  if (lift.value === 0 && lift.low === 0 && lift.high === 0) return 'changes nothing against';
  return lift.value < 0 ? `loses ${spokenPoints(lift, true)} against` : `gains ${spokenPoints(lift)} over`;
}

const straddles = (lift: Versus): boolean => lift.low <= 0 && lift.high >= 0 && lift.low !== lift.high;

function againstTable(main: System): string {
  const difference = main.versus.taskTable;
  if (difference === null) return '; there is no task table to compare it with';
  const decimals = spokenDecimals(difference);
  const write = (x: number): string => fixed(100 * x, decimals);
  return `; against the task table the difference is ${points(difference.value, decimals)} ${bracket(difference, write)}`;
}

const levels = ['99', '98', '95'] as const;
type Level = (typeof levels)[number];
export interface AtLevel {
  readonly level: Level;
  readonly share: Estimate;
  /** Read on the out-of-fold hull and therefore flattering. */
  readonly optimistic: boolean;
}

/** The highest share of best single's quality that the system reaches, and what it costs there. */
export function equalQuality(system: System): AtLevel | undefined {
  for (const [read, optimistic] of [
    [system.costAtFixed, false],
    [system.costAt, true],
  ] as const) {
    for (const level of levels) {
      const share = read?.[level];
      if (share) return { level, share, optimistic };
    }
  }
  return undefined;
}

function costSentence(set: ResultSet): string {
  if (set.costUnit === null) return 'No cost is recorded, so nothing is said about cost.';
  const main = headline(set)?.system;
  if (main === undefined) return 'No router has a value, so nothing is said about its cost.';
  if (set.costUnit === 'strong share' && (main.cpt50 || main.cpt80)) return strongSentence(main);
  const at = equalQuality(main);
  if (at !== undefined) return equalSentence(set, main, at);
  if (main.costAt !== undefined || main.costAtFixed !== undefined) {
    return 'At no operating point does routing reach 95\u00a0% of the quality of the best single model, so nothing is saved at equal quality.';
  }
  const own = main.cost && find(set, 'best-single')?.cost;
  if (!own || !main.cost) return 'The cost of the router is not known on these rows.';
  const difference = own.value === 0 ? undefined : main.cost.value / own.value - 1;
  return difference === undefined
    ? 'The best single model costs nothing, so there is nothing to save.'
    : `As routed, a query costs ${fixed(100 * Math.abs(difference), 0)}${nbsp}% ${difference < 0 ? 'less' : 'more'} than with the best single model; the cost at equal quality was not measured.`;
}

function equalSentence(set: ResultSet, main: System, at: AtLevel): string {
  const how = at.optimistic
    ? ' (read on the hull of the same rows, which is optimistic)'
    : ', at an operating point fixed on training rows';
  const mix = find(set, 'zero-router')?.costAt?.[at.level];
  const without = mix
    ? ` Mixing single models without looking at the query takes ${fixed(100 * mix.value, 0)}${nbsp}%.`
    : '';
  const kept = at.optimistic ? null : main.qualityAtFixed?.[at.level];
  if (kept) {
    // What was aimed at on training rows is not what was kept on others; the two belong in one sentence.
    return `Fixed on training rows to keep ${at.level}${nbsp}% of the quality of the best single model, routing spends ${spokenShare(at.share)} of its cost and keeps ${spoken(kept)} of its quality.${without}`;
  }
  return `To keep ${at.level}${nbsp}% of the quality of the best single model, routing spends ${spokenShare(at.share)} of its cost${how}.${without}`;
}

function strongSentence(main: System): string {
  const half =
    main.cpt50 &&
    `To win half of the gap between the weak and the strong model, ${spokenShare(main.cpt50)} of the queries go to the strong one (at random: 50${nbsp}%)`;
  const most = main.cpt80 && `to win 80${nbsp}% of it, ${spokenShare(main.cpt80)} (at random: 80${nbsp}%)`;
  const sentence = [half, most].filter(Boolean).join('; ');
  return `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`;
}

/** A share in whole percent, or with one decimal where the interval is narrow. */
function spokenShare(share: Estimate): string {
  const half = (100 * (share.high - share.low)) / 2;
  const decimals = half > 0 && half < 1 ? 1 : 0;
  return `${percent(share.value, decimals)}${nbsp}% ${bracket(share, (x) => percent(x, decimals))}`;
}

function asides(set: ResultSet): string[] {
  const said: string[] = [];
  const best = find(set, 'best-single');
  const model = bestSingleModel(set);
  const value = best && primary(set, best);
  if (set.models.length > 1 && model !== undefined && value) {
    const often = (best.choices?.[model] ?? 1) < 0.999 ? ' in most folds' : '';
    said.push(`Best single model by training rows: ${model}${often}, ${spoken(value)}.`);
  }
  const main = headline(set);
  if (main !== undefined && set.models.length > 1) said.push(...routerAsides(set, main));
  if (allEqual(set)) {
    said.push('All single models have the same value on these rows; check that the scores tell them apart.');
  }
  return said;
}

function routerAsides(set: ResultSet, main: NonNullable<ReturnType<typeof headline>>): string[] {
  const value = primary(set, main.system);
  if (!value) return [];
  const said = [`Router: ${label(main.system)}, ${spoken(value)}.`];
  if (main.chosenFrom > 0) {
    said.push(
      `It is the highest of ${count(main.chosenFrom)} routers on the rows that it is judged by, which flatters it.`,
    );
  }
  const top = highest(set);
  const topValue = top && primary(set, top);
  if (topValue && top.name !== main.system.name && topValue.value > value.value) {
    said.push(`Highest on these rows is ${label(top)}, ${spoken(topValue)}, picked after the fact.`);
  }
  return said;
}

/** True where there are several single models and no value of theirs differs. */
export function allEqual(set: ResultSet): boolean {
  const values = singles(set).flatMap((system) => primary(set, system)?.value ?? []);
  return values.length > 1 && values.every((value) => value === values[0]);
}

/**
 * What to do next, in sentences. `command` is how the results came about: a report of a table leads to
 * training on it where routing gained something, in quality or in cost.
 */
export function nextSteps(set: ResultSet, command = ''): string[] {
  if (set.models.length < 2) {
    return ['Add the outcomes of a second model on the same queries and run the report again.'];
  }
  const steps: string[] = [];
  const main = headline(set)?.system;
  const lift = main?.versus.bestSingle;
  if (lift && straddles(lift)) steps.push('More labelled queries would narrow the interval.');
  if (set.costUnit === null)
    steps.push('Record what each answer cost (column cost) to see what routing saves.');
  if (set.groups.length < 2) {
    steps.push('Name the task or domain of each query (group) to see the task table, the baseline to beat.');
  }
  const data = /^report ([^-"\s][^"\s]*)(?= |$)/.exec(command)?.[1];
  const saves = main && (equalQuality(main)?.share.high ?? 1) < 1;
  if (data !== undefined && (set.verdict ? pays(set.verdict) : (lift && lift.low > 0) || saves)) {
    steps.push(`To train this router: signalbox train ${data} -o router/`);
  }
  return steps;
}

/** What a gateway serves without being told to. */
const pays = ({ quality, cost }: VerdictResult): boolean =>
  quality.answer === 'yes' ||
  quality.answer === 'task-table' ||
  cost.answer === 'yes' ||
  cost.answer === 'cascade';
