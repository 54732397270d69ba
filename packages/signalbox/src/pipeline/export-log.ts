import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SignalboxError } from '../core/errors.ts';
import type { Message } from '../core/query.ts';

/** A row of the log in the canonical long form; what is unknown is absent, and a score not observed is null. */
export interface LogRow {
  readonly query_id: string;
  readonly messages?: readonly Message[];
  readonly model: string;
  readonly score: number | null;
  readonly group?: string;
  readonly sample: number;
  readonly status: string;
  readonly cost?: number;
  readonly tokens_in?: number;
  readonly tokens_out?: number;
  readonly latency_ms: number;
  readonly judge?: string;
  readonly propensity?: number;
  readonly policy?: string;
  readonly request_id: string;
  readonly predicted_score?: number;
  readonly predicted_cost?: number;
  readonly time: string;
}

export interface ExportOptions {
  /** The SQLite file of the log. */
  readonly file: string;
  /** ISO 8601; rows of this time and later. */
  readonly since?: string;
  readonly signal?: AbortSignal;
}

const select = `
SELECT query_id, messages, model, score, query_group AS "group", sample, status, cost, tokens_in, tokens_out,
  latency_ms, judge, propensity, policy, request_id, predicted_score, predicted_cost, time
FROM requests WHERE query_id IS NOT NULL AND time >= ? ORDER BY time, request_id`;

/**
 * The log of serving as rows of an outcome table, oldest first. May run while the gateway serves. Rows whose
 * query is not known (`log.text: off`) are left out: nothing could be joined to them.
 * @throws SignalboxError where the file is not a log
 */
export async function* exportLog({ file, since, signal }: ExportOptions): AsyncGenerator<LogRow> {
  const from = since === undefined ? '' : instant(since);
  if (!existsSync(file)) {
    throw new SignalboxError(
      'file',
      'there is no such file; "signalbox serve" writes the log that its configuration names',
      { file },
    );
  }
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    for (const row of rows(db, file, from)) {
      signal?.throwIfAborted();
      yield known(row);
    }
  } finally {
    db.close();
  }
}

function instant(since: string): string {
  const time = new Date(since);
  if (Number.isNaN(time.getTime())) {
    throw new SignalboxError(
      'usage',
      `"${since}" is no time; write it like 2026-01-31 or 2026-01-31T12:00:00Z`,
    );
  }
  return time.toISOString();
}

function* rows(db: DatabaseSync, file: string, from: string): Generator<Record<string, unknown>> {
  try {
    yield* db.prepare(select).iterate(from);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SignalboxError('file', `this is not a log of "signalbox serve" (${why})`, { file, cause });
  }
}

function known(row: Record<string, unknown>): LogRow {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    if (value === null && key !== 'score') continue;
    out[key] = key === 'messages' ? (JSON.parse(value as string) as unknown) : value;
  }
  return out as unknown as LogRow;
}
