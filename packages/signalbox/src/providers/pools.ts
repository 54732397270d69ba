import type { Pool } from 'undici';

/** Connections to upstreams, kept alive and bounded: one pool for each origin. */
export interface Pools {
  for(origin: string): Pool;
  /** Open connections over all origins. */
  connected(): number;
  /** Cuts everything off. */
  close(): Promise<void>;
}

/** The library is loaded by who serves, alone: it is 27 MB. */
export async function openPools(options: {
  readonly connectMs: number;
  readonly connections: number;
}): Promise<Pools> {
  const { Pool } = await import('undici');
  const pools = new Map<string, Pool>();
  return {
    for(origin) {
      let pool = pools.get(origin);
      if (pool === undefined) {
        pool = new Pool(origin, {
          // A second request behind a stream would wait for its end.
          pipelining: 1,
          connections: options.connections,
          connect: { timeout: options.connectMs },
          allowH2: false,
        });
        pools.set(origin, pool);
      }
      return pool;
    },
    connected: () => [...pools.values()].reduce((sum, pool) => sum + pool.stats.connected, 0),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
