/**
 * A leaderboard of RouterEval's size through the product's commands, each in a process of its own: wall time, CPU time and
 * greatest memory of `import` (wide CSV to Parquet), `describe`, and `report --prune` on 64 given features (best single, task
 * table, clusters, kNN and ceilings on all models; ridge and multi-label on the pruned pool). Beside it pandas and DuckDB
 * on the same import and group-by, where PYTHON has them.
 *
 *   npm run bench -- scale 1000x14000      npm run bench -- scale 8500x20000      npm run bench -- scale line
 *
 * `line`: four sizes, and the straight line through them. Without a size a small one is run.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Run, runCommand, runProcess } from './made/command.ts';
import { writeLeaderboard } from './made/leaderboard.ts';

interface Size {
  readonly models: number;
  readonly rows: number;
}
type Step = 'import' | 'describe' | 'report';

const steps: Readonly<Record<Step, readonly string[]>> = {
  import: ['import', 'scores.csv', '-o', 'table.parquet'],
  describe: ['describe', 'table.parquet', '--json'],
  report: [
    ...['report', 'table.parquet', '--features', 'features.csv', '--prune', '100'],
    ...['--routers', 'ridge,multi-label', '--policy', 'argmax', '--no-html', '--json'],
  ],
};
const line = ['1000x14000', '2000x20000', '4250x20000', '8500x20000'];

async function measure(size: Size): Promise<Record<Step, Run>> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-scale-'));
  try {
    // In a process of its own, so that what it holds is not held while the others run.
    await runProcess(
      process.execPath,
      [import.meta.filename, 'make', folder, `${size.models}`, `${size.rows}`],
      folder,
    );
    const runs = {} as Record<Step, Run>;
    for (const [step, args] of Object.entries(steps) as [Step, readonly string[]][]) {
      runs[step] = await runCommand(args, folder);
      const { seconds, cpuSeconds, mb } = runs[step];
      console.log(
        `| ${size.models} x ${size.rows} | ${step} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${mb.toFixed(0)} |`,
      );
    }
    const { size: from } = await stat(join(folder, 'scores.csv'));
    const { size: to } = await stat(join(folder, 'table.parquet'));
    console.log(`\nscores.csv ${(from / 1e6).toFixed(1)} MB, table.parquet ${(to / 1e6).toFixed(1)} MB`);
    const { sets } = JSON.parse(runs.report.out) as { sets: [{ notes?: string[] }] };
    for (const note of (sets[0].notes ?? []).slice(-2)) console.log(`${note}`);
    await peers(folder);
    return runs;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same import and means by group, by others; nothing where they are not installed. */
async function peers(folder: string): Promise<void> {
  const python = process.env['PYTHON'] ?? 'python3';
  for (const name of ['pandas', 'duckdb']) {
    try {
      const script = join(import.meta.dirname, 'peers', 'scale.py');
      const { out } = await runProcess(python, [script, name, 'scores.csv', `${name}.parquet`], folder);
      const told = JSON.parse(out) as { version: string; seconds: Record<string, number>; mb: number };
      const { read, write, group } = told.seconds;
      console.log(
        `${name} ${told.version}: read ${read!.toFixed(1)} s, write ${write!.toFixed(1)} s, means by group ${group!.toFixed(1)} s, ${told.mb.toFixed(0)} MB`,
      );
    } catch (error) {
      if (!/No module named|ENOENT/.test(String(error))) throw error;
      console.log(`${name} is not installed for ${python}`);
    }
  }
}

/** Least squares of seconds on millions of cells. */
function straightLine(points: readonly { readonly cells: number; readonly seconds: number }[]): string {
  const n = points.length;
  const [x, y] = [
    points.reduce((sum, p) => sum + p.cells, 0) / n,
    points.reduce((sum, p) => sum + p.seconds, 0) / n,
  ];
  const slope =
    points.reduce((sum, p) => sum + (p.cells - x) * (p.seconds - y), 0) /
    points.reduce((sum, p) => sum + (p.cells - x) ** 2, 0);
  const start = y - slope * x;
  const off = Math.max(...points.map((p) => Math.abs(p.seconds - start - slope * p.cells) / p.seconds));
  return `${start.toFixed(1)} s + ${slope.toFixed(3)} s a million cells, no size further off than ${(100 * off).toFixed(0)} %`;
}

function sizeOf(text: string): Size {
  const [models, rows] = text.split('x').map(Number);
  if (!(models! >= 10 && rows! >= 100))
    throw new Error(`${text} is no size; give MODELSxROWS, such as 1000x14000`);
  return { models: models!, rows: rows! };
}

const [given = '200x2000', ...rest] = process.argv.slice(2);
if (given === 'make') {
  await writeLeaderboard(rest[0]!, { models: Number(rest[1]), rows: Number(rest[2]) });
} else {
  const points: Record<Step, { cells: number; seconds: number }[]> = { import: [], describe: [], report: [] };
  for (const size of (given === 'line' ? line : [given]).map(sizeOf)) {
    console.log(
      '\n| models x rows | step | s | CPU s | greatest memory, MB |\n| ---: | --- | ---: | ---: | ---: |',
    );
    const runs = await measure(size);
    for (const step of Object.keys(steps) as Step[])
      points[step].push({ cells: (size.models * size.rows) / 1e6, seconds: runs[step].cpuSeconds });
  }
  if (given === 'line')
    for (const step of Object.keys(steps) as Step[]) console.log(`${step}: ${straightLine(points[step])}`);
}
