import type { Estimate, Reference, System } from '../../core/results.ts';
import { shorter } from '../words/names.ts';
import {
  bracket,
  columnDecimals,
  count,
  counted,
  duration,
  fixed,
  moneyDecimals,
  percent,
  points,
  pValue,
} from '../words/numbers.ts';
import {
  bestSingleModel,
  compared,
  find,
  headline,
  highest,
  label,
  primary,
  singles,
  type Truth,
  unreachable,
} from '../words/reading.ts';
import { bar } from './bar.ts';
import { bySystem } from './groups.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean, tellingApart } from './width.ts';

const named = (head: string, rows: readonly (readonly string[])[]): Column => ({
  head,
  align: 'left',
  least: tellingApart(
    rows.map(([first = '']) => first),
    14,
  ),
});
const number = (head: string, rank?: number): Column => ({ head, ...(rank === undefined ? {} : { rank }) });

const interval = (estimate: Estimate | null, decimals: number): [string, string] =>
  estimate === null
    ? ['', '']
    : [percent(estimate.value, decimals), bracket(estimate, (x) => percent(x, decimals))];

/** Heads and cells of a cost column in the set's unit; empty where no cost is known. */
function costs({ set }: View, systems: readonly System[]): { head: string; cells: string[] } {
  const values = systems.map((system) => system.cost?.value);
  if (set.costUnit === 'strong share') {
    return { head: 'strong %', cells: values.map((x) => (x === undefined ? '' : percent(x, 1))) };
  }
  const thousands = values.map((x) => (x === undefined ? undefined : 1000 * x));
  const decimals = moneyDecimals(thousands.filter((x) => x !== undefined));
  return { head: '$/1k', cells: thousands.map((x) => (x === undefined ? '' : fixed(x, decimals))) };
}

function rowsBehind(systems: readonly System[], view: View): { cells: string[]; all: number | undefined } {
  const counts = systems.map((system) => primary(view.set, system)?.n);
  const known = counts.filter((n) => n !== undefined);
  const same = known.every((n) => n === known[0]);
  return same
    ? { cells: [], all: known[0] }
    : { cells: counts.map((n) => (n === undefined ? '' : count(n))), all: undefined };
}

/** Every baseline, router and bound with its value and its lift over the best single model. */
export function systemsTable(view: View): string {
  const { set, decimals } = view;
  const systems = compared(set).filter((system) => primary(set, system) !== null);
  if (systems.length === 0) return '';
  const lifts = systems.flatMap((system) => system.versus.bestSingle ?? []);
  const liftDecimals = Math.max(columnDecimals(lifts), Math.min(decimals, 2));
  const cost = costs(view, systems);
  const n = rowsBehind(systems, view);
  const top = highest(set);
  const rows = systems.map((system, i) => {
    const lift = system.versus.bestSingle;
    return [
      clean(label(system)) + (system === top ? ' (best)' : ''),
      ...interval(primary(set, system), decimals),
      lift === null ? '' : points(lift.value, liftDecimals),
      lift === null ? '' : bracket(lift, (x) => fixed(100 * x, liftDecimals)),
      cost.cells[i]!,
      n.cells[i] ?? '',
    ];
  });
  const columns: Column[] = [
    named('system', rows),
    number(set.primary === 'macro' ? 'macro %' : 'quality %'),
    number('95 %', 3),
    number('lift'),
    number('95 %', 1),
    number(cost.head, 2),
    number('n', 4),
  ];
  const many = n.all === undefined ? 'all queries' : counted(n.all, 'query', 'queries');
  const mean = set.primary === 'macro' ? `${count(set.groups.length)} groups, ${many}` : many;
  const hindsight = systems.some(unreachable)
    ? '; the oracle and what else needs hindsight no router can reach'
    : '';
  const about = `mean of ${mean}; lift over the best single model in points${hindsight}`;
  const [head = '', rule = '', ...lines] = table({ columns, rows }, view.width);
  const shown = lines.map((line, i) => {
    if (systems[i] === top) return view.paint.bold(line);
    return unreachable(systems[i]!) ? view.paint.dim(line) : line;
  });
  return titled(view, 'Systems', about, [head, rule, ...shown]);
}

