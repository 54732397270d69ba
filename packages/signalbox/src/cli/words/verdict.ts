import type { Estimate, ResultSet } from '../../core/results.ts';
import type { VerdictResult } from '../../core/results-evidence.ts';
import { bracket, count, counted, fixed, nbsp, percent, points, spokenDecimals } from './numbers.ts';
import { label } from './reading.ts';

/** One of the two answers, as both faces print it. */
export interface Told {
  readonly question: string;
  /** The answer in a few words. */
  readonly head: string;
  readonly why: string;
  readonly change: string;
  /** Numbers that the answer rests on, each with its interval and rows. */
  readonly numbers: readonly string[];
  /** `good`: routing pays; `bad`: it does not; `open`: not settled. */
  readonly tone: 'good' | 'bad' | 'open';
}

export function told(verdict: VerdictResult): { quality: Told; cost: Told } {
  return { quality: quality(verdict), cost: cost(verdict) };
}

const qualityHeads = {
  yes: ['Yes, routing raises quality.', 'good'],
  'task-table': ['Yes, but a table of tasks is enough.', 'good'],
  no: ['No, routing does not raise quality.', 'bad'],
  insufficient: ['Not settled by these queries.', 'open'],
} as const satisfies Record<VerdictResult['quality']['answer'], readonly [string, Told['tone']]>;

function quality({ quality: given }: VerdictResult): Told {
  const [head, tone] = qualityHeads[given.answer];
  const { labels, repeats } = given.needs;
  return {
    question: 'Does routing raise quality?',
    head,
    tone,
    why: given.why,
    change: given.whatWouldChange,
    numbers: [
      `lift of ${label(given.by)} over the best single model ${spokenLift(given.lift)}`,
      `least lift worth routing for: ${amount(given.minimumEffect)}`,
      ...(labels ? [`labels that would settle it: ${range(labels)} more`] : []),
      ...(repeats === null ? [] : [`samples of each answer asked for: ${count(repeats)}`]),
    ],
  };
}

const costHeads = {
  yes: ['Yes, routing saves money.', 'good'],
  cascade: ['Only a cascade saves money.', 'good'],
  no: ['No, routing does not save money.', 'bad'],
  insufficient: ['Not settled by these queries.', 'open'],
  'unknown-cost': ['Unknown: there are no costs.', 'open'],
} as const satisfies Record<VerdictResult['cost']['answer'], readonly [string, Told['tone']]>;

function cost({ cost: given, parameters }: VerdictResult): Told {
  const [usual, tone] = costHeads[given.answer];
  const { by, incumbent, epsilon, saving, certified, delta } = given;
  const swap = given.answer === 'no' && by?.startsWith('single:');
  return {
    question: 'Does routing save money at equal quality?',
    head: swap ? `No, switch to ${label(by!)} and do not route.` : usual,
    tone,
    why: given.why,
    change: given.whatWouldChange,
    numbers: [
      ...(saving ? [`saving against ${label(incumbent ?? 'best-single')} ${spokenSaving(saving)}`] : []),
      ...(certified && epsilon !== null
        ? [
            `certified at ${amount(epsilon)}: ${percent(certified.share, 0)}${nbsp}% of queries leave the incumbent, loss at most ${amount(certified.bound)} with ${percent(1 - delta, 0)}${nbsp}% confidence`,
          ]
        : []),
      `least saving worth routing for: ${percent(parameters.savingFloor, 0)}${nbsp}%`,
    ],
  };
}

/** `0.5 points`, of a parameter: as many digits as it was given with. */
export function amount(fraction: number): string {
  const text = String(Number((100 * fraction).toPrecision(3))).replace('-', '−');
  return `${text}${nbsp}${text === '1' ? 'point' : 'points'}`;
}

/** `1,900 to 3,400`, or one number where both ends are the same. */
export const range = ([low, high]: readonly [number, number]): string =>
  low === high ? count(low) : `${count(low)} to ${count(high)}`;

/** `+1.2 points [0.7, 1.8], n 9,408` */
export function spokenLift(lift: Estimate): string {
  const decimals = spokenDecimals(lift);
  const write = (x: number): string => fixed(100 * x, decimals);
  return `${points(lift.value, decimals)}${nbsp}points ${bracket(lift, write)}, n${nbsp}${count(lift.n)}`;
}

/** `31 % [26, 36], n 9,408` */
export function spokenSaving(saving: Estimate): string {
  const write = (x: number): string => percent(x, 0);
  return `${write(saving.value)}${nbsp}% ${bracket(saving, write)}, n${nbsp}${count(saving.n)}`;
}

/** What a sceptic asks of the data, and whether they can answer it. */
export interface Grade {
  readonly asked: string;
  readonly met: boolean;
  readonly found: string;
}

/** How good the evidence is: only of what this set was examined for. */
export function grades(set: ResultSet): Grade[] {
  const { noise, shift, labelQuality } = set;
  const grades: Grade[] = [];
  if (noise) {
    const [least, most] = noise.repeats;
    grades.push({
      asked: 'repeats',
      met: least >= 2,
      found:
        least >= 2
          ? `${least === most ? count(least) : `${count(least)} to ${count(most)}`} samples of every answer`
          : most >= 2
            ? `some answers have ${count(most)} samples, others one: luck and ability cannot be told apart everywhere`
            : 'one sample of every answer: luck and ability cannot be told apart',
    });
  }
  if (shift) {
    const { live, timeSplit, leaveOneGroupOut } = shift;
    grades.push({
      asked: 'live mix',
      met: live !== null && !live.refused,
      found:
        live === null
          ? 'not compared with live traffic'
          : live.refused
            ? `${counted(live.rows, 'live query', 'live queries')} are too unlike this table to speak for them`
            : `compared with ${counted(live.rows, 'live query', 'live queries')}`,
    });
    grades.push({
      asked: 'time split',
      met: timeSplit !== null,
      found:
        timeSplit === null
          ? 'no later queries were held out by time'
          : `tested on ${counted(timeSplit.lift.n, 'later query', 'later queries')}`,
    });
    grades.push({
      asked: 'unseen groups',
      met: leaveOneGroupOut !== null,
      found:
        leaveOneGroupOut === null
          ? 'not tried on groups that no fit has seen'
          : `tried on ${counted(Object.keys(leaveOneGroupOut.groups).length, 'group')} that no fit has seen`,
    });
  }
  if (labelQuality) {
    const { agreement, corrected } = labelQuality;
    grades.push({
      asked: 'labels',
      met: agreement !== undefined || corrected !== undefined,
      found: [
        agreement ? 'scored by a second judge' : 'scored once',
        ...(corrected ? ['checked against labels by hand'] : []),
      ].join(', '),
    });
  }
  return grades;
}
