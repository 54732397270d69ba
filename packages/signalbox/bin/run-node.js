// Plain JavaScript, so that any Node can read it.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs another Node in the place of this one, and gives its exit code (128 + N where signal N ended it). Whoever stops
 * this process stops that one: a service manager knows only the first. Ctrl-C reaches both by itself, since a terminal
 * sends it to all of its group; sent on, it would come twice, and `serve` takes a second one for impatience.
 */
export function runNode(node, args, env) {
  const child = spawn(node, args, { stdio: 'inherit', env });
  const send = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, send);
  process.on('SIGINT', (signal) => {
    if (!process.stdin.isTTY) send(signal);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 1)));
  });
}
