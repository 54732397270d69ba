import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { addEvaluate } from './evaluate.ts';
import { addExport } from './export.ts';
import { addReport } from './report.ts';
import { addReproduce } from './reproduce.ts';
import { addRoute } from './route.ts';
import { addServe } from './serve.ts';
import { addStart } from './start.ts';
import { renderError } from './terminal/error.ts';
import { abilities } from './terminal/paint.ts';
import { addTrain } from './train.ts';

/** Runs one command; the exit status is 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('signalbox')
    .description('Find out whether routing between LLMs pays for your traffic, train the router, serve it.')
    .version(version)
    .showHelpAfterError('(signalbox --help lists the commands)')
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: 80 })
    .exitOverride();
  for (const add of [addStart, addReport, addTrain, addEvaluate, addRoute, addServe, addExport, addReproduce])
    add(program);
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
