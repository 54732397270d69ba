/**
 * What the gateway adds to a call: a mock upstream asked directly, and through the gateway by name and by
 * `auto`, in a closed loop, in rounds that follow each other closely. Upstream, gateway and load are
 * processes on one machine; read the ratios, not the figures.
 *
 *     npx node bench/gateway.ts [requests per round] [connections]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { startGateway } from '../packages/signalbox/src/gateway/server.ts';
import { fakeChooser } from '../packages/signalbox/src/gateway/trip.fixture.ts';
import { parseGatewayConfig } from '../packages/signalbox/src/pipeline/gateway-config.ts';

const chunks = 20;
const event = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const events = [
  ...Array.from({ length: chunks }, (_, i) => event({ content: `word ${i} ` }, null)),
  event({}, 'stop'),
];
const whole = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'word '.repeat(chunks) }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
});

/** Answers at once; streams in one write per event. */
async function upstream(): Promise<string> {
  const server = createServer(async (request, out) => {
    let body = '';
    for await (const part of request) body += String(part);
    if (!body.includes('"stream":true')) {
      out.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole);
      return;
    }
    out.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of events) out.write(one);
    out.end('data: [DONE]\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function gateway(target: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const yaml = `listen: 127.0.0.1:0\nmodels:\n  - { name: m, upstream: "${target}/v1" }\n`;
  const config = parseGatewayConfig(join(folder, 'signalbox.yaml'), yaml);
  const logger = { info() {}, warn() {}, error() {} };
  return (await startGateway({ config, chooser: fakeChooser(['m']), env: {}, logger })).url;
}

/** What any proxy in this runtime costs: the same client and server, and nothing between them. */
async function bare(target: string): Promise<string> {
  const pool = new Pool(target, { connections: 512, pipelining: 1 });
  const server = createServer(async (request, out) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = { 'content-type': 'application/json' };
    const path = '/v1/chat/completions';
    const answer = await pool.request({ path, method: 'POST', headers, body: Buffer.concat(parts) });
    out.writeHead(answer.statusCode, answer.headers);
    answer.body.pipe(out);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function load(
  origin: string,
  body: string,
  plan: { requests: number; connections: number },
): Promise<Round> {
  const pool = new Pool(origin, { connections: plan.connections, pipelining: 1 });
  const times: number[] = [];
  let left = plan.requests;
  const headers = { 'content-type': 'application/json' };
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const started = performance.now();
      const answer = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || !text.includes('"stop"'))
        throw new Error(`${answer.statusCode}: ${text}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: plan.connections }, worker));
  const seconds = (performance.now() - begun) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  const at = (p: number): number => times[Math.floor(times.length * p)] ?? Number.NaN;
  return { perSecond: plan.requests / seconds, p50: at(0.5), p99: at(0.99) };
}

async function child(role: string, argument = ''): Promise<{ url: string; stop(): void }> {
  const made = fork(import.meta.filename, [role, argument]);
  const [url] = (await once(made, 'message')) as [string];
  return { url, stop: () => void made.kill() };
}

async function main(requests: number, connections: number): Promise<void> {
  const up = await child('upstream');
  const gate = await child('gateway', up.url);
  const proxy = await child('bare', up.url);
  const body = (model: string, stream: boolean): string =>
    JSON.stringify({
      model,
      stream,
      messages: [{ role: 'user', content: 'What is the capital of France? '.repeat(8) }],
    });
  const lines = [
    ['direct', up.url, 'm'],
    ['bare proxy', proxy.url, 'm'],
    ['gateway, by name', gate.url, 'm'],
    ['gateway, auto', gate.url, 'auto'],
  ] as const;
  for (const stream of [false, true]) {
    const plan = { requests: stream ? Math.ceil(requests / 2) : requests, connections };
    const rounds = new Map<string, Round[]>(lines.map(([name]) => [name, []]));
    for (let round = 0; round < 4; round++) {
      for (const [name, url, model] of lines) {
        const result = await load(url, body(model, stream), plan);
        // The first round warms up.
        if (round > 0) rounds.get(name)?.push(result);
      }
    }
    const median = (name: string, of: keyof Round): number =>
      rounds
        .get(name)!
        .map((round) => round[of])
        .sort((a, b) => a - b)[1]!;
    console.log(
      `\n${stream ? `streams of ${chunks} events` : 'JSON'}, ${connections} connections, ${plan.requests} requests a round`,
    );
    for (const [name] of lines) {
      const share = median('direct', 'perSecond') / median(name, 'perSecond');
      const figures = `${median(name, 'perSecond').toFixed(0).padStart(7)}/s  p50 ${median(name, 'p50').toFixed(2)} ms  p99 ${median(name, 'p99').toFixed(2)} ms`;
      console.log(`${name.padEnd(18)}${figures}  ${share.toFixed(2)}x the time of direct`);
    }
  }
  up.stop();
  gate.stop();
  proxy.stop();
}

const [role, argument] = process.argv.slice(2);
if (role === 'upstream') process.send?.(await upstream());
else if (role === 'bare') process.send?.(await bare(argument ?? ''));
else if (role === 'gateway') process.send?.(await gateway(argument ?? ''));
else await main(Number(role ?? 4000), Number(argument ?? 16));
