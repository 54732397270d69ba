import type { Context, Kept, Partner } from '../core/context.ts';
import { rng } from '../math/rng.ts';

/** A context that reports nothing; the face that calls passes its own progress and warnings. */
export function makeContext(
  options: {
    readonly seed?: number;
    readonly signal?: AbortSignal;
    readonly kept?: Kept;
    readonly partner?: Partner;
    readonly progress?: Context['progress'];
    readonly warn?: Context['warn'];
  } = {},
): Context {
  const seed = options.seed ?? 0;
  const held = new Map<string, WeakMap<object, unknown>>();
  return {
    seed,
    rng: rng(seed),
    ...(options.signal && { signal: options.signal }),
    ...(options.kept && { kept: options.kept }),
    ...(options.partner && { partner: options.partner }),
    progress: options.progress ?? (() => {}),
    warn: options.warn ?? (() => {}),
    once: <T>(kind: string, keys: readonly object[], compute: () => T): T => {
      // One weak map inside another: the value lives as long as all of its keys do.
      let level: WeakMap<object, unknown> = held.get(kind) ?? new WeakMap();
      held.set(kind, level);
      for (const key of keys.slice(0, -1)) {
        const next =
          (level.get(key) as WeakMap<object, unknown> | undefined) ?? new WeakMap<object, unknown>();
        level.set(key, next);
        level = next;
      }
      const last = keys.at(-1);
      if (last === undefined) return compute();
      if (!level.has(last)) level.set(last, { value: compute() });
      return (level.get(last) as { value: T }).value;
    },
  };
}
