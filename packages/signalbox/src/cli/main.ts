import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { holdHeapSmall } from './small-heap.ts';
import { renderError } from './terminal/error.ts';
import { abilities } from './terminal/paint.ts';

/** Each command adds itself to the program; loaded when it is asked for, so that a short one starts quickly. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./start.ts')).addStart,
  import: async () => (await import('./import.ts')).addImport,
  describe: async () => (await import('./describe.ts')).addDescribe,
  report: async () => (await import('./report.ts')).addReport,
  train: async () => (await import('./train.ts')).addTrain,
  evaluate: async () => (await import('./evaluate.ts')).addEvaluate,
  admit: async () => (await import('./admit.ts')).addAdmit,
  retire: async () => (await import('./retire.ts')).addRetire,
  routers: async () => (await import('./routers.ts')).addRouters,
  route: async () => (await import('./route.ts')).addRoute,
  check: async () => (await import('./check.ts')).addCheck,
  serve: async () => (await import('./serve.ts')).addServe,
  export: async () => (await import('./export.ts')).addExport,
  reproduce: async () => (await import('./reproduce.ts')).addReproduce,
};

/** Commands that compute for minutes on large tables. */
const comparing: readonly string[] = ['report', 'reproduce', 'evaluate', 'train'];

/** Runs one command; the exit status is 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('signalbox')
    .description('Find out whether routing between LLMs pays for your traffic, train the router, serve it.')
    .version(version)
    .showHelpAfterError('(signalbox --help lists the commands)')
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: 80 })
    .exitOverride();
  const [first = ''] = argv;
  const wanted = Object.hasOwn(commands, first)
    ? [first]
    : /^(-V|--version)$/.test(first)
      ? []
      : Object.keys(commands);
  if (comparing.includes(first)) holdHeapSmall();
  for (const name of wanted) (await commands[name]!())(program);
  program.addHelpText(
    'after',
    '\nExit status: 0 done (a "no" is a result), 1 failed, 2 wrong usage, 130 interrupted.',
  );
  // A pipe that is closed early (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else fail(error);
  }
}

function fail(error: unknown): void {
  const { colour, unicode } = abilities(process.stderr, process.env);
  const debug = process.env['SIGNALBOX_DEBUG'] === '1';
  const { text, exit } = renderError(error, { colour, unicode, debug });
  process.stderr.write(`${text}\n`);
  process.exitCode = exit;
}
