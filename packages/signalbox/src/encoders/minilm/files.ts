import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from '../make-folder.ts';

/** Where Signalbox keeps what it can make again: $SIGNALBOX_CACHE, or the system's folder for such things. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['SIGNALBOX_CACHE'];
  if (chosen) return chosen;
  if (process.platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'signalbox', 'Cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'signalbox');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'signalbox');
}

/**
 * The file's bytes if it is there and has this SHA-256; else they are made, and kept in the file for the next
 * time. Two processes at once write two files aside, and the last rename wins with equal bytes. A folder that
 * cannot be written costs time, not the work.
 */
export async function keptFile(
  path: string,
  digest: string,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined && digestOf(kept) === digest) return kept;
  const bytes = await make();
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await makeFolder(dirname(path));
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch {
    await rm(aside, { force: true }).catch(() => {});
  }
  return bytes;
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
