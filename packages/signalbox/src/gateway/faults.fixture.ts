import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Tests only: an upstream that behaves as it is told, over a real socket. */
export interface FakeUpstream {
  readonly url: string;
  /** Bodies as they came, oldest first. */
  readonly bodies: Buffer[];
  readonly headers: IncomingMessage['headers'][];
  /** Sockets that are open. */
  readonly sockets: ReadonlySet<Socket>;
  /** Most sockets that were open at once. */
  readonly mostSockets: () => number;
  /** Resolves when the next request has arrived whole. */
  arrival(): Promise<void>;
  /** Resolves when the client of a request that is not answered in full has gone. */
  departure(): Promise<void>;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}
export type Behaviour = (out: ServerResponse, body: Buffer) => void | Promise<void>;

export async function fakeUpstream(first: Behaviour): Promise<FakeUpstream> {
  let behaviour = first;
  let most = 0;
  const sockets = new Set<Socket>();
  const bodies: Buffer[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const arrivals = waiters();
  const departures = waiters();
  const server = createServer(async (request, out) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    bodies.push(body);
    headers.push(request.headers);
    out.once('close', () => {
      if (!out.writableFinished) departures.ring();
    });
    arrivals.ring();
    await behaviour(out, body);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    headers,
    sockets,
    mostSockets: () => most,
    arrival: arrivals.next,
    departure: departures.next,
    behave: (next) => {
      behaviour = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Rings that nobody waited for are kept. */
function waiters(): { ring(): void; next(): Promise<void> } {
  let kept = 0;
  const waiting: (() => void)[] = [];
  return {
    ring() {
      const one = waiting.shift();
      if (one) one();
      else kept++;
    },
    next: () =>
      kept > 0 ? Promise.resolve(void kept--) : new Promise((resolve) => void waiting.push(resolve)),
  };
}

/** An event of a chat stream, `\n\n` at its end. */
export function event(delta: object, finish: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'up', choices, ...more })}\n\n`;
}

export const role = event({ role: 'assistant', content: '' });
export const end = event({}, 'stop');
export const done = 'data: [DONE]\n\n';

export function completion(content: string, more: object = {}): string {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  return JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'up',
    choices,
    usage,
    ...more,
  });
}

/** Answers with JSON. */
export function json(body: string, status = 200, headers: Record<string, string> = {}): Behaviour {
  return (out) => void out.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** Writes pieces as separate reads, then ends, cuts or hangs. */
export function stream(
  pieces: readonly (string | Buffer)[],
  then: 'end' | 'cut' | 'hang' = 'end',
): Behaviour {
  return async (out) => {
    out.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) {
      await new Promise<void>((written) => {
        out.write(piece, () => setImmediate(written));
      });
    }
    if (then === 'end') out.end();
    else if (then === 'cut') out.socket?.destroy();
  };
}

/** Answers streams and JSON alike with one word. */
export function word(text: string): Behaviour {
  return (out, body) => {
    const asked = JSON.parse(body.toString()) as { stream?: boolean };
    const behave = asked.stream
      ? stream([role, event({ content: text }), end, done])
      : json(completion(text));
    return behave(out, body);
  };
}
