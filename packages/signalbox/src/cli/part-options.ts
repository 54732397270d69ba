import { type Command, Option } from 'commander';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Plain } from '../core/plain.ts';
import type { Policy } from '../core/policy.ts';
import {
  allRouterNames,
  baselineNames,
  defaultPolicy,
  findEncoder,
  findPolicy,
  findRouter,
  listedRouters,
  routerNames,
} from '../pipeline/config.ts';
import type { RouterChoice } from '../pipeline/fitted.ts';
import type { Session } from './session.ts';
import { jsonObject } from './table-options.ts';

/** Flags of every command that trains or compares routers. */
export interface PartFlags {
  readonly encoder: string;
  readonly embeddings?: object;
  readonly policy: string;
  readonly lambda?: string;
  readonly policyParams?: object;
}

export function withPartFlags(command: Command): Command {
  return command
    .option(
      '--encoder <name>',
      'default, or parts joined by + (surface, tfidf, lsa, minilm, openai, none)',
      'default',
    )
    .addOption(
      new Option('--embeddings <json>', 'for the encoder openai: {"baseUrl","model","apiKeyEnv"}').argParser(
        jsonObject('--embeddings'),
      ),
    )
    .option(
      '--policy <name>',
      'how a prediction becomes a choice: argmax, utility, threshold, conformal, random-capable, prediction, sorted-prediction',
      defaultPolicy,
    )
    .option(
      '--lambda <number>',
      'for utility: the quality that one US dollar must bring (0: cost does not count)',
    )
    .addOption(
      new Option('--policy-params <json>', "the policy's parameters as a JSON object").argParser(
        jsonObject('--policy-params'),
      ),
    );
}

/** The encoder, its note said on standard error. */
export async function encoderOf(
  flags: Pick<PartFlags, 'encoder' | 'embeddings'>,
  session: Session,
): Promise<Encoder> {
  const { encoder, note } = await findEncoder(flags.encoder, {
    cacheFolder: session.cacheFolder,
    ...(flags.embeddings && { openai: flags.embeddings as Readonly<Record<string, Plain>> }),
  });
  if (note !== undefined) session.say(`note: ${note}`);
  return encoder;
}

export async function policyOf(flags: PartFlags): Promise<{ policy: Policy; params: object }> {
  const lambda = flags.lambda === undefined ? {} : { lambda: Number(flags.lambda) };
  if (flags.lambda !== undefined && !(Number(flags.lambda) >= 0))
    throw new SignalboxError('usage', `--lambda was "${flags.lambda}"; give a number of 0 or more.`);
  return findPolicy(flags.policy, { ...flags.policyParams, ...lambda });
}

const withoutSweep = new Set(['argmax', 'random-capable']);

/** The curve is traced by the policy that is judged, or by utility where that has no parameter to sweep or has to learn first. */
export async function curvePolicyOf({ policy }: { readonly policy: Policy }): Promise<Policy> {
  return withoutSweep.has(policy.name) || policy.fit !== undefined
    ? (await findPolicy('utility')).policy
    : policy;
}

/** Baselines, then the routers named: the usual ones, `all`, or a list with commas; a path ending in .js is a router of one's own. */
export async function choicesOf(list: string | undefined): Promise<RouterChoice[]> {
  const names = list === undefined ? routerNames : listedRouters(list);
  if (names.length === 0)
    throw new SignalboxError(
      'usage',
      `--routers was empty; give names with commas (${allRouterNames.join(', ')}) or all.`,
    );
  const wanted = [...new Set([...baselineNames, ...names])];
  return Promise.all(wanted.map((name) => findRouter(name)));
}
