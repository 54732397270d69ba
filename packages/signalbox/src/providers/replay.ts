import { type Chunk, type Completion, UpstreamError } from '../core/completion.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { ModelId } from '../core/model.ts';
import type { Provider } from '../core/provider.ts';
import { at } from '../math/matrix.ts';
import { chatAnswer } from './chat-answer.ts';

/**
 * A model as a table recorded it: answers by the query's id, never by its text, so that rows of one text
 * keep their own outcomes. Of rows that share an id the first counts.
 * @throws SignalboxError where the table holds no answers, or none of this model
 */
export function replay(table: Dataset, model: ModelId): Provider {
  const column = table.models.findIndex(({ id }) => id === model);
  const { completion } = table;
  if (column === -1 || completion === undefined) {
    const what = completion === undefined ? 'no answers are recorded' : `there is no model "${model}"`;
    throw new SignalboxError('requires', `${table.name}: ${what}, so that nothing can be replayed`);
  }
  const rows = new Map<string, number>();
  table.examples.forEach(({ id }, row) => {
    if (!rows.has(id)) rows.set(id, row);
  });
  return {
    name: model,
    supports: new Set(['stream'] as const),
    async *complete({ query, stream }, { signal }): AsyncGenerator<Chunk, Completion> {
      if (signal.aborted) throw new UpstreamError('cancelled', `the replay of "${model}" was cancelled`);
      const row = rows.get(query.id);
      const recorded = row === undefined ? undefined : completion(row, column);
      if (row === undefined || recorded?.answer === undefined) {
        throw new UpstreamError('protocol', `"${model}" has no recorded answer to the query "${query.id}"`);
      }
      const [tokensIn, tokensOut] = [table.tokensIn, table.tokensOut].map((m) =>
        m === undefined ? Number.NaN : at(m, row, column),
      );
      const usage = { tokensIn: tokensIn!, tokensOut: tokensOut! };
      const known = !Number.isNaN(usage.tokensIn) && !Number.isNaN(usage.tokensOut);
      const answer = chatAnswer({
        id: query.id,
        model,
        created: 0,
        pieces: [recorded.answer],
        finishReason: recorded.status === 'truncated' ? 'length' : 'stop',
        ...(known && { usage }),
      });
      if (stream) for (const bytes of answer.events) yield { model, bytes, content: true };
      else yield { model, bytes: answer.body(), content: true };
      return { status: recorded.status, answer: recorded.answer, ...(known && { usage }) };
    },
  };
}
