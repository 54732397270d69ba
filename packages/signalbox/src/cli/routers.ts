import type { Command } from 'commander';
import { defaultRouter, policies, strategies } from '../pipeline/config.ts';
import { needsInWords, type Shelved, shelf } from '../pipeline/shelf.ts';
import { openSession, type Session } from './session.ts';
import { ascii, paint } from './terminal/paint.ts';
import { wrap } from './terminal/wrap.ts';

export function addRouters(program: Command): void {
  program
    .command('routers')
    .description('the shelf: every router, where it comes from, what it needs and what it can')
    .option('--json', 'print one JSON object')
    .action((flags: { json?: boolean }) => {
      const session = openSession();
      const routers = shelf();
      const parts = { policies: listed(policies), strategies: listed(strategies) };
      session.close();
      session.out(
        flags.json
          ? `${JSON.stringify({ default: defaultRouter, routers, ...parts }, null, 2)}\n`
          : shown(routers, parts, session),
      );
    });
}

interface Part {
  readonly name: string;
  readonly summary: string;
}

const listed = (register: Readonly<Record<string, Part>>): Part[] =>
  Object.values(register).map(({ name, summary }) => ({ name, summary }));

function shown(
  routers: readonly Shelved[],
  parts: Readonly<Record<'policies' | 'strategies', readonly Part[]>>,
  { face }: Session,
): string {
  const { bold, dim } = paint(face.colour);
  const names = [...routers, ...parts.policies, ...parts.strategies].map(({ name }) => name.length);
  const margin = Math.max(...names) + 2;
  const width = Math.max(face.width, 40);
  const below = (text: string): string[] => wrap(text, width, ' '.repeat(margin));
  const entry = ({ name, summary }: Part, details?: string): string[] => {
    const [first = '', ...rest] = below(summary);
    return [
      bold(name) + first.slice(name.length),
      ...rest,
      ...(details === undefined ? [] : below(details).map(dim)),
    ];
  };
  const section = (title: string, lines: readonly string[][]): string[] => [bold(title), '', ...lines.flat()];
  const of = (kind: Shelved['kind']): string[][] =>
    routers.filter((router) => router.kind === kind).map((router) => entry(router, detailsOf(router)));
  const text = [
    section('Baselines, which stand in every comparison', of('baseline')),
    section('Routers', of('router')),
    section(
      'Policies: a prediction becomes a choice',
      parts.policies.map((part) => entry(part)),
    ),
    section(
      'Strategies: a choice is carried out',
      parts.strategies.map((part) => entry(part)),
    ),
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return `${face.unicode ? text : ascii(text)}\n`;
}

function detailsOf(router: Shelved): string {
  const { name, kind, paper, admits, updates, variants } = router;
  return [
    ...(paper === null ? [] : [paper]),
    `needs ${needsInWords(router)}`,
    ...(admits ? ['admits a model'] : []),
    ...(updates ? ['learns while it serves'] : []),
    ...(variants.length === 0 ? [] : [`variants ${variants.join(', ')}`]),
    ...(name === defaultRouter && kind === 'router' ? ['the default'] : []),
  ].join('; ');
}