/** Routers against the task table, and how measures of cost and quality together see them. */
export function routersTable(view: View): string {
  return [againstTable(view), weakAndStrong(view), equalQuality(view)].filter(Boolean).join('\n\n');
}

function againstTable(view: View): string {
  const routers = compared(view.set).filter((system) => system.kind === 'router');
  const differences = routers.flatMap((system) => system.versus.taskTable ?? []);
  if (routers.length === 0) return '';
  const decimals = Math.max(columnDecimals(differences), Math.min(view.decimals, 2));
  const rows = routers.map((system) => {
    const difference = system.versus.taskTable;
    return [
      clean(label(system)),
      difference === null ? '' : points(difference.value, decimals),
      difference === null ? '' : bracket(difference, (x) => fixed(100 * x, decimals)),
      difference === null ? '' : pValue(difference.p),
      system.choiceEntropy === undefined ? '' : fixed(system.choiceEntropy, 2),
      duration(system.fitSeconds).replaceAll('\u00a0', ' '),
      duration(system.predictSecondsPer1000).replaceAll('\u00a0', ' '),
    ];
  });
  const columns = [
    named('router', rows),
    number('points'),
    number('95 %'),
    number('p', 1),
    number('bits', 2),
    number('fit', 3),
    number('per 1,000', 4),
  ];
  const about =
    differences.length > 0
      ? 'difference to the task table in points; entropy of its choices in bits; time to fit and to predict 1,000 queries'
      : 'entropy of its choices in bits; time to fit and to predict 1,000 queries (no task table to compare with)';
  return titled(view, 'Routers', about, table({ columns, rows }, view.width));
}

const inShare = (x: Estimate | null | undefined): string =>
  x ? `${percent(x.value, 0)} ${bracket(x, (y) => percent(y, 0))}` : '';
const inUnits = (x: Estimate | undefined): string =>
  x ? `${fixed(x.value, 3)} ${bracket(x, (y) => fixed(y, 3))}` : '';

function withHull({ set }: View): System[] {
  const hull = find(set, 'zero-router');
  return [...compared(set), ...(hull === undefined ? [] : [hull])];
}

/** What the calls of a strong model win over a weak one. */
function weakAndStrong(view: View): string {
  const shown = withHull(view).filter((system) => system.apgr ?? system.cpt50 ?? system.cpt80);
  if (shown.length === 0) return '';
  const published = bySystem(view.set.references ?? []).flatMap(([name, figures]) => {
    const of = (measure: Reference['measure'], write: (value: number) => string): string => {
      const found = figures.find((figure) => figure.measure === measure);
      return found ? write(found.value) : '';
    };
    const share = (value: number): string => percent(value, 0);
    const cells = [of('apgr', (value) => fixed(value, 3)), of('cpt50', share), of('cpt80', share)];
    return cells.some(Boolean) ? [[`${clean(name)} (published)`, ...cells]] : [];
  });
  const rows = [
    ...shown.map((system) => [
      clean(label(system)),
      inUnits(system.apgr),
      inShare(system.cpt50),
      inShare(system.cpt80),
    ]),
    ...published,
  ];
  const columns = [named('system', rows), number('APGR', 1), number('CPT(50) %'), number('CPT(80) %')];
  const about =
    'CPT(x) is the share of calls to the strong one that wins x % of its lead; APGR is the share won, over all shares of calls';
  return titled(view, 'Weak and strong', about, table({ columns, rows }, view.width));
}

/** Cost at 99, 98 and 95 % as the hull has it, without intervals: those are on the page and in the JSON. */
function onHull(at: System['costAt']): string {
  return at ? levels.map((level) => (at[level] ? percent(at[level].value, 0) : '–')).join(' / ') : '';
}

const levels = ['99', '98', '95'] as const;

/** What equal quality costs, where cost is more than the share of strong calls. */
function equalQuality(view: View): string {
  if (view.set.costUnit === 'strong share') return '';
  return [onCurve(view), fixedBeforehand(view)].filter(Boolean).join('\n\n');
}

