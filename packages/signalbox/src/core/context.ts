import type { Rng } from '../math/rng.ts';
import type { Plain } from './plain.ts';

/** What long computations came to, by a digest of all that they rest on: a run that was stopped goes on from there. */
export interface Kept {
  /** Undefined where there is nothing, or nothing whole. */
  read(key: string): Promise<Plain | undefined>;
  write(key: string, value: Plain): Promise<void>;
}

/** Another process of the same command that does some pieces of its work; both come to all results (pipeline/partner.ts). */
export interface Partner {
  /** Of the two, the one that goes from the last piece of a stage to the first. */
  readonly backwards: boolean;
  /** Takes a piece for this process; false where the other one has it. */
  take(key: string): boolean;
  /** A piece is kept: the other may be waiting for it. */
  done(): void;
  /** The texts have been encoded once: from here on that is quick for both. */
  encoded(): void;
  /** Resolves when the other is done with a piece since it was last asked; false once there is no other any more. */
  next(): Promise<boolean>;
}

/** Randomness, interruption and messages, handed in to everything that takes long. */
export interface Context {
  readonly seed: number;
  readonly rng: Rng;
  readonly signal?: AbortSignal;
  /** Absent where the user keeps nothing. */
  readonly kept?: Kept;
  /** Absent where this process works alone; where there is one, results are `kept` and go through there. */
  readonly partner?: Partner;
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
