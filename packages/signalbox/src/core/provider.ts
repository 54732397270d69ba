import type { Chunk, Completion } from './completion.ts';
import type { Query } from './query.ts';

/** What a provider can do beyond answering a prompt that it has recorded. */
export const capabilities = ['new-prompts', 'stream', 'tools'] as const;
export type Capability = (typeof capabilities)[number];

/** One request to a model. */
export interface CompletionRequest {
  readonly query: Query;
  /** Server-sent events, or one JSON body. */
  readonly stream: boolean;
  /**
   * The client's own JSON body with this model's name put in place of the one it carried, and nothing else
   * changed. Absent where the request did not come over the wire.
   */
  bodyFor?(model: string): Uint8Array;
}

/**
 * The only door to a model; recordings are providers too. The first step of the generator ends when the
 * model has begun to answer, so that a failure before it can still choose the HTTP status.
 */
export interface Provider {
  /** The model's name in the pool. */
  readonly name: string;
  readonly supports: ReadonlySet<Capability>;
  /** @throws UpstreamError where the model does not answer, or stops before its answer is complete */
  complete(
    request: CompletionRequest,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<Chunk, Completion>;
}
