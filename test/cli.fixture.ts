import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../packages/signalbox/bin/signalbox.js', import.meta.url));

/** Recorded outcomes that tests may read; undefined where there are none. */
const folder = process.env['SIGNALBOX_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
export const data = existsSync(folder) ? folder : undefined;
export const withoutData = data === undefined && 'there is no folder of recorded outcomes (SIGNALBOX_DATA)';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a user would, in a process of its own. */
export function signalbox(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, out, err: signal === null ? err : `${err}\nended by ${signal}` });
    });
  });
}
