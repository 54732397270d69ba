import { beyondReach } from '../../core/label-reach.ts';
import type { Estimate, ResultSet } from '../../core/results.ts';
import type {
  CeilingsResult,
  DeferralResult,
  RungResult,
  VerdictResult,
} from '../../core/results-evidence.ts';
import { bracket, count, counted, fixed, nbsp, percent, points, spokenDecimals } from './numbers.ts';

/** The words for a verdict and what stands beside it; both faces say them alike. */

type Answer = VerdictResult['quality']['answer'] | VerdictResult['cost']['answer'];

/** An answer in a word or two. */
const answers: Readonly<Record<Answer, string>> = {
  yes: 'yes',
  'task-table': 'yes, but a task table is enough',
  cascade: 'yes, by a cascade',
  no: 'no',
  insufficient: 'not enough evidence',
  'unknown-cost': 'cost unknown',
};

export const answerWord = (answer: Answer): string => answers[answer];

/** The two questions with their answers, as they head a report. */
export interface Ruling {
  readonly question: string;
  readonly answer: Answer;
  readonly word: string;
  readonly why: string;
  readonly change: string;
}

export const rulings = ({ quality, cost }: VerdictResult): readonly [Ruling, Ruling] => [
  { question: 'Does routing raise quality?', ...ruling(quality) },
  { question: 'Does routing save cost?', ...ruling(cost) },
];

const ruling = (of: VerdictResult['quality'] | VerdictResult['cost']): Omit<Ruling, 'question'> => ({
  answer: of.answer,
  word: answerWord(of.answer),
  why: of.why,
  change: of.whatWouldChange,
});

const rungs: Readonly<Record<string, string>> = {
  constant: 'best single model',
  'task-table': 'task table',
  clusters: 'clusters of queries',
  knn: 'nearest neighbours',
  linear: 'linear on features',
  'best-router': 'best router',
  'post-generation': 'after a cheap answer',
  'split-half': 'ceiling, split-half',
  'plug-in': 'ceiling, plug-in',
  'one-sample': 'one-sample oracle',
};

export const rungLabel = (rung: string): string => (Object.hasOwn(rungs, rung) ? rungs[rung]! : rung);

/** The name of a rung with the system behind it, where that says more. */
export function rungName({ rung, system }: RungResult): string {
  const name = rungLabel(rung);
  const own = rung === 'constant' || rung === 'task-table' || system === undefined || system === rung;
  return own ? name : `${name} (${system})`;
}

/** `0.5 points`, `1 point` of a fraction. */
export function pointsOf(fraction: number): string {
  const number = Number((100 * fraction).toFixed(2));
  return `${number}${nbsp}${number === 1 ? 'point' : 'points'}`;
}

/** `2.1 to 3.0 %` or `74.1 % [71.5, 76.7]` in as many digits as the interval bears. */
export function said(estimate: Estimate): string {
  const decimals = spokenDecimals(estimate);
  return `${percent(estimate.value, decimals)}${nbsp}% ${bracket(estimate, (x) => percent(x, decimals))}`;
}

/** `+0.2 points [-1.0, 1.5]`. */
export function saidPoints(estimate: Estimate): string {
  const decimals = spokenDecimals(estimate);
  return `${points(estimate.value, decimals)}${nbsp}points ${bracket(estimate, (x) => fixed(100 * x, decimals))}`;
}

/** The ceiling in a line: its band where runs were repeated, else why there is none. */
export function ceilingLine(ceilings: CeilingsResult): string {
  const { band, oneSample, raschNull } = ceilings;
  const luck = `one-sample oracle ${said(oneSample)}, luck included`;
  const chance = raschNull ? `; without any specialisation ${said(raschNull)} (Rasch null)` : '';
  return band === null
    ? `unknown without repeats; ${luck}${chance}.`
    : `between ${percent(band.low, 1)} and ${percent(band.high, 1)}${nbsp}%; ${luck}${chance}.`;
}

/** What is certified at each epsilon, the widest first; neighbours that say the same are told once. */
export function savingLine(deferral: DeferralResult): string {
  const parts: { epsilons: number[]; saying: string }[] = [];
  for (const at of deferral.certified) {
    const saying = certificateWords(at);
    const last = parts.at(-1);
    if (last?.saying === saying) last.epsilons.push(at.epsilon);
    else parts.push({ epsilons: [at.epsilon], saying });
  }
  const told = parts.map(({ epsilons, saying }) => {
    const numbers = epsilons.map((epsilon) => Number((100 * epsilon).toFixed(2)));
    return `${numbers.join(', ')}${nbsp}${numbers.length === 1 && numbers[0] === 1 ? 'point' : 'points'} of loss: ${saying}`;
  });
  return told.length === 0 ? 'nothing was certified.' : `at ${told.join('; at ')}.`;
}

export function certificateWords(at: DeferralResult['certified'][number]): string {
  if (at.betting === null) return 'nothing passed';
  if (at.saving === null || at.betting.share === 0) return 'no query may leave';
  return `${percent(at.saving.value, 0)}${nbsp}% ${bracket(at.saving, (x) => percent(x, 0))} saved`;
}

const range = ([low, high]: readonly [number, number], one: string, many = `${one}s`): string =>
  low === high ? counted(low, one, many) : `${count(low)} to ${counted(high, one, many)}`;

/** How many labels are missing, in a line; undefined where it is not known. */
export function labelsLine(set: ResultSet): string | undefined {
  if (set.labelsNeeded === undefined) return undefined;
  const { more, paired, curve } = set.labelsNeeded;
  if (more !== null) {
    return more[1] === 0
      ? 'as many as are needed.'
      : `${range(more, 'more query', 'more queries')} would ${settled(set)}${tooMany(more[0], set)}.`;
  }
  if (paired !== null) return `${range(paired, 'row')} would show the minimum effect.`;
  return curve === null
    ? undefined
    : `the learning curve reaches the minimum effect at ${range(curve, 'row')}.`;
}

/** What no one will bring is said to be that. */
function tooMany(labels: number, { rows }: ResultSet): string {
  const times = beyondReach(labels, rows);
  return times === null ? '' : `, ${count(times)} times the rows of this table and beyond reach`;
}

/** What more labels would do: settle an open verdict, or else show a lift of the least size that counts. */
export function settled({ verdict }: ResultSet): string {
  if (verdict === undefined || verdict.quality.answer === 'insufficient') return 'settle it';
  return `show a lift of ${pointsOf(verdict.quality.minimumEffect)}`;
}

/** How good the evidence is: repeats, order in time, likeness to live traffic. */
export function evidenceGrade(set: ResultSet): string[] {
  const { noise, shift } = set;
  const grade: string[] = [];
  if (noise) {
    const [least, most] = noise.repeats;
    grade.push(
      most <= 1
        ? 'one sample per cell, so luck and ability cannot be told apart'
        : least === most
          ? `${fixed(least, 0)} samples per cell`
          : `${fixed(least, 0)} to ${fixed(most, 0)} samples per cell`,
    );
  }
  if (shift) {
    grade.push(shift.timeSplit ? 'checked on later rows' : 'no order in time');
    grade.push(
      shift.live === null
        ? 'not compared with live traffic'
        : shift.live.refused
          ? 'live traffic is too different for a statement'
          : `compared with ${counted(shift.live.rows, 'live query', 'live queries')}`,
    );
  }
  return grade;
}
