import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Policy } from '../core/policy.ts';
import { type Artifact, loadArtifact } from './artifact.ts';
import { makeChooser, type Parts } from './chooser.ts';
import { type EncoderOptions, findEncoder, findPolicy, findRouter } from './config.ts';

export interface OpenRouterArgs {
  readonly folder: string;
  /** Instead of the artifact's own. */
  readonly policy?: { readonly name: string; readonly params: unknown };
  readonly encoder: EncoderOptions;
  /** Queries less usual than this share of the training queries go to best single; 0 or absent = none does. */
  readonly guardAlpha?: number;
}

/** The parts of a trained router, found and checked against what it was trained with. */
export async function openParts({ folder, policy, encoder, guardAlpha }: OpenRouterArgs): Promise<Parts> {
  const artifact = await loadArtifact(folder);
  const { manifest } = artifact;
  const choice = await findRouter(manifest.router.module ?? manifest.router.name, manifest.router.params);
  const chosen = await findPolicy(
    policy?.name ?? manifest.policy.name,
    policy?.params ?? (policy ? {} : manifest.policy.params),
  );
  const made = await findEncoder(manifest.encoder.name, {
    ...encoder,
    settings: artifact.state.encoderSettings,
  });
  return {
    artifact,
    encoder: made.encoder,
    router: choice.router,
    routerParams: choice.params,
    policy: chosen.policy,
    policyParams: chosen.params,
    ...policyStateOf(artifact, chosen.policy),
    ...(guardAlpha !== undefined && { guardAlpha }),
  };
}

/** What the policy learned when the router was trained. @throws SignalboxError `artifact` where it had to learn and did not */
function policyStateOf(
  { manifest, state }: Artifact,
  policy: Policy,
): Pick<Parts, 'policyState'> | undefined {
  if (policy.fit === undefined) return undefined;
  const learned = manifest.policy.name === policy.name ? state.policy : undefined;
  if (learned === undefined || learned === null)
    throw new SignalboxError(
      'artifact',
      `The policy "${policy.name}" learns from training rows, and this router was trained with "${manifest.policy.name}". Train it again with --policy ${policy.name}.`,
    );
  return { policyState: learned };
}

/** A trained router at work. The caller closes it. */
export async function openRouter(
  args: OpenRouterArgs,
  context: Context,
): Promise<ReturnType<typeof makeChooser>> {
  return makeChooser(await openParts(args), context);
}
