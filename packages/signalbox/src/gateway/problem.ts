import { type ErrorCode, errorTable, SignalboxError } from '../core/errors.ts';

/** An error as OpenAI's clients read it. */
export interface Problem {
  readonly status: number;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string;
    readonly param: string | null;
  };
}

/** Where OpenAI has a code of its own for the same thing, clients look for that one. */
const openAiCodes: Partial<Record<ErrorCode, string>> = {
  'unknown-model': 'model_not_found',
  unauthorized: 'invalid_api_key',
};

export function problem(code: ErrorCode, message: string, param: string | null = null): Problem {
  const { status } = errorTable[code];
  return { status, error: { message, type: typeOf(status), code: openAiCodes[code] ?? code, param } };
}

/** What a client is told of an error. Only our own sentences go out; anything else is a defect and stays inside. */
export function problemOf(error: unknown, param: string | null = null): Problem {
  if (error instanceof SignalboxError) return problem(error.code, error.message, param);
  return {
    status: 500,
    error: {
      message: 'The gateway failed on this request; its own log says why.',
      type: 'server_error',
      code: 'internal',
      param,
    },
  };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status < 500) return 'invalid_request_error';
  return status === 502 || status === 504 ? 'upstream_error' : 'server_error';
}
