/** What only some studies print, as sections of docs/reproducing.md. */
import type { Estimate, ResultSet } from '../packages/signalbox/src/core/results.ts';

type Range = Pick<Estimate, 'value' | 'low' | 'high'>;

const hundredths = ({ value, low, high }: Range): string =>
  `${(100 * value).toFixed(2)} [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`;
const percent = (x: Range | null | undefined): string => (x ? hundredths(x) : '');
const points = (x: Range | null | undefined): string =>
  x ? hundredths(x).replace(/^-?/, x.value < 0 ? '−' : '+') : '';
const plain = (x: Range | null | undefined, digits: number): string =>
  x ? `${x.value.toFixed(digits)} [${x.low.toFixed(digits)}, ${x.high.toFixed(digits)}]` : '';

function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = heads.map((_, i) => (i === 0 ? '---' : '---:'));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function ablations({ ablations = [] }: ResultSet): string[] {
  return ablations.flatMap(({ router, seeds, lines, lost }) => [
    `\`${router}\` without its parts, means over ${seeds} seeds:`,
    markdown(
      ['system', 'value %', 'less the whole, points'],
      lines.map(({ system, value, difference }) => [system, percent(value), points(difference)]),
    ),
    'One LLM is lost at serving, the next best takes its place, nothing is fitted anew:',
    markdown(
      ['lost', 'value %', 'best single of those left', 'lift over it'],
      lost.map(({ model, value, bestSingle, lift }) => [
        model,
        percent(value),
        percent(bestSingle),
        points(lift),
      ]),
    ),
  ]);
}

function foldings({ foldings = [] }: ResultSet): string[] {
  const first = foldings.find(({ labels }) => labels === null);
  if (first === undefined) return [];
  const four = (x: number): string => x.toFixed(4);
  return [
    'APGR by other assignments of rows to folds; the first is that of the table above:',
    markdown(
      ['router', ...first.values.map(({ seed }) => `seed ${seed}`), 'mean'],
      foldings.map(({ router, labels, values, mean }) => [
        labels === null ? router : `${router}, ${labels} labels`,
        ...first.values.map((_, i) => (values[i] ? four(values[i].value.value) : '')),
        `${four(mean.value)} [${four(mean.low)}, ${four(mean.high)}]`,
      ]),
    ),
  ];
}

function sweeps({ sweeps = [] }: ResultSet): string[] {
  if (sweeps.length === 0) return [];
  return [
    'Routers swept by the parameter that their own papers give them:',
    markdown(
      ['router', 'parameter', 'against', 'points', 'AIQ', 'AIQ less the mix of single models'],
      sweeps.map(({ router, parameter, price, aiq, aiqLift, curve }) => [
        router,
        parameter,
        price,
        String(curve.length),
        plain(aiq, 3),
        plain(aiqLift, 3),
      ]),
    ),
  ];
}

function bandits({ bandits }: ResultSet): string[] {
  if (bandits === undefined) return [];
  const { priorRows, answers, seeds, budget } = bandits;
  return [
    `Bandits over ${answers} answers in ${seeds} orders, ${priorRows} rows known beforehand, a budget of $${budget.toPrecision(3)} a call:`,
    markdown(
      [
        'bandit',
        'prior',
        'learns',
        'paced',
        'quality %',
        'spent of the budget, any order at most',
        'best fixed choice',
        'regret at the end',
      ],
      bandits.bandits.map((one) => [
        one.router,
        one.prior,
        one.learns ? 'yes' : 'no',
        one.paced ? 'yes' : 'no',
        percent(one.quality),
        `${((100 * one.cost.value) / budget).toFixed(0)} %, ${((100 * one.greatestCost) / budget).toFixed(0)} %`,
        percent(one.fixed),
        plain(one.regret.at(-1)?.total, 1),
      ]),
    ),
  ];
}

function votes({ votes, systems }: ResultSet): string[] {
  if (votes === undefined) return [];
  return [
    `Votes over recorded answers, at most ${votes.budget.calls} calls a query on average; early stop asks one after the other until the leader cannot be overtaken:`,
    markdown(
      ['vote', 'sizes', 'quality %', 'over best single, points', 'calls', 'calls with early stop'],
      votes.systems.map((one) => {
        const system = systems.find(({ name }) => name === one.name);
        return [
          one.name,
          [...new Set(one.sizes)].join(', '),
          percent(system?.quality),
          points(system?.versus.bestSingle),
          plain(one.asked, 2),
          plain(one.needed, 2),
        ];
      }),
    ),
  ];
}

/** After the least and the most answers; all of them stand in docs/routers.md. */
function newcomers({ newcomer = [], notes }: ResultSet): string[] {
  if (newcomer.length === 0) return [];
  const budgets = newcomer.map(({ answers }) => answers);
  const ends = [Math.min(...budgets), Math.max(...budgets)];
  const said = (notes ?? []).filter(
    (note) => note.startsWith('Which router to trust') || note.startsWith('After '),
  );
  return [
    said.join(' '),
    markdown(
      [
        'router',
        'answers',
        'Brier',
        'AUC',
        'value %',
        'pool without it',
        'trained on everything',
        'gain, points',
      ],
      newcomer
        .filter(({ answers }) => ends.includes(answers))
        .map((one) => [
          one.router,
          String(one.answers),
          plain(one.brier, 3),
          plain(one.auc, 3),
          percent(one.value),
          percent(one.without),
          percent(one.retrained),
          points(one.gain),
        ]),
    ),
  ];
}

function routerEval({ routerEval }: ResultSet): string[] {
  if (routerEval === undefined) return [];
  const { task, size, settings, systems, reach } = routerEval;
  const ratio = (x: number | null | undefined): string => (typeof x === 'number' ? x.toFixed(3) : '');
  return [
    `Pools of ${size} on ${task} (${settings.join(', ')}). Best choice on each row: ${percent(reach.picked)} % of the pools as picked${reach.pickedOnTraining ? `, ${percent(reach.pickedOnTraining)} % picked on training rows alone` : ''}${reach.random ? `, ${percent(reach.random)} % at random` : ''}${reach.probability ? `; by the probabilities ${percent(reach.probability)} %` : ''}${reach.bestSingle ? `, the best single model ${percent(reach.bestSingle)} %` : ''}${reach.routerLift ? `, the best router's lift over it ${points(reach.routerLift)} points` : ''}.`,
    markdown(
      ['router', 'mu %', 'V_R', 'V_B', 'E_p', 'r_o(p)', 'V_B as published'],
      systems.map((one) => [
        one.name,
        percent(one.mu),
        ratio(one.vr),
        ratio(one.vb),
        ratio(one.ep),
        ratio(one.skill),
        ratio(one.published),
      ]),
    ),
  ];
}

/** The parts of a set that a study adds to the table of systems. */
export function studyParts(set: ResultSet): string {
  return [ablations, foldings, sweeps, bandits, votes, newcomers, routerEval]
    .flatMap((part) => part(set))
    .map((text) => `${text}\n\n`)
    .join('');
}
