import type { Usage } from '../core/completion.ts';
import type { Status } from '../core/dataset.ts';
import { type Answering, candidateOf } from '../pipeline/respond.ts';
import type { ChatRequest } from './body.ts';
import type { LogEntry } from './log-schema.ts';
import type { ServedModel, Service } from './service.ts';

/** One request from its arrival to its row in the log. */
export interface Account {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly arrived: number;
  readonly request: ChatRequest;
  readonly answering: Answering;
}

/** How it went. */
export interface Ending {
  readonly status: Status;
  readonly httpStatus: number;
  readonly served?: string;
  readonly usage?: Usage;
  readonly latencyMs: number;
  readonly firstContentMs?: number;
}

/** The `x-signalbox-` headers of an answer. Predictions are of the model that answers. */
export function answerHeaders(
  { auto, models }: Service,
  { requestId, request, answering }: Account,
  served: string | undefined,
): Record<string, string> {
  const { decision, chosen, attempts } = answering;
  const out: Record<string, string> = {
    'x-signalbox-request-id': requestId,
    'x-signalbox-requested': headerText(request.model),
    'x-signalbox-chosen': headerText(chosen.name),
    // The call that answers is not over yet; without an answer every call is.
    'x-signalbox-attempts': String(attempts.length + (served === undefined ? 0 : 1)),
  };
  if (served !== undefined) out['x-signalbox-served'] = headerText(served);
  if (decision === undefined || auto === undefined) return out;
  out['x-signalbox-router'] = headerText(decision.router);
  out['x-signalbox-policy'] = headerText(decision.policy);
  const predicted = candidateOf(decision, (served && models.get(served)?.trainedAs) || chosen.trainedAs);
  const bestSingle = candidateOf(decision, decision.bestSingle);
  if (predicted) out['x-signalbox-quality'] = figure(predicted.quality);
  if (predicted?.cost !== undefined) out['x-signalbox-cost'] = figure(predicted.cost);
  if (bestSingle?.cost !== undefined) out['x-signalbox-best-single-cost'] = figure(bestSingle.cost);
  return out;
}

/** The row of the log. */
export function logEntry(service: Service, account: Account, ending: Ending): LogEntry {
  const { request, answering, requestId, arrived } = account;
  const { decision, chosen, attempts } = answering;
  const served = ending.served ?? attempts.at(-1)?.model ?? chosen.name;
  const model = service.models.get(served);
  const predicted = decision && model && candidateOf(decision, model.trainedAs);
  const { text } = service.config.log;
  const { usage } = ending;
  return {
    row: {
      request_id: requestId,
      query_id: text === 'off' ? null : request.query.id,
      messages: text === 'full' ? request.messages : null,
      query_group: request.query.group ?? null,
      requested: request.model,
      chosen: chosen.name,
      // Under the name of the router's table, so that the log can be joined to it.
      model: model?.trainedAs ?? served,
      status: ending.status,
      http_status: ending.httpStatus,
      stream: request.stream ? 1 : 0,
      cost: (model && usage && costOf(model, usage)) ?? null,
      tokens_in: usage?.tokensIn ?? null,
      tokens_out: usage?.tokensOut ?? null,
      latency_ms: ending.latencyMs,
      first_content_ms: ending.firstContentMs ?? null,
      // A model that was called because another failed was not chosen by the policy.
      propensity: served === chosen.name ? (predicted?.share ?? null) : null,
      policy: decision?.policy ?? null,
      router: decision?.router ?? null,
      predicted_score: predicted?.quality ?? null,
      predicted_cost: predicted?.cost ?? null,
      time: new Date(arrived).toISOString(),
    },
    attempts: attempts.map(({ model: tried, result, status, latencyMs }) => ({
      model: tried,
      result,
      http_status: status ?? null,
      latency_ms: latencyMs,
    })),
  };
}

/** US dollars; undefined where the price is unknown. */
export function costOf(
  { price }: ServedModel,
  { tokensIn, tokensOut, tokensCached = 0 }: Usage,
): number | undefined {
  if (price === 'unknown') return undefined;
  const { input, output, cachedInput = input } = price;
  return ((tokensIn - tokensCached) * input + tokensCached * cachedInput + tokensOut * output) / 1e6;
}

/** What a header can carry: other characters percent-encoded. */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, (character) => (character === ' ' ? ' ' : encode(character)));
}

function encode(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)
    .join('');
}

function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
}
