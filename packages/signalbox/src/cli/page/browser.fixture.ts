import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A headless browser over its debugging protocol: enough to open a page, run an expression, take a picture. */
export interface Browser {
  /** Opens a file and waits until it is loaded. */
  open(file: string, look?: Look): Promise<void>;
  /** The value of an expression in the page; what it throws is thrown here. */
  run<T>(expression: string): Promise<T>;
  /** PNG of the page, or of some of its height. */
  picture(part?: { readonly top: number; readonly height: number }): Promise<Buffer>;
  /** PDF as printed. */
  print(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface Look {
  readonly width?: number;
  readonly dark?: boolean;
}

/** The browser's program, or undefined where there is none. */
export function browserProgram(): string | undefined {
  const named = process.env['SIGNALBOX_CHROMIUM'];
  for (const program of named ? [named] : ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return program;
    } catch {}
  }
  return undefined;
}

export async function startBrowser(program: string): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-browser-'));
  const child = spawn(
    program,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const port = new URL(await address(child)).port;
  const listed = await fetch(`http://127.0.0.1:${port}/json/list`);
  const pages = (await listed.json()) as { type: string; webSocketDebuggerUrl: string }[];
  const call = await connect(pages.find(({ type }) => type === 'page')!.webSocketDebuggerUrl);
  await call('Page.enable');
  const browser: Browser = {
    open: async (file, { width = 1280, dark = false } = {}) => {
      await call('Emulation.setDeviceMetricsOverride', {
        width,
        height: 900,
        deviceScaleFactor: 1,
        mobile: false,
      });
      const value = dark ? 'dark' : 'light';
      await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
      await call('Page.navigate', { url: `file://${file}` });
      while ((await browser.run<string>('location.href + document.readyState')) !== `file://${file}complete`);
    },
    run: async <T>(expression: string) => {
      const answer = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      const { result, exceptionDetails } = answer as { result: { value: T }; exceptionDetails?: unknown };
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return result.value;
    },
    picture: async (part) => {
      const width = await browser.run<number>('innerWidth');
      const clip = part && { x: 0, y: part.top, width, height: part.height, scale: 1 };
      const shot = await call('Page.captureScreenshot', { captureBeyondViewport: true, format: 'png', clip });
      return Buffer.from((shot as { data: string }).data, 'base64');
    },
    print: async () => {
      const paper = await call('Page.printToPDF', { preferCSSPageSize: true, printBackground: true });
      return Buffer.from((paper as { data: string }).data, 'base64');
    },
    close: async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return browser;
}

/** Where the browser listens, as it says on standard error. */
async function address(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const match = /DevTools listening on (\S+)/.exec(line);
    if (match) {
      child.stderr!.resume();
      return match[1]!;
    }
  }
  throw new Error('The browser ended before it listened.');
}

type Call = (method: string, params?: object) => Promise<unknown>;

async function connect(url: string): Promise<Call> {
  const socket = new WebSocket(url);
  await new Promise((done, failed) => {
    socket.addEventListener('open', done);
    socket.addEventListener('error', failed);
  });
  const waiting = new Map<number, { done: (value: unknown) => void; failed: (cause: Error) => void }>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number;
      result?: unknown;
      error?: object;
    };
    const open = id === undefined ? undefined : waiting.get(id);
    if (open === undefined) return;
    waiting.delete(id!);
    if (error === undefined) open.done(result);
    else open.failed(new Error(JSON.stringify(error)));
  });
  let last = 0;
  return (method, params = {}) =>
    new Promise((done, failed) => {
      last += 1;
      waiting.set(last, { done, failed });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
}
