import { existsSync, readFileSync } from 'node:fs';

const folder = new URL('../packages/signalbox/src/routers/', import.meta.url);

/**
 * The comment above a router in its file, as one paragraph for each of its own: the one place where its paper and
 * each departure from it stand. The block that speaks of departures, else the last one above the router itself.
 */
export function headComment(name: string): string[] {
  const file = new URL(`${name}.ts`, folder);
  // `residual-text` stands in the file of `residual`.
  const path = existsSync(file) ? file : new URL(`${name.replace(/-[a-z]+$/, '')}.ts`, folder);
  return commentIn(readFileSync(path, 'utf8'));
}

export function commentIn(source: string): string[] {
  const router = source.search(/^(?:export )?(?:const \w+: Router|function make\w+\()/m);
  const blocks = [...source.matchAll(/^\/\*\*([\s\S]*?)\*\//gm)].map(
    ({ 0: whole, 1: inner = '', index }) => ({
      text: inner,
      end: index + whole.length,
    }),
  );
  const departing = blocks.find(({ text }) => /\bDepartures?\b/.test(text));
  const above = blocks.findLast(({ end }) => router === -1 || end <= router);
  const text = (departing ?? above)?.text ?? '';
  const lines = text.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim());
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean);
}
