import { type Refusal, UpstreamError } from '../core/completion.ts';
import type { Attempt } from '../core/strategy.ts';
import type { Answering } from '../pipeline/respond.ts';
import { type Problem, problem, problemOf } from './problem.ts';

/**
 * What a client is told when no model answered. The upstream's own words where they are about the request,
 * or where the client named that model itself; else one sentence on everything that was tried.
 */
export function refusalOf(answering: Answering, error: unknown): Refusal {
  if (!(error instanceof UpstreamError)) return written(problemOf(error));
  const { decision, attempts } = answering;
  const { refusal, requestAtFault } = error;
  if (refusal && (decision === undefined || requestAtFault)) return refusal;
  if (decision === undefined) return written(problemOf(error));
  // The client's own retries would multiply with the models that were tried already.
  const more = { 'x-should-retry': 'false', ...retryAfter(attempts) };
  return written(exhausted(attempts), more);
}

function exhausted(attempts: readonly Attempt[]): Problem {
  const tried = attempts.map(({ model, result, status }) => `${model} (${status ?? result})`).join(', ');
  const sentence = `no model answered; tried: ${tried}`;
  if (attempts.every(({ status }) => status === 429)) {
    const { error } = problem('upstream', sentence);
    return { status: 429, error: { ...error, type: 'rate_limit_error', code: 'rate_limit_exceeded' } };
  }
  return problem(
    attempts.every(({ result }) => result === 'timeout') ? 'upstream-timeout' : 'upstream',
    sentence,
  );
}

/** The shortest wait that any upstream asked for. */
function retryAfter(attempts: readonly Attempt[]): Record<string, string> {
  const waits = attempts.flatMap(({ retryAfter: seconds }) => seconds ?? []);
  return waits.length === 0 ? {} : { 'retry-after': String(Math.min(...waits)) };
}

function written({ status, error }: Problem, headers: Record<string, string> = {}): Refusal {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify({ error })),
  };
}
