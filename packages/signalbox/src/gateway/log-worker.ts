import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import {
  insertAttempt,
  insertRequest,
  type Order,
  type Receipt,
  schema,
  schemaVersion,
} from './log-schema.ts';

/** Writes the log in a thread of its own: a slow disk slows nothing but itself. */
const { file } = workerData as { readonly file: string };

interface Store {
  readonly db: DatabaseSync;
  readonly inode: bigint;
  readonly request: StatementSync;
  readonly attempt: StatementSync;
}

let store: Store | undefined;

parentPort?.on('message', (order: Order) => {
  let receipt: Receipt;
  try {
    receipt = { id: order.id, ...carryOut(order) };
  } catch (error) {
    close();
    receipt = { id: order.id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(receipt);
  if (order.kind === 'close') parentPort?.close();
});

function carryOut(order: Order): { found?: boolean } {
  if (order.kind === 'close') {
    close();
    return {};
  }
  const { db, request, attempt } = opened();
  db.exec('BEGIN IMMEDIATE');
  let found: boolean | undefined;
  if (order.kind === 'rows') {
    for (const { row, attempts } of order.entries) {
      request.run({ ...row });
      attempts.forEach((tried, place) => {
        attempt.run({ request_id: row.request_id, place, ...tried });
      });
    }
  } else if (order.kind === 'retain') {
    db.prepare('DELETE FROM requests WHERE time < ?').run(order.before);
  } else {
    const { request_id, score, source, time } = order.feedback;
    const update = db.prepare('UPDATE requests SET score = ?, judge = ? WHERE request_id = ?');
    found = update.run(score, source, request_id).changes === 1;
    if (found) db.prepare('INSERT INTO feedback VALUES (?, ?, ?, ?)').run(request_id, score, source, time);
  }
  db.exec('COMMIT');
  return found === undefined ? {} : { found };
}

/** The database; opened anew where its file was moved or deleted under it. */
function opened(): Store {
  if (store && statSync(file, { bigint: true, throwIfNoEntry: false })?.ino !== store.inode) close();
  if (store) return store;
  // Prompts may be in it: nobody but its owner may read it.
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
    const version = (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    if (version > schemaVersion) throw new Error(`it was written by a newer version (schema ${version})`);
    db.exec(`${schema}; PRAGMA user_version = ${schemaVersion}`);
    const inode = statSync(file, { bigint: true }).ino;
    store = { db, inode, request: db.prepare(insertRequest), attempt: db.prepare(insertAttempt) };
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Closing rolls an open transaction back. */
function close(): void {
  try {
    store?.db.close();
  } catch {
    // The file is gone; there is nothing left to close properly.
  }
  store = undefined;
}
