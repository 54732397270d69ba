import type { Command } from 'commander';
import { saveArtifact } from '../pipeline/artifact.ts';
import { inService } from '../pipeline/in-service.ts';
import { openParts } from '../pipeline/open-router.ts';
import { retire } from '../pipeline/retire.ts';
import { openSession } from './session.ts';
import { ascii } from './terminal/paint.ts';
import { clean } from './terminal/width.ts';
import { wrap } from './terminal/wrap.ts';

export function addRetire(program: Command): void {
  program
    .command('retire')
    .description('take a model out of a trained router, without retraining')
    .argument('<router>', 'folder that `signalbox train` wrote')
    .argument('<model>', 'name of the model in the router')
    .option('-o, --output <folder>', 'where the router is written (in place unless given)')
    .action(async (folder: string, model: string, { output = folder }: { output?: string }) => {
      const session = openSession();
      const parts = await openParts({ folder, encoder: { cacheFolder: session.cacheFolder } });
      try {
        const { artifact, notes } = retire({ parts, model, at: session.startedAt });
        await saveArtifact(output, artifact);
        session.close();
        const sentences = [
          `${model} was retired from ${artifact.manifest.router.name} (${output}). It chooses between ${[...inService(artifact.manifest).keys()].join(', ')}.`,
          ...notes,
          ...(artifact.manifest.verdict ? ['The verdict of the router is of the pool before.'] : []),
        ];
        const text = sentences.flatMap((sentence) => wrap(clean(sentence), session.face.width)).join('\n');
        session.out(`${session.face.unicode ? text : ascii(text)}\n`);
      } finally {
        session.close();
        await parts.encoder.close?.();
      }
    });
}
