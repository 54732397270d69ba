import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SignalboxError } from '../core/errors.ts';
import { parseObject } from './body.ts';
import type { Service } from './service.ts';

const schema = z.strictObject({
  request_id: z.string().min(1).max(200),
  score: z.number().min(0).max(1),
  source: z.string().min(1).max(200).optional(),
});

/** POST /v1/feedback: the score of an answer, from whoever knows it; the last one counts. */
export async function feedback(
  { log, now }: Service,
  request: FastifyRequest,
): Promise<{ request_id: string }> {
  const body = Buffer.isBuffer(request.body) ? parseObject(request.body) : {};
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const at = path.length === 0 ? 'the body' : `"${path.join('.')}"`;
    const expected =
      'send { "request_id": the x-signalbox-request-id of an answer, "score": 0 to 1, "source": who judged }';
    throw new SignalboxError('request', `${at}: ${message}; ${expected}`);
  }
  const { request_id, score, source } = parsed.data;
  const time = new Date(now()).toISOString();
  if (!(await log.feedback({ request_id, score, source: source ?? null, time }))) {
    const why = 'it was never logged, or is older than the log keeps';
    throw new SignalboxError('unknown-request', `there is no request "${request_id}" in the log; ${why}`);
  }
  return { request_id };
}
