import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../packages/signalbox/bin/signalbox.js');

/** What one run took, and what it printed. */
export interface Run {
  readonly seconds: number;
  /** Of all its processes and threads; where the machine is shared this tells more than the wall. */
  readonly cpuSeconds: number;
  /** Greatest memory of each process: the command's own first, then the one that it shares its work with, if that ended before it. */
  readonly mbOf: readonly number[];
  /** Of the command's own process. */
  readonly mb: number;
  readonly out: string;
}

/** Runs the product's command in this folder. */
export async function runCommand(args: readonly string[], folder: string): Promise<Run> {
  const told = join(folder, 'resources.jsonl');
  const tell = `process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage(); process.getBuiltinModule('node:fs').appendFileSync(${JSON.stringify(told)}, JSON.stringify({ mb: maxRSS / 1024, cpu: (userCPUTime + systemCPUTime) / 1e6 }) + '\\n') })`;
  const flags = [`--import=data:text/javascript,${encodeURIComponent(tell)}`, program];
  const { seconds, out } = await runProcess(process.execPath, [...flags, ...args], folder);
  const lines = readFileSync(told, 'utf8').trim().split('\n');
  rmSync(told);
  // The command's own process ends last.
  const each = lines.map((line) => JSON.parse(line) as { mb: number; cpu: number }).reverse();
  return {
    seconds,
    out,
    mb: each[0]!.mb,
    mbOf: each.map(({ mb }) => mb),
    cpuSeconds: each.reduce((sum, { cpu }) => sum + cpu, 0),
  };
}

/** @throws Error with what it said where it ends with another code than 0 */
export async function runProcess(
  command: string,
  args: readonly string[],
  folder: string,
): Promise<{ readonly seconds: number; readonly out: string; readonly said: string }> {
  const started = performance.now();
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - started) / 1000, out, said };
}
