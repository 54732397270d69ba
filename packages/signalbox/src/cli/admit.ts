import { type Command, Option } from 'commander';
import { SignalboxError } from '../core/errors.ts';
import { type Admission, admit } from '../pipeline/admit.ts';
import { saveArtifact } from '../pipeline/artifact.ts';
import { admittingRouterNames, baselineNames, findRouter } from '../pipeline/config.ts';
import { openParts } from '../pipeline/open-router.ts';
import { openSession, type Session } from './session.ts';
import { readTable, type TableFlags, withTableFlags } from './table-options.ts';
import { ascii, paint } from './terminal/paint.ts';
import { clean } from './terminal/width.ts';
import { wrap } from './terminal/wrap.ts';
import { bracket, percent } from './words/numbers.ts';

type Flags = TableFlags & { output?: string; price?: number; json?: boolean };

export function addAdmit(program: Command): void {
  const command = program
    .command('admit')
    .description('take a model into a trained router from some of its scored answers, without retraining')
    .argument('<router>', 'folder that `signalbox train` wrote')
    .argument('<model>', 'name of the model, as the configuration will call it (trainedAs)')
    .argument('<answers...>', 'outcome table with its scored answers; other models in it are not read')
    .option('-o, --output <folder>', 'where the router is written (in place unless given)');
  withTableFlags(command)
    .addOption(
      new Option('--price <dollars>', 'US dollars a call of it, for answers that record no cost').argParser(
        dollars,
      ),
    )
    .option('--json', 'print what is known of the model as JSON')
    .addHelpText(
      'after',
      `\nRouters that take a model in: ${admittingRouterNames.join(', ')}.\nThe model still needs its entry under \`models\` in signalbox.yaml to be served.`,
    )
    .action(async (folder: string, model: string, answers: string[], flags: Flags) => {
      const session = openSession();
      const parts = await openParts({ folder, encoder: { cacheFolder: session.cacheFolder } });
      try {
        const table = await readTable(answers, flags, session.context);
        const baselines = await Promise.all(baselineNames.map((name) => findRouter(name)));
        const { artifact, admission } = await admit(
          {
            parts,
            model,
            answers: table,
            ...(flags.price !== undefined && { price: flags.price }),
            at: session.startedAt,
            baselines,
            admitting: admittingRouterNames,
          },
          session.context,
        );
        const to = flags.output ?? folder;
        await saveArtifact(to, artifact);
        session.close();
        session.out(
          flags.json ? `${JSON.stringify(admission, null, 2)}\n` : shown(admission, { to, session }),
        );
      } finally {
        session.close();
        await parts.encoder.close?.();
      }
    });
}

function dollars(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0) || number === Number.POSITIVE_INFINITY)
    throw new SignalboxError('usage', `--price was "${value}"; give US dollars a call, 0 or more.`);
  return number;
}

function shown(admission: Admission, { to, session }: { to: string; session: Session }): string {
  const { face } = session;
  const { bold, dim } = paint(face.colour);
  const lines = [
    bold(clean(`${admission.model} was admitted to ${admission.router} (${to})`)),
    ...[...surenessLines(admission), ...admission.notes].flatMap((said) => wrap(clean(said), face.width)),
    '',
    ...wrap(
      clean(
        `A verdict in the router is of the pool before. To be served, ${admission.model} needs an entry under models in signalbox.yaml.`,
      ),
      face.width,
    ).map(dim),
  ];
  const text = lines.join('\n');
  return `${face.unicode ? text : ascii(text)}\n`;
}

const write = (x: number): string => percent(x, 1);

function surenessLines(admission: Admission): string[] {
  const { mean, answers, units, standardError, moreToHalve, crossValidated, bestSingle, cost } = admission;
  const alike = units < answers ? ` (${units} distinct)` : '';
  const lines = [
    `Mean of ${answers} ${answers === 1 ? 'answer' : 'answers'}${alike}: ${write(mean.value)} % ${bracket(mean, write)}, standard error ${(100 * standardError).toFixed(1)} points; ${moreToHalve} answers more would halve it.`,
    `Of ${bestSingle.model}, the best single model, the router expects ${write(bestSingle.expected)} % on the same queries.`,
  ];
  if (crossValidated === null)
    lines.push('Fewer than five distinct answers: how well it is predicted cannot be told yet.');
  else {
    const { brier, brierOfMean, auc, parts } = crossValidated;
    lines.push(
      `Predicted by the router from its other answers (${parts} parts): Brier score ${brier.toFixed(3)}, where its mean alone has ${brierOfMean.toFixed(3)}; AUC ${auc === null ? 'unknown, as all its answers score alike' : auc.toFixed(2)}.`,
    );
  }
  lines.push(cost === null ? 'Its cost is unknown.' : `A call costs $${cost.toPrecision(3)} on average.`);
  return lines;
}
