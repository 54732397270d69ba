import type { Usage } from '../core/completion.ts';

/** An answer written here, in the shapes of OpenAI's chat API. */
export interface ChatAnswer {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly pieces: readonly string[];
  readonly finishReason: string;
  readonly usage?: Usage;
}

/** The events of a stream, `[DONE]` included, and the JSON body of the same answer. */
export function chatAnswer(answer: ChatAnswer): { readonly events: readonly Buffer[]; body(): Buffer } {
  const { id, model, created, pieces, finishReason } = answer;
  const usage = answer.usage && {
    prompt_tokens: answer.usage.tokensIn,
    completion_tokens: answer.usage.tokensOut,
    total_tokens: answer.usage.tokensIn + answer.usage.tokensOut,
  };
  const event = (delta: object, finish: string | null, more: object = {}): Buffer => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { id, object: 'chat.completion.chunk', created, model, choices, ...more };
    return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  return {
    events: [
      event({ role: 'assistant', content: '' }, null),
      ...pieces.map((content) => event({ content }, null)),
      event({}, finishReason, usage && { usage }),
      Buffer.from('data: [DONE]\n\n'),
    ],
    body() {
      const message = { role: 'assistant', content: pieces.join('') };
      const choices = [{ index: 0, message, finish_reason: finishReason }];
      return Buffer.from(JSON.stringify({ id, object: 'chat.completion', created, model, choices, usage }));
    },
  };
}
