import type { Status } from './dataset.ts';
import { SignalboxError } from './errors.ts';
import type { ModelId } from './model.ts';

/** Tokens as the upstream counted them. */
export interface Usage {
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Part of `tokensIn` that was read from the upstream's cache. */
  readonly tokensCached?: number;
}

/**
 * A piece of an answer on its way: whole SSE events of a stream, or the whole body of a JSON answer, byte
 * for byte as the upstream wrote them.
 */
export interface Chunk {
  readonly model: ModelId;
  readonly bytes: Uint8Array;
  /** Holds something that the client sees: text, reasoning, a tool call, a refusal, or the end of an answer. */
  readonly content: boolean;
  /** Headers of the upstream that belong to the answer (content type, limits); on the first chunk alone. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is known of an answer once it is complete. */
export interface Completion {
  readonly status: Status;
  readonly finishReason?: string;
  /** Absent where the upstream did not say. */
  readonly usage?: Usage;
  /** The text, where the provider read it. */
  readonly answer?: string;
}

/** Why an upstream gave no complete answer. */
export const failureReasons = ['connect', 'timeout', 'status', 'protocol', 'cut', 'cancelled'] as const;
export type FailureReason = (typeof failureReasons)[number];

/** An upstream's own answer to a request that it did not fulfil. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A model did not answer, or did not finish. The message names the model and never an address or a key. */
export class UpstreamError extends SignalboxError {
  readonly reason: FailureReason;
  /** True where the request itself is at fault, so that no other model would do better. */
  readonly requestAtFault: boolean;
  readonly refusal?: Refusal;
  /** The error event that the upstream wrote into its stream, as it came. */
  readonly event?: Uint8Array;
  constructor(
    reason: FailureReason,
    message: string,
    more: {
      readonly requestAtFault?: boolean;
      readonly refusal?: Refusal;
      readonly event?: Uint8Array;
      readonly cause?: unknown;
    } = {},
  ) {
    super(
      reason === 'timeout' ? 'upstream-timeout' : reason === 'cancelled' ? 'interrupted' : 'upstream',
      message,
      more.cause === undefined ? {} : { cause: more.cause },
    );
    this.name = 'UpstreamError';
    this.reason = reason;
    this.requestAtFault = more.requestAtFault ?? false;
    if (more.refusal) this.refusal = more.refusal;
    if (more.event) this.event = more.event;
  }
}
