/** The log of serving: one row per request, its fields those of the canonical long form (docs/data.md). */
export const schemaVersion = 1;

export const schema = `
CREATE TABLE IF NOT EXISTS requests (
  request_id TEXT PRIMARY KEY,
  query_id TEXT,
  sample INTEGER NOT NULL,
  messages TEXT,
  query_group TEXT,
  requested TEXT NOT NULL,
  chosen TEXT NOT NULL,
  model TEXT NOT NULL,
  score REAL,
  judge TEXT,
  status TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  cost REAL,
  tokens_in INTEGER,
  tokens_out INTEGER,
  latency_ms REAL NOT NULL,
  first_content_ms REAL,
  propensity REAL,
  policy TEXT,
  router TEXT,
  predicted_score REAL,
  predicted_cost REAL,
  time TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS requests_by_query ON requests (query_id, model, sample);
CREATE INDEX IF NOT EXISTS requests_by_time ON requests (time);
CREATE TABLE IF NOT EXISTS attempts (
  request_id TEXT NOT NULL REFERENCES requests (request_id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  model TEXT NOT NULL,
  result TEXT NOT NULL,
  http_status INTEGER,
  latency_ms REAL NOT NULL,
  PRIMARY KEY (request_id, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feedback (
  request_id TEXT NOT NULL REFERENCES requests (request_id) ON DELETE CASCADE,
  score REAL NOT NULL,
  source TEXT,
  time TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS feedback_by_request ON feedback (request_id);
`;

/** Repeats of one query by one model are counted as they come. */
export const insertRequest = `
INSERT INTO requests VALUES (
  :request_id, :query_id,
  COALESCE((SELECT MAX(sample) + 1 FROM requests WHERE query_id = :query_id AND model = :model), 0),
  :messages, :query_group, :requested, :chosen, :model, NULL, NULL, :status, :http_status, :stream, :cost,
  :tokens_in, :tokens_out, :latency_ms, :first_content_ms, :propensity, :policy, :router, :predicted_score,
  :predicted_cost, :time
)`;

export const insertAttempt = `
INSERT INTO attempts VALUES (:request_id, :place, :model, :result, :http_status, :latency_ms)`;

/** One request, as it is bound to `insertRequest`. */
export interface RequestRow {
  readonly request_id: string;
  readonly query_id: string | null;
  readonly messages: string | null;
  readonly query_group: string | null;
  readonly requested: string;
  readonly chosen: string;
  readonly model: string;
  readonly status: string;
  readonly http_status: number;
  readonly stream: 0 | 1;
  readonly cost: number | null;
  readonly tokens_in: number | null;
  readonly tokens_out: number | null;
  readonly latency_ms: number;
  readonly first_content_ms: number | null;
  readonly propensity: number | null;
  readonly policy: string | null;
  readonly router: string | null;
  readonly predicted_score: number | null;
  readonly predicted_cost: number | null;
  readonly time: string;
}

export interface AttemptRow {
  readonly model: string;
  readonly result: string;
  readonly http_status: number | null;
  readonly latency_ms: number;
}

export interface LogEntry {
  readonly row: RequestRow;
  readonly attempts: readonly AttemptRow[];
}

export interface FeedbackRow {
  readonly request_id: string;
  readonly score: number;
  readonly source: string | null;
  readonly time: string;
}

/** What the log's worker is asked, and what it answers to each. */
export type Order =
  | { readonly id: number; readonly kind: 'rows'; readonly entries: readonly LogEntry[] }
  | { readonly id: number; readonly kind: 'feedback'; readonly feedback: FeedbackRow }
  | { readonly id: number; readonly kind: 'retain'; readonly before: string }
  | { readonly id: number; readonly kind: 'close' };
export interface Receipt {
  readonly id: number;
  /** Feedback: whether the request is in the log. */
  readonly found?: boolean;
  readonly error?: string;
}
