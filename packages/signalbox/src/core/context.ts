import type { Rng } from '../math/rng.ts';
import type { Plain } from './plain.ts';

/** What long computations came to, by a digest of all that they rest on: a run that was stopped goes on from there. */
export interface Kept {
  /** Undefined where there is nothing, or nothing whole. */
  read(key: string): Promise<Plain | undefined>;
  write(key: string, value: Plain): Promise<void>;
}

/** Randomness, interruption and messages, handed in to everything that takes long. */
export interface Context {
  readonly seed: number;
  readonly rng: Rng;
  readonly signal?: AbortSignal;
  /** Absent where the user keeps nothing. */
  readonly kept?: Kept;
  /** Stage of work, how much of it is done, and of how much (absent = unknown). */
  progress(stage: string, done: number, total?: number): void;
  /** Something that the user should know but that stops nothing. */
  warn(message: string): void;
  /**
   * A value that depends on these objects alone, computed once while they live: two routers that need the
   * same neighbours or the same Gram matrix share them. `kind` names the computation.
   */
  once<T>(kind: string, keys: readonly object[], compute: () => T): T;
}