function onCurve(view: View): string {
  const shown = withHull(view).filter((system) => system.aiq ?? system.costAt);
  if (shown.length === 0) return '';
  const rows = shown.map((system) => [clean(label(system)), inUnits(system.aiq), onHull(system.costAt)]);
  const columns = [named('system', rows), number('AIQ'), number('99 / 98 / 95 %')];
  const about =
    'AIQ is the mean height of the cost-quality hull; beside it, in % of that of the best single model, the cost at which the hull keeps so much of its quality (optimistic: read on the rows themselves); – = not reached';
  return titled(view, 'Cost curve', about, table({ columns, rows }, view.width));
}

function fixedBeforehand(view: View): string {
  const shown = withHull(view).filter((system) => system.costAtFixed !== undefined);
  if (shown.length === 0) return '';
  const rows = shown.map((system) => [
    clean(label(system)),
    ...levels.flatMap((level) => {
      const [cost, kept] = [system.costAtFixed?.[level], system.qualityAtFixed?.[level]];
      return [cost ? inShare(cost) : '–', kept ? percent(kept.value, 1) : ''];
    }),
  ]);
  const columns = [
    named('system', rows),
    ...levels.flatMap((level, i) => [number(`for ${level} %`, i), number('kept', i)]),
  ];
  const about =
    'operating points fixed on training rows for 99, 98 and 95 % of the quality of the best single model: cost in % of its cost, and the quality kept, in % of its quality; – = not reached in training';
  return titled(view, 'Cost fixed beforehand', about, table({ columns, rows }, view.width));
}

const shownModels = 14;

/** The single models, with the share of queries that the task table and the router send to each. */
export function modelsTable(view: View): string {
  const { set, decimals, paint } = view;
  const all = singles(set);
  if (all.length === 0) return '';
  const main = headline(set)?.system;
  const shares = main?.choices ?? null;
  const tableShares = find(set, 'task-table')?.choices ?? null;
  const best = bestSingleModel(set);
  const short = shorter(set.models);
  const systems = all.slice(0, shownModels);
  const cost = costs(view, systems);
  const share = (of: Readonly<Record<string, number>> | null, model: string): string =>
    of && Object.hasOwn(of, model) ? percent(of[model]!, 0) : '';
  const rows = systems.map((system, i) => {
    const model = label(system);
    return [
      clean(short(model)),
      ...interval(primary(set, system), decimals),
      cost.cells[i]!,
      share(tableShares, model),
      share(shares, model),
      shares && Object.hasOwn(shares, model) ? bar(shares[model]!, 12) : '',
      model === best && set.models.length > 1 ? 'best single' : '',
    ];
  });
  const columns: Column[] = [
    named('model', rows),
    number(set.primary === 'macro' ? 'macro %' : 'quality %'),
    number('95 %', 4),
    number(cost.head, 5),
    number('table %'),
    number('router %'),
    // A bar repeats the number beside it, so it gives way first.
    { head: '', align: 'left', rank: 6 },
    { head: '', align: 'left', rank: 3 },
  ];
  const who =
    main && shares ? `; shares of queries sent to each by the task table and by ${label(main)}` : '';
  const rest = all.length - systems.length;
  const text = titled(
    view,
    'Models',
    `each answering every query${who}`,
    table({ columns, rows }, view.width),
  );
  return rest > 0
    ? `${text}\n${paint.dim(`and ${counted(rest, 'model').replaceAll('\u00a0', ' ')} more, in the page and the JSON`)}`
    : text;
}

/** Exact expected values of a simulated world beside what was measured. */
export function truthTable(view: View, truth: Truth): string {
  const { set, decimals } = view;
  const rows = Object.entries(truth.values).map(([key, value]) => {
    const system = find(set, key);
    const estimate = system ? primary(set, system) : null;
    const inside = estimate && value >= estimate.low && value <= estimate.high;
    const missed = estimate && (value < estimate.low ? 'below the interval' : 'above the interval');
    return [
      clean(label(key)),
      percent(value, Math.max(decimals, 1)),
      ...interval(estimate, Math.max(decimals, 1)),
      estimate === null ? 'not estimated' : inside ? 'inside' : (missed ?? ''),
    ];
  });
  const columns: Column[] = [
    named('system', rows),
    number('true %'),
    number('measured %'),
    number('95 %'),
    { head: '', align: 'left', rank: 1 },
  ];
  const about = truth.story ?? 'exact expected values of this simulated world beside what was measured';
  return titled(view, 'Truth', about, table({ columns, rows }, view.width));
}
