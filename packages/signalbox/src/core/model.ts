export type ModelId = string;

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** An LLM of the pool; never what we train. */
export interface Model {
  readonly id: ModelId;
  readonly price: Price | 'unknown';
  /** Tokens; absent = unknown. */
  readonly contextWindow?: number;
}
