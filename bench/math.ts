/**
 * The mathematics beside scikit-learn, on the same data in one run: `npm run bench`, or `npx node bench/math.ts`.
 * PYTHON names the interpreter that has scikit-learn (python3 where absent). Median of several repeats after a
 * warm-up, by the clock and by processor time, which says more on a busy machine. Ours is one thread; so is the
 * peer's linear algebra unless THREADS says otherwise.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { kmeans } from '../packages/signalbox/src/math/kmeans.ts';
import { normaliseRows } from '../packages/signalbox/src/math/linear.ts';
import { fitLogistic, fitLogisticMany } from '../packages/signalbox/src/math/logistic.ts';
import { column, type Matrix, matrix, matrix32, selectRows } from '../packages/signalbox/src/math/matrix.ts';
import { fitMlp, mlpLoss } from '../packages/signalbox/src/math/mlp.ts';
import { nearest } from '../packages/signalbox/src/math/nearest.ts';
import { fitRidge } from '../packages/signalbox/src/math/ridge.ts';
import { rng } from '../packages/signalbox/src/math/rng.ts';

const N = 6000;
const P = 512;
const M = 7;
const PENALTIES = [1, 3, 10, 30, 100, 300, 1000, 3000];

interface Task {
  readonly name: string;
  readonly repeats: number;
  /** Does the work and returns one number that the peer must agree with, about. */
  readonly run: () => number;
}

interface Timing {
  readonly milliseconds: number;
  /** Processor time. */
  readonly cpu: number;
  readonly check: number;
}

const { x, y, base, queries } = data();
const folds = Int32Array.from({ length: N }, (_, i) => i % 5);
const all = Int32Array.from({ length: N }, (_, i) => i);

const tasks: readonly Task[] = [
  {
    name: `ridge, 5 folds x ${PENALTIES.length} penalties, 7 targets`,
    repeats: 3,
    run: () => sumOfSquares(fitRidge({ x, y, folds, penalties: PENALTIES }).coefficients),
  },
  {
    name: 'logistic, 1 target',
    repeats: 3,
    run: () => sumOfSquares(asColumn(fitLogistic({ x, y: column(y, 0), penalty: 10 }).coefficients)),
  },
  {
    name: 'logistic, 7 targets',
    repeats: 3,
    run: () => sumOfSquares(fitLogisticMany({ x, y, penalty: 10 }).coefficients),
  },
  {
    name: 'k-means, k = 20, 4 starts x 25 iterations',
    repeats: 3,
    run: () => kmeans(base, { k: 20, rng: rng(1), restarts: 4, iterations: 25 }).inertia,
  },
  {
    name: 'kNN, 1,000 queries, k = 20',
    repeats: 5,
    run: () => mean(nearest({ queries, base, k: 20 }).similarity),
  },
  {
    name: 'kNN, 1 query, k = 20',
    repeats: 101,
    run: () => mean(nearest({ queries: { ...queries, rows: 1 }, base, k: 20 }).similarity),
  },
  {
    name: 'MLP, 64 hidden, 5 epochs, 7 targets',
    repeats: 3,
    run: () => {
      const settings = { hidden: 64, epochs: 5, rate: 1e-3, batch: 128, decay: 0, loss: 'logistic' } as const;
      return mlpLoss(fitMlp({ ...settings, x, y, rng: rng(1) }), { x, y, rows: all });
    },
  },
];

const ours = new Map(tasks.map((task) => [task.name, timed(task)]));
const theirs = peer();
console.log(
  `${N} rows x ${P} (kNN, k-means: ${N} x ${base.cols}); ${availableParallelism()} cores; Node ${process.version}`,
);
if (theirs === undefined) console.log('scikit-learn not found: skipped');
else console.log(theirs.versions);
console.table(
  tasks.map(({ name }) => {
    const own = ours.get(name)!;
    const other = theirs?.timings[name];
    return {
      task: name,
      'ours, ms': own.milliseconds.toFixed(1),
      'scikit-learn, ms': other?.milliseconds.toFixed(1) ?? '',
      'ours / theirs': other === undefined ? '' : (own.milliseconds / other.milliseconds).toFixed(2),
      'by processor time': other === undefined ? '' : (own.cpu / other.cpu).toFixed(2),
      'our result': own.check.toPrecision(5),
      'their result': other?.check.toPrecision(5) ?? '',
    };
  }),
);

function data(): { x: Matrix; y: Matrix; base: Matrix; queries: Matrix } {
  const random = rng('bench');
  const x = matrix32(N, P);
  for (let c = 0; c < x.data.length; c++) x.data[c] = random.normal();
  const y = matrix(N, M);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < M; j++) {
      let z = 0;
      for (let t = 0; t < 20; t++) z += 0.3 * x.data[i * P + t * M + j]!;
      y.data[i * M + j] = Number(random.next() < 1 / (1 + Math.exp(-z)));
    }
  }
  const centres = matrix32(40, 384);
  for (let c = 0; c < centres.data.length; c++) centres.data[c] = random.normal();
  const rows = selectRows(
    centres,
    Int32Array.from({ length: N }, () => random.int(40)),
  );
  for (let c = 0; c < rows.data.length; c++) rows.data[c]! += 1.5 * random.normal();
  const base = normaliseRows(rows);
  return {
    x,
    y,
    base,
    queries: selectRows(
      base,
      Int32Array.from({ length: 1000 }, (_, i) => 6 * i),
    ),
  };
}

function timed({ repeats, run }: Task): Timing {
  let check = run();
  const times: number[] = [];
  const cpus: number[] = [];
  for (let r = 0; r < repeats; r++) {
    const start = performance.now();
    const before = process.cpuUsage();
    check = run();
    const { user, system } = process.cpuUsage(before);
    times.push(performance.now() - start);
    cpus.push((user + system) / 1000);
  }
  return { milliseconds: median(times), cpu: median(cpus), check };
}

/** The same tasks by name in scikit-learn; undefined where it is not installed. */
function peer(): { versions: string; timings: Record<string, Timing> } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  try {
    for (const [name, m] of Object.entries({ x, y, base, queries })) {
      writeFileSync(
        join(folder, `${name}.bin`),
        new Uint8Array(m.data.buffer, m.data.byteOffset, m.data.byteLength),
      );
    }
    const input = {
      names: tasks.map(({ name, repeats }) => [name, repeats]),
      n: N,
      p: P,
      m: M,
      penalties: PENALTIES,
    };
    writeFileSync(join(folder, 'input.json'), JSON.stringify(input));
    const script = join(import.meta.dirname, 'peers', 'sklearn_math.py');
    const python = process.env['PYTHON'] ?? 'python3';
    const threads = process.env['THREADS'] ?? '1';
    const output = execFileSync(python, [script, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        OMP_NUM_THREADS: threads,
        OPENBLAS_NUM_THREADS: threads,
        MKL_NUM_THREADS: threads,
      },
    });
    return JSON.parse(output) as { versions: string; timings: Record<string, Timing> };
  } catch (error) {
    if (/No module named|ENOENT/.test(String(error))) return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function asColumn(values: Float64Array): Matrix {
  return { rows: values.length, cols: 1, data: values };
}

function sumOfSquares(m: Matrix): number {
  let sum = 0;
  for (const value of m.data) sum += value * value;
  return sum;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
