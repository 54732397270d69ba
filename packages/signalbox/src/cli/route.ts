import type { Command } from 'commander';
import type { Decision } from '../core/decision.ts';
import { userMessage } from '../core/query.ts';
import { openRouter } from '../pipeline/open-router.ts';
import { openSession, type Session } from './session.ts';
import { ascii, paint } from './terminal/paint.ts';
import { table } from './terminal/table.ts';
import { wrap } from './terminal/wrap.ts';

export function addRoute(program: Command): void {
  program
    .command('route')
    .description('which model a trained router would choose for one prompt, and why')
    .argument('<router>', 'folder that `signalbox train` wrote')
    .argument('<prompt>', 'the text of the query; - reads standard input')
    .option('--group <name>', 'the group (task, domain) of the query, where it is known')
    .option('--models <list>', 'only these models may answer')
    .option('--json', 'print the decision as JSON')
    .action(
      async (folder: string, prompt: string, flags: { group?: string; models?: string; json?: boolean }) => {
        const session = openSession();
        const chooser = await openRouter(
          { folder, encoder: { cacheFolder: session.cacheFolder } },
          session.context,
        );
        try {
          const text = prompt === '-' ? await standardInput() : prompt;
          const query = {
            id: 'query',
            messages: userMessage(text),
            ...(flags.group !== undefined && { group: flags.group }),
          };
          const allowed = flags.models?.split(',').map((name) => name.trim());
          const decision = await chooser.decide(query, allowed && new Set(allowed));
          session.close();
          session.out(flags.json ? `${JSON.stringify(decision, null, 2)}\n` : shown(decision, session));
        } finally {
          session.close();
          await chooser.close();
        }
      },
    );
}

async function standardInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk as string;
  return text;
}

function shown({ candidates, router, policy, bestSingle, reasons }: Decision, { face }: Session): string {
  const { bold, dim } = paint(face.colour);
  const [first] = candidates;
  const costs = candidates.some(({ cost }) => cost !== undefined);
  const rows = candidates.map(({ model, quality, cost, share }) => [
    model + (model === bestSingle ? '  (best single)' : ''),
    Number.isNaN(quality) ? 'unknown' : `${(100 * quality).toFixed(1)} %`,
    ...(costs ? [cost === undefined ? 'unknown' : `$${(1000 * cost).toPrecision(3)}`] : []),
    share > 0 ? `${Math.round(100 * share)} %` : '',
  ]);
  const columns = [
    { head: 'model', align: 'left' as const },
    { head: 'quality' },
    ...(costs ? [{ head: '$ per 1,000' }] : []),
    { head: 'chosen' },
  ];
  const text = [
    bold(first!.model),
    ...wrap(reasons.join(' '), face.width),
    '',
    ...table({ columns, rows } as Parameters<typeof table>[0], face.width),
    '',
    dim(`router ${router}, policy ${policy}; quality and cost are what the router expects of each model`),
  ].join('\n');
  return `${face.unicode ? text : ascii(text)}\n`;
}
