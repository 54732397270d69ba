import type { Command } from 'commander';
import { checkConfig, type Explanation } from '../pipeline/gateway-check.ts';
import { openChooser } from './open-chooser.ts';
import { openSession, type Session } from './session.ts';
import { ascii, paint } from './terminal/paint.ts';
import { wrap } from './terminal/wrap.ts';

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('explain a configuration: what would be served, where, and what is missing')
    .argument('<config>', 'signalbox.yaml')
    .action(async (file: string) => {
      const session = openSession();
      const explanation = await checkConfig(file, process.env, (config) => openChooser(config, session));
      session.close();
      session.out(shown(explanation, session));
      if (explanation.problems.length > 0) process.exitCode = 1;
    });
}

function shown({ url, lines, problems }: Explanation, { face }: Session): string {
  const { bold, bad, dim } = paint(face.colour);
  const label = Math.max(...lines.map(([name]) => name.length)) + 2;
  const body = lines.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrap(text, face.width - label);
    return [`${dim(name.padEnd(label))}${first}`, ...rest.map((line) => ' '.repeat(label) + line)];
  });
  const head =
    problems.length === 0 ? bold(`It can be served, at ${url}.`) : bad('It cannot be served as it stands.');
  const faults = problems.flatMap((problem) => {
    const [first = '', ...rest] = wrap(problem, face.width - 2);
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  });
  const text = [head, ...faults, '', ...body].join('\n');
  return `${face.unicode ? text : ascii(text)}\n`;
}
