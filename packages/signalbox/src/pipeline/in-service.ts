import type { ModelId } from '../core/model.ts';
import type { Manifest } from './artifact.ts';

/** The models that a trained router may choose, and their columns in its state: those it was trained on or admitted since, without the retired ones. */
export function inService({
  models,
  retired = [],
}: Pick<Manifest, 'models' | 'retired'>): ReadonlyMap<ModelId, number> {
  return new Map(models.flatMap((id, m) => (retired.includes(m) ? [] : [[id, m] as const])));
}

/** In a sentence, who joined and who left since the router was trained; undefined where nobody did. Its verdict is of the pool before. */
export function poolChanges({ changes = [] }: Pick<Manifest, 'changes'>): string | undefined {
  if (changes.length === 0) return undefined;
  const told = changes.map(({ change, model }) =>
    change === 'admitted' ? `${model} was admitted` : `${model} was retired`,
  );
  return `since the router was trained ${told.join(', ')}`;
}
