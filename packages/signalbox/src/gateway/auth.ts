import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SignalboxError } from '../core/errors.ts';
import { isLoopback } from '../pipeline/gateway-config.ts';

/** Lets a request in, or throws. */
export type Guard = (request: IncomingMessage) => void;

export interface AuthSettings {
  readonly file: string;
  readonly host: string;
  readonly keysEnv?: string;
}

/**
 * The guard of an address. Keys are kept as SHA-256 and compared in constant time; without keys only a
 * loopback address is served, and only under a loopback name, so that no page of the web can reach it
 * through a name of its own.
 * @throws SignalboxError where the settings are not safe to serve
 */
export function guard(
  { file, host, keysEnv }: AuthSettings,
  env: Readonly<Record<string, string | undefined>>,
): Guard {
  if (keysEnv === undefined) {
    if (!isLoopback(host)) {
      const sentence = `listen: "${host}" can be reached from other machines, and no key is asked for; add "auth: { keysEnv: SIGNALBOX_KEYS }", or listen on 127.0.0.1`;
      throw new SignalboxError('config', sentence, { file });
    }
    return loopbackOnly;
  }
  const keys = (env[keysEnv] ?? '').split(',').flatMap((key) => key.trim() || []);
  if (keys.length === 0) {
    throw new SignalboxError(
      'config',
      `auth: the variable ${keysEnv} holds no key; set it to one or more, separated by commas`,
      { file },
    );
  }
  const short = keys.some((key) => key.length < 16);
  if (short) {
    throw new SignalboxError(
      'config',
      `auth: a key in ${keysEnv} has fewer than 16 characters; take longer ones`,
      { file },
    );
  }
  const digests = keys.map(digest);
  return (request) => {
    const given = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
    const presented = digest(given ?? '');
    let known = false;
    for (const one of digests) known = timingSafeEqual(one, presented) || known;
    if (given === undefined || !known) {
      const what = given === undefined ? 'no key was sent' : 'the key is not known';
      throw new SignalboxError(
        'unauthorized',
        `${what}; send "Authorization: Bearer <key>" with a key of this gateway`,
      );
    }
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function loopbackOnly(request: IncomingMessage): void {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (isLoopback(name)) return;
  throw new SignalboxError(
    'unauthorized',
    'without keys this gateway answers only under 127.0.0.1 or localhost',
  );
}
