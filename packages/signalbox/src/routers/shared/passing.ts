import type { Context } from '../../core/context.ts';

/**
 * A value that depends on these objects alone, shared like `context.once` by those who use it at the same time, and let
 * go of when nobody does: what is as large as the features and quick to make again.
 */
export function passing<T extends object>(
  kind: string,
  keys: readonly object[],
  { once, make }: { readonly once: Context['once']; readonly make: () => T },
): T {
  const place = once(kind, keys, (): { held?: WeakRef<T> } => ({}));
  const known = place.held?.deref();
  if (known !== undefined) return known;
  const made = make();
  place.held = new WeakRef(made);
  return made;
}
