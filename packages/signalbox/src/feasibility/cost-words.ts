import type { Estimate } from '../core/results.ts';
import { count, outOfReach, percent, percentRange, percentsApart, points } from './wording.ts';

/** Why the cost verdict is what it is, and what would change it: one sentence each. */
export interface Words {
  readonly why: string;
  readonly whatWouldChange: string;
}

interface Told {
  readonly epsilon: number;
  readonly incumbent: string;
  readonly delta: number;
  readonly savingFloor: number;
}

interface Saved extends Told {
  readonly name: string;
  readonly saved: Estimate;
  readonly certified: { readonly share: number; readonly bound: number };
}

const confidence = (delta: number): string => `with ${percent(1 - delta)} confidence`;

/** The clause is left out where its two numbers would read alike. */
function fall(from: number, to: number): string {
  const said = percentsApart(from, to);
  return said === null
    ? `Prices or traffic but a little less in favour of routing, as the lower bound of the saving lies hardly above the floor of ${percent(to)}`
    : `Prices or traffic by which the lower bound of the saving falls from ${said[0]} to ${said[1]}`;
}

/** What lies below the floor, and that it does. */
function below(saved: number, floor: number): readonly [most: string, clause: string] {
  const said = percentsApart(Math.max(saved, 0), floor);
  return said === null
    ? [percent(saved), 'hardly below the floor']
    : [said[0], `below the floor of ${said[1]}`];
}

export function yes({ name, saved, certified, incumbent, epsilon, delta, savingFloor }: Saved): Words {
  return {
    why: `${name} costs ${percent(saved.value)} less than ${incumbent} (${percentRange(saved)}, ${count(saved.n)} queries) by sending ${percent(certified.share)} of queries elsewhere, and ${confidence(delta)} loses at most ${points(epsilon)} of quality.`,
    whatWouldChange: `${fall(saved.low, savingFloor)}; the certificate holds for traffic like these queries.`,
  };
}

export function cascade({ name, saved, incumbent, epsilon, delta, certified }: Saved): Words {
  return {
    why: `Only a cascade pays: ${name}, replayed on the recorded answers, costs ${percent(saved.value)} less than ${incumbent} (${percentRange(saved)}, ${count(saved.n)} queries), keeps the first answer of ${percent(certified.share)} of queries, and ${confidence(delta)} loses at most ${points(epsilon)} of quality.`,
    whatWouldChange:
      'A router that tells before an answer is generated what the cascade sees in it: features of the query that predict where the cheaper model fails.',
  };
}

interface Settled extends Told {
  readonly bestSingle: string;
  readonly rows: number;
  /** Upper bound of the saving by routing, over all epsilons. */
  readonly most: number;
}

export function change(told: Settled & { readonly switching: Estimate }): Words {
  const { incumbent, bestSingle, epsilon, switching, savingFloor } = told;
  const [most, clause] = below(told.most, savingFloor);
  const beyond =
    told.most > 0
      ? `routing saves at most ${most} beyond that, ${clause}`
      : 'no model is cheaper that a router could use beside it';
  return {
    why: `One cheaper model is enough: switch to ${incumbent}, do not route; it costs ${percent(switching.value)} less than ${bestSingle} (${percentRange(switching)}, ${count(switching.n)} queries), is shown to lose at most ${points(epsilon)} of quality, and ${beyond}.`,
    whatWouldChange: `A tolerated loss so small that ${incumbent} no longer meets it, or a model cheaper than it that answers part of the queries as well.`,
  };
}

export function stay({ bestSingle, epsilon, most: reached, savingFloor, rows }: Settled): Words {
  const [most, clause] = below(reached, savingFloor);
  return {
    why: `Stay with ${bestSingle}, do not route: at losses of up to ${points(epsilon)} routing saves at most ${most} (${count(rows)} queries), ${clause}.`,
    whatWouldChange:
      'A cheaper model that answers part of the queries as well, or a wider gap between the prices of the pool.',
  };
}

interface Open extends Told {
  readonly calibrationRows: number;
  readonly settled: boolean;
  readonly switching: Estimate | null;
  readonly saved: Estimate;
  readonly certified: { readonly share: number; readonly bound: number } | null;
  readonly rowsNeeded: number | null;
  /** Of the whole table. */
  readonly tableRows: number;
  /** Upper bound of the saving that any threshold may have here. */
  readonly most: number;
}

export function insufficient(told: Open): Words {
  const { epsilon, incumbent, calibrationRows, settled, saved, certified, rowsNeeded, savingFloor, most } =
    told;
  const far =
    rowsNeeded === null ? '' : outOfReach(rowsNeeded, told.tableRows, 'a larger tolerated loss (epsilon)');
  const rows = `${count(calibrationRows)} calibration queries`;
  const more =
    rowsNeeded === null
      ? `More calibration queries than the ${count(calibrationRows)} here, or a router whose cheaper choices lose less`
      : `About ${count(rowsNeeded)} calibration queries, against ${count(calibrationRows)} here${far}`;
  if (certified === null)
    return {
      why: `No threshold could be certified to lose at most ${points(epsilon)} of quality on ${rows}, though a saving of ${percent(Math.max(most, 0))} against ${incumbent} is not excluded.`,
      whatWouldChange: `${more}.`,
    };
  if (!settled)
    return {
      why: `Routing is certified at ${points(epsilon)} (saving ${percentRange(saved)} on ${rows}), but a single model cheaper than ${incumbent} may lose no more than that, and switching to it would then beat routing.`,
      whatWouldChange: `Enough queries to tell whether the cheaper model loses more than ${points(epsilon)}${rowsNeeded === null ? '' : `: about ${count(rowsNeeded)}${far}`}.`,
    };
  return {
    why: `Routing is certified at ${points(epsilon)} on ${rows}, but its saving against ${incumbent}, ${percent(saved.value)} (${percentRange(saved)}), is not shown to exceed ${percent(savingFloor)}, while ${percent(Math.max(most, 0))} is not excluded.`,
    whatWouldChange:
      far === ''
        ? `${more}, which would let more queries leave ${incumbent} and narrow the interval.`
        : `${more}.`,
  };
}

export function unknown(models: number): Words {
  return {
    why: `Neither costs nor prices of the ${count(models)} models are known, so no saving can be computed.`,
    whatWouldChange: 'A column of costs in the table, or prices by --prices FILE.',
  };
}
