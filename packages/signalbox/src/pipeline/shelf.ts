import type { Needs, Router } from '../core/router.ts';
import { routers } from './config.ts';

/** A router as it stands on the shelf: what it is called, where it comes from, what it needs and what it can. */
export interface Shelved {
  readonly name: string;
  readonly kind: 'baseline' | 'router';
  readonly summary: string;
  /** arXiv number, or where else it is described; null for our own and for what nobody claims. */
  readonly paper: string | null;
  readonly needs: Required<Needs>;
  /** Whether a model can join it without a new training. */
  readonly admits: boolean;
  /** Whether it learns while it serves. */
  readonly updates: boolean;
  /** Words that may stand behind its name and a colon. */
  readonly variants: readonly string[];
  /** Parameters that may be set behind the colon as name=value. */
  readonly parameters: readonly string[];
}

/** Every router that is registered, baselines first. */
export function shelf(): Shelved[] {
  const all = Object.values<Router>(routers).map(shelved);
  return [...all.filter(({ kind }) => kind === 'baseline'), ...all.filter(({ kind }) => kind === 'router')];
}

function shelved({
  name,
  summary,
  paper,
  needs,
  baseline,
  admit,
  update,
  variants,
  params,
}: Router): Shelved {
  const { shape = {} } = params as { readonly shape?: object };
  return {
    name,
    kind: baseline ? 'baseline' : 'router',
    summary,
    paper: paper ?? null,
    needs: {
      features: needs.features,
      group: needs.group,
      groups: needs.groups ?? false,
      cost: needs.cost ?? false,
    },
    admits: admit !== undefined,
    updates: update !== undefined,
    variants: Object.keys(variants ?? {}),
    parameters: Object.keys(shape),
  };
}

/** In words, what a router has to be given beside queries and scores. */
export function needsInWords({ needs }: Pick<Shelved, 'needs'>): string {
  const { features, group, groups, cost } = needs;
  const list = [
    ...(features === true
      ? ['encoded text']
      : features === 'optional'
        ? ['encoded text if there is any']
        : []),
    ...(group ? ['the group of the query if it is known'] : []),
    ...(groups && !group ? ['groups in training'] : []),
    ...(cost ? ['costs'] : []),
  ];
  return list.length === 0 ? 'nothing' : list.join(', ');
}
