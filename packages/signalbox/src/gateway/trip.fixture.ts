import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chooser } from '../core/decision.ts';
import type { ModelId } from '../core/model.ts';
import { parseGatewayConfig } from '../pipeline/gateway-config.ts';
import type { Logger } from './logger.ts';
import { type Gateway, type GatewayOptions, startGateway } from './server.ts';

/** Tests only: a router that always prefers the models in the order given. */
export function fakeChooser(order: readonly ModelId[]): Chooser {
  return {
    models: order,
    encoder: 'none',
    router: 'fixed',
    policy: 'argmax',
    bestSingle: order[0]!,
    decide: async (_, allowed) => ({
      candidates: order
        .filter((model) => allowed?.has(model) ?? true)
        .map((model, i) => ({
          model,
          quality: 0.9 - i / 10,
          cost: 0.002 - i / 1000,
          share: i === 0 ? 1 : 0,
        })),
      router: 'fixed',
      policy: 'argmax',
      bestSingle: order[0]!,
      reasons: [],
    }),
    close: async () => {},
  };
}

export interface Trip {
  readonly gateway: Gateway;
  readonly folder: string;
  readonly logFile: string;
  /** What the gateway told its operator. */
  readonly told: string[];
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** A gateway on a free port, its files in a folder of its own. `models` is the YAML list under `models:`. */
export async function trip(
  models: string,
  more: { readonly yaml?: string; readonly order?: readonly string[] } & Partial<GatewayOptions> = {},
): Promise<Trip> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-gateway-'));
  const { yaml = '', order, ...options } = more;
  const config = parseGatewayConfig(
    join(folder, 'signalbox.yaml'),
    `listen: 127.0.0.1:0\nmodels:\n${models}\n${yaml}`,
  );
  const told: string[] = [];
  const note = (fields: object, message: string): void =>
    void told.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { info: note, warn: note, error: note };
  const chooser = fakeChooser(order ?? config.models.map(({ trainedAs }) => trainedAs));
  const gateway = await startGateway({ config, chooser, env: {}, logger, ...options });
  return {
    gateway,
    folder,
    logFile: config.log.file,
    told,
    post: (path, body, headers = {}) =>
      fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** All of a stream. */
export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
}
