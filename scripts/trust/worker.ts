/** A worker of the harness: takes jobs one by one and answers each. */
import { parentPort } from 'node:worker_threads';
import {
  type FreshRows,
  type TrustWorldName,
  trustWorld,
  trustWorlds,
} from '../../packages/signalbox/src/pipeline/config.ts';
import { type PlainTrial, plainTrials } from './coverage.ts';
import { freshRows } from './plan.ts';
import { type Trial, trial } from './trial.ts';
import { type TrueAnswers, trueAnswers } from './truth.ts';

export type Job =
  | { readonly kind: 'trial'; readonly world: TrustWorldName; readonly seed: number }
  | { readonly kind: 'truth'; readonly world: TrustWorldName }
  | { readonly kind: 'plain'; readonly from: number; readonly to: number };

export type Answer =
  | { readonly kind: 'trial'; readonly trial: Trial }
  | { readonly kind: 'truth'; readonly world: TrustWorldName; readonly truth: TrueAnswers }
  | { readonly kind: 'plain'; readonly trials: readonly PlainTrial[] };

let kept: { readonly world: TrustWorldName; readonly fresh: FreshRows } | undefined;
function freshOf(world: TrustWorldName): FreshRows {
  if (kept?.world !== world) kept = { world, fresh: trustWorld(trustWorlds[world]).fresh(freshRows) };
  return kept.fresh;
}

/** Does one job. */
export async function work(job: Job): Promise<Answer> {
  switch (job.kind) {
    case 'trial':
      return { kind: 'trial', trial: await trial(job.world, job.seed, freshOf(job.world)) };
    case 'truth':
      return { kind: 'truth', world: job.world, truth: trueAnswers(freshOf(job.world)) };
    case 'plain': {
      const trials: PlainTrial[] = [];
      const seeds = Array.from({ length: job.to - job.from }, (_, i) => job.from + i);
      await plainTrials(seeds, (one) => trials.push(one));
      return { kind: 'plain', trials };
    }
  }
}

parentPort?.on('message', (job: Job) => {
  void work(job).then((answer) => parentPort!.postMessage(answer));
});
