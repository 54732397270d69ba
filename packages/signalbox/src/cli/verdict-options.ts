import { type Command, Option } from 'commander';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { type AssessArgs, type VerdictParameters, verdictParameters } from '../pipeline/assess.ts';
import type { Session } from './session.ts';
import { readTable } from './table-options.ts';

/** Flags of the verdict: what is fixed before the data are looked at, and what stands beside the table. */
export interface VerdictFlags {
  readonly minimumEffect: number;
  readonly epsilon: readonly number[];
  readonly delta: number;
  readonly savingFloor: number;
  readonly volume?: number;
  readonly routerCost?: number;
  readonly labellingCost?: number;
  readonly live?: string;
  readonly judge?: string;
  readonly gold?: string;
  readonly redact?: boolean;
}

export function withVerdictFlags(command: Command): Command {
  const { minimumEffect, epsilons, delta, savingFloor } = verdictParameters;
  return command
    .addOption(
      new Option('--minimum-effect <fraction>', 'the least lift worth routing for (.005 is half a point)')
        .default(minimumEffect)
        .argParser(fraction('--minimum-effect')),
    )
    .addOption(
      new Option('--epsilon <fractions>', 'losses of quality at which savings are certified, with commas')
        .default(epsilons, epsilons.join(','))
        .argParser((value) => value.split(',').map(fraction('--epsilon'))),
    )
    .addOption(
      new Option('--delta <fraction>', 'chance with which a certified policy may lose more')
        .default(delta)
        .argParser(fraction('--delta')),
    )
    .addOption(
      new Option('--saving-floor <fraction>', 'the least saving worth routing for')
        .default(savingFloor)
        .argParser(fraction('--saving-floor')),
    )
    .addOption(
      new Option('--volume <requests>', 'requests a month: what it is in dollars').argParser(
        amount('--volume', true),
      ),
    )
    .addOption(
      new Option('--router-cost <dollars>', 'a month, for the router itself').argParser(
        amount('--router-cost'),
      ),
    )
    .addOption(
      new Option('--labelling-cost <dollars>', 'once, for the labels').argParser(amount('--labelling-cost')),
    )
    .option('--live <file>', 'a log of live traffic: does the table stand for it?')
    .option('--judge <file>', 'scores of a second judge, same query ids and models')
    .option('--gold <file>', 'labels by hand of some answers, same query ids and models')
    .option('--redact', 'leave texts and answers out of the ledger');
}

/** What the flags say, the tables beside the first one read. */
export async function verdictOptions(
  flags: VerdictFlags,
  { context }: Pick<Session, 'context'>,
): Promise<Pick<AssessArgs, 'parameters' | 'money' | 'live' | 'other' | 'redact'>> {
  const read = (file: string | undefined): Promise<Dataset> | undefined =>
    file === undefined ? undefined : readTable([file], {}, context);
  const [live, judge, gold] = [await read(flags.live), await read(flags.judge), await read(flags.gold)];
  const { volume, routerCost, labellingCost } = flags;
  const parameters: VerdictParameters = {
    ...verdictParameters,
    minimumEffect: flags.minimumEffect,
    epsilons: [...flags.epsilon].sort((a, b) => b - a),
    delta: flags.delta,
    savingFloor: flags.savingFloor,
  };
  return {
    parameters,
    redact: flags.redact === true,
    other: { ...(judge && { judge }), ...(gold && { gold }) },
    ...(live && { live }),
    ...(volume !== undefined && {
      money: {
        volume,
        ...(routerCost !== undefined && { routerCost }),
        ...(labellingCost !== undefined && { labellingCost }),
      },
    }),
  };
}

function fraction(name: string): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== '' && number > 0 && number < 1) return number;
    throw new SignalboxError(
      'usage',
      `${name} was "${value}"; give a fraction between 0 and 1 (one point is .01).`,
    );
  };
}

function amount(name: string, whole = false): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== '' && number >= 0 && Number.isFinite(number) && (!whole || Number.isInteger(number)))
      return number;
    throw new SignalboxError(
      'usage',
      `${name} was "${value}"; give a ${whole ? 'whole ' : ''}number of 0 or more.`,
    );
  };
}
