import { ranking } from '../../core/choice.ts';
import { textOf } from '../../core/query.ts';
import type { Ledger } from '../../core/results-evidence.ts';
import { at, type Matrix } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import type { Design } from '../../metrics/design.ts';
import { comparedQuality, observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { regretOf } from './regret.ts';

/** Entries of each side, drawn at random so that none is hand-picked. */
const shownEach = 20;
const longest = 2000;

/** Where a system did better and worse than the incumbent, row by row, with what was asked and answered where recorded. */
export function ledgerOf(args: {
  readonly plan: Plan;
  readonly design: Design;
  readonly system: string;
  /** Shares of the system and of the incumbent; of a tie the first model is shown. */
  readonly chosen: Matrix;
  readonly incumbent: Matrix;
  readonly incumbentName: string;
  /** Texts and answers are left out. */
  readonly redact: boolean;
  readonly seed: number;
}): Ledger {
  const { plan, design, system, chosen, incumbent, incumbentName, redact, seed } = args;
  const quality = comparedQuality(plan);
  const rows = Array.from(plan.compared, (row, i) => {
    const [ours, theirs] = [ranking(chosen, i)[0]!, ranking(incumbent, i)[0]!];
    return { row, i, ours, theirs, gain: at(quality, i, ours) - at(quality, i, theirs) };
  });
  const won = rows.filter(({ gain }) => gain > 0);
  const lost = rows.filter(({ gain }) => gain < 0);
  const cost = observedCost(plan.table, plan.compared);
  const entry = ({ row, i, ours, theirs }: (typeof rows)[number]): Ledger['won'][number] => {
    const example = plan.table.examples[row]!;
    const text = cut(textOf(example));
    const answer = (m: number): string | undefined => cut(plan.table.completion?.(row, m)?.answer ?? '');
    const [own, other] = redact ? [undefined, undefined] : [answer(ours), answer(theirs)];
    return {
      query: example.id,
      ...(example.group !== undefined && { group: example.group }),
      ...(!redact && text && { text }),
      chosen: plan.table.models[ours]!.id,
      quality: at(quality, i, ours),
      incumbentQuality: at(quality, i, theirs),
      ...(own && { answer: own }),
      ...(other && { incumbentAnswer: other }),
      ...(cost && { cost: at(cost, i, ours), incumbentCost: at(cost, i, theirs) }),
    };
  };
  const random = rng(`ledger/${seed}`);
  const drawn = (list: typeof rows): Ledger['won'] =>
    shuffle(list.slice(), random).slice(0, shownEach).map(entry);
  return {
    system,
    incumbent: incumbentName,
    wins: won.length,
    losses: lost.length,
    ties: rows.length - won.length - lost.length,
    won: drawn(won),
    lost: drawn(lost),
    regret: regretOf({ chosen, incumbent }, { plan, design }),
    redacted: redact,
  };
}

function cut(text: string): string | undefined {
  if (text === '') return undefined;
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}
