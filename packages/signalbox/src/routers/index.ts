import type { Router } from '../core/router.ts';
import { avengersPro } from './avengers-pro.ts';
import { bestSingle } from './best-single.ts';
import { capability } from './capability.ts';
import { cheapest } from './cheapest.ts';
import { clusterSets } from './cluster-sets.ts';
import { clusters } from './clusters.ts';
import { dualContrastive } from './dual-contrastive.ts';
import { embedllm } from './embedllm.ts';
import { graph } from './graph.ts';
import { irt } from './irt.ts';
import { knn } from './knn.ts';
import { linucb } from './linucb.ts';
import { matrixFactorisation } from './matrix-factorisation.ts';
import { mlp } from './mlp.ts';
import { multiLabel } from './multi-label.ts';
import { pairClassifier } from './pair-classifier.ts';
import { random } from './random.ts';
import { residual, residualText } from './residual.ts';
import { ridge } from './ridge.ts';
import { separate } from './separate.ts';
import { similarityWeighted } from './similarity-weighted.ts';
import { softLabel } from './soft-label.ts';
import { subset } from './subset.ts';
import { taskTable } from './task-table.ts';
import { taskTablePredicted } from './task-table-predicted.ts';
import { taxonomy } from './taxonomy.ts';
import { thompson } from './thompson.ts';
import { uniroute } from './uniroute.ts';

/** The shelf of routers, by name; baselines are ordinary members. */
export const routers = {
  random,
  cheapest,
  'best-single': bestSingle,
  'task-table': taskTable,
  'task-table-predicted': taskTablePredicted,
  knn,
  clusters,
  'cluster-sets': clusterSets,
  ridge,
  'multi-label': multiLabel,
  'dual-contrastive': dualContrastive,
  'avengers-pro': avengersPro,
  taxonomy,
  'soft-label': softLabel,
  uniroute,
  embedllm,
  irt,
  capability,
  graph,
  'matrix-factorisation': matrixFactorisation,
  'similarity-weighted': similarityWeighted,
  'pair-classifier': pairClassifier,
  separate,
  subset,
  mlp,
  linucb,
  thompson,
  residual,
  'residual-text': residualText,
} satisfies Record<string, Router>;
