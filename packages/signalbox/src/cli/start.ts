import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { ResultSet, Results } from '../core/results.ts';
import { saveArtifact } from '../pipeline/artifact.ts';
import { assess } from '../pipeline/assess.ts';
import {
  baselineNames,
  findPolicy,
  findRouter,
  makeWorld,
  type World,
  worlds,
  writeTable,
} from '../pipeline/config.ts';
import { readGatewayConfig } from '../pipeline/gateway-config.ts';
import { results } from '../pipeline/report.ts';
import { train } from '../pipeline/train.ts';
import { openChooser } from './open-chooser.ts';
import { choicesOf, encoderOf } from './part-options.ts';
import { commandLine, showResults, writePage } from './report.ts';
import { stopped } from './serve.ts';
import { openSession, type Session, writeFileWhole } from './session.ts';
import { wholeNumber } from './table-options.ts';
import { paint } from './terminal/paint.ts';
import type { Truth } from './words/reading.ts';

interface Flags {
  readonly once?: boolean;
  readonly folder: string;
  readonly port: number;
  readonly seed: number;
  readonly rows: number;
  readonly encoder: string;
  readonly json?: boolean;
}

const stories: Readonly<Record<keyof typeof worlds, string>> = {
  'quality-lifts': 'Simulated: the models are good at different things, so that routing lifts quality.',
  'only-cost':
    'Simulated: the small model is as good as the large one on most queries, so that only cost can be saved.',
  'pure-noise': 'Simulated: the models are alike but for luck, so that the gap to the oracle is noise alone.',
};

export function addStart(program: Command): void {
  program
    .command('start')
    .description('try everything on simulated data: no key, no network, no files of yours')
    .option('--once', 'end after the report, without serving')
    .option('--folder <folder>', 'where the report, the tables and the router are written', 'signalbox-demo')
    .addOption(
      new Option('--port <number>', 'on 127.0.0.1; 0 takes any that is free')
        .default(8080)
        .argParser(wholeNumber('--port')),
    )
    .addOption(
      new Option('--seed <number>', 'of the simulated worlds').default(0).argParser(wholeNumber('--seed')),
    )
    .addOption(
      new Option('--rows <number>', 'queries of each simulated world')
        .default(700)
        .argParser(wholeNumber('--rows')),
    )
    .option('--encoder <name>', 'as for report', 'default')
    .option('--json', 'print one JSON object instead of the terminal tables')
    .action(async (flags: Flags) => {
      const session = openSession({ seed: flags.seed });
      try {
        const made = await reportWorlds(flags, session);
        if (!flags.once) await serveSimulated(flags, made, session);
      } finally {
        session.close();
      }
    });
}

type Made = Readonly<Record<string, World>>;

async function reportWorlds(flags: Flags, session: Session): Promise<Made> {
  const encoder = await encoderOf(flags, session);
  const { policy, params } = await findPolicy('utility');
  const choices = await choicesOf('residual,residual-text,knn,ridge');
  const sets: ResultSet[] = [];
  const truths: Record<string, Truth> = {};
  const made: Record<string, World> = {};
  const wrapped = (some: readonly ResultSet[]): Results =>
    results({ command: commandLine(), startedAt: session.startedAt, sets: some, context: session.context });
  await mkdir(flags.folder, { recursive: true });
  try {
    for (const [name, story] of Object.entries(stories)) {
      const world = makeWorld({ ...worlds[name as keyof typeof worlds], rows: flags.rows }, flags.seed);
      session.say(
        `simulated world "${name}": ${world.table.examples.length} queries, ${world.table.models.length} models`,
      );
      await writeTable(world.table, join(flags.folder, `${name}.jsonl`), session.context);
      const { set } = await assess(
        {
          table: world.table,
          choices,
          encoder,
          judged: [{ policy, params }],
          curvePolicy: policy,
          brief: true,
        },
        session.context,
      );
      sets.push(set);
      truths[name] = truthOf(world, story);
      made[name] = world;
      // The first answer is worth more than all of them later.
      if (!flags.json) await showResults(wrapped([set]), { html: false, truth: truths }, session);
    }
  } finally {
    await encoder.close?.();
  }
  const html = join(flags.folder, 'report.html');
  await writePage(wrapped(sets), { html, truth: truths }, session);
  if (flags.json) session.out(`${JSON.stringify(wrapped(sets), null, 2)}\n`);
  return made;
}

function truthOf({ truth }: World, story: string): Truth {
  return {
    values: {
      'best-single': truth.bestSingle.quality,
      'task-table': truth.taskTable.quality,
      'best possible router': truth.bestRouter.quality,
      oracle: truth.oracle,
    },
    story,
  };
}

/** Trains the default router on the first world and serves simulated models that answer under its names. */
async function serveSimulated(flags: Flags, made: Made, session: Session): Promise<void> {
  const { table } = made['quality-lifts']!;
  const encoder = await encoderOf(flags, session);
  const choice = await findRouter('residual');
  const { policy, params } = await findPolicy('utility');
  const baselines = await Promise.all(baselineNames.map((name) => findRouter(name)));
  const trained = await train(
    {
      table,
      choice,
      encoder,
      policy,
      policyParams: params,
      baselines,
      createdAt: session.startedAt,
      verdictBeside: await Promise.all(['knn', 'ridge'].map((name) => findRouter(name))),
    },
    session.context,
  );
  await encoder.close?.();
  await saveArtifact(join(flags.folder, 'router'), trained);
  const file = join(flags.folder, 'signalbox.yaml');
  await writeFileWhole(
    file,
    yaml(
      table.models.map(({ id }) => id),
      flags.port,
    ),
  );
  const config = await readGatewayConfig(file);
  const chooser = await openChooser(config, session);
  const { startGateway } = await import('../gateway/server.ts');
  const gateway = await startGateway({ config, ...(chooser && { chooser }), env: process.env });
  try {
    session.close();
    session.out(snippets(gateway.url, { ...flags, bold: paint(session.face.colour).bold }));
    await stopped();
    await gateway.close();
  } finally {
    await chooser?.close();
  }
}

function yaml(models: readonly string[], port: number): string {
  const pool = models.map(
    (name, i) =>
      `  - name: ${name}\n    upstream: simulated\n    price: { input: ${0.1 * (i + 1)}, output: ${0.4 * (i + 1)} }`,
  );
  return `# A simulated pool: answers are made up on the spot. Written by \`signalbox start\`.\nrouter: ./router\nlisten: 127.0.0.1:${port}\nmodels:\n${pool.join('\n')}\nlog:\n  file: ./signalbox.db\n`;
}

function snippets(
  url: string,
  { folder, bold }: { readonly folder: string; readonly bold: (text: string) => string },
): string {
  return `
${bold(`A simulated pool is served at ${url}/v1; model "auto" routes. Ctrl-C stops it.`)}

  curl -si ${url}/v1/chat/completions -H 'content-type: application/json' \\
    -d '{"model":"auto","messages":[{"role":"user","content":"Write a function that adds two numbers"}]}'

  import OpenAI from 'openai';
  const client = new OpenAI({ baseURL: '${url}/v1', apiKey: 'none' });
  const answer = await client.chat.completions.create({
    model: 'auto',
    messages: [{ role: 'user', content: 'Write a function that adds two numbers' }],
  });
  console.log(answer.model, answer.choices[0].message.content);

The headers x-signalbox-* say which model was chosen, and why. Then:
  npx signalbox route ${folder}/router "a prompt"
  npx signalbox export --log ${folder}/signalbox.db -o table.jsonl
  npx signalbox report ${folder}/only-cost.jsonl
`;
}
