/**
 * The encoders on generated prompts of about 93 tokens, beside scikit-learn's TfidfVectorizer and TruncatedSVD on
 * the same texts: `npx node bench/encoders.ts`. PYTHON names the interpreter that has scikit-learn (python3
 * where absent). Median of several repeats after a warm-up, wall clock and processor time. `check` is how often the
 * nearest training text has the query's topic.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Encoder } from '../packages/signalbox/src/core/encoder.ts';
import type { Plain } from '../packages/signalbox/src/core/plain.ts';
import { type Query, userMessage } from '../packages/signalbox/src/core/query.ts';
import { encoders } from '../packages/signalbox/src/encoders/index.ts';
import { normaliseRows } from '../packages/signalbox/src/math/linear.ts';
import type { Matrix } from '../packages/signalbox/src/math/matrix.ts';
import { nearest } from '../packages/signalbox/src/math/nearest.ts';
import { rng } from '../packages/signalbox/src/math/rng.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';

const TRAIN = 6000;
const ASKED = 1000;
const KEPT = 15_000;
/** Words of a prompt: about 93 tokens of MiniLM. */
const WORDS = 82;

const common =
  'the of and a to in is that it for on with as at by from this which what how many are be or if find each answer following question between two when than given';
const topics = [
  'train speed miles hour distance travel car road journey fast slow fuel engine station wheel',
  'price dollar cost sell buy profit store discount customer market tax total money bill payment',
  'king empire war treaty century revolution army battle throne colony dynasty peace siege crown rebel',
  'cell protein gene enzyme membrane tissue blood organ virus bacteria plant species evolution embryo nerve',
  'function return array string loop integer class object variable method compile parse list index test',
  'law court contract judge statute crime evidence trial appeal liability property jury verdict plaintiff rights',
  'force mass energy velocity gravity magnetic field wave photon current voltage pressure heat momentum orbit',
  'river ocean mountain climate desert forest island rain volcano valley glacier coast storm continent soil',
  'angle triangle circle radius square equation root prime fraction polygon area volume matrix vector limit',
  'poem novel author verse metaphor character plot stage actor drama rhyme chapter irony narrator critic',
  'patient doctor disease symptom therapy dose surgery fever diagnosis infection nurse vaccine chronic clinic pain',
  'acid metal bond molecule reaction ion solution carbon oxygen catalyst compound electron salt crystal polymer',
].map((words) => words.split(' '));

const random = rng('bench');
const texts = Array.from({ length: TRAIN + ASKED }, () => prompt(random.int(topics.length)));
const queries = texts.map(({ text }, i): Query => ({ id: String(i), messages: userMessage(text) }));
const train = queries.slice(0, TRAIN);
const asked = queries.slice(TRAIN);
const context = makeContext({ seed: 1 });
const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));

interface Line {
  readonly task: string;
  readonly milliseconds: number;
  readonly processor: number;
  readonly check?: number;
}

try {
  const lines = [
    ...(await fitted('surface', encoders.surface())),
    ...(await fitted('tf-idf 1,024', encoders.tfidf())),
    ...(await fitted('lsa 128', encoders.lsa())),
    ...(await embedded()),
    ...(await kept()),
  ];
  const theirs = peer();
  console.log(
    `${TRAIN} training texts, ${ASKED} queries; ${availableParallelism()} cores; Node ${process.version}`,
  );
  console.log(theirs === undefined ? 'scikit-learn not found: skipped' : theirs.versions);
  console.table(
    lines.map(({ task, milliseconds, processor, check }) => {
      const other = theirs?.timings[task];
      return {
        task,
        'ours, ms': milliseconds.toFixed(1),
        'processor, ms': processor.toFixed(1),
        'scikit-learn, ms': other?.milliseconds.toFixed(1) ?? '',
        'processor, ms ': other?.processor.toFixed(1) ?? '',
        check: check?.toFixed(3) ?? '',
        'their check': other?.check?.toFixed(3) ?? '',
      };
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function prompt(topic: number): { text: string; topic: number } {
  const shared = common.split(' ');
  const own = topics[topic]!;
  const words = Array.from({ length: WORDS }, () => {
    const from =
      random.next() < 0.75 ? shared : random.next() < 0.7 ? own : topics[random.int(topics.length)]!;
    return from[random.int(from.length)]!;
  });
  return { text: `${words.join(' ')} ${random.int(1000)}?`, topic };
}

async function fitted<S extends Plain>(name: string, encoder: Encoder<S>): Promise<Line[]> {
  const fit = await timed(3, () => encoder.fit(train, context));
  const encode = await timed(5, () => encoder.encode(asked, fit.result, context));
  const one = await timed(200, () => encoder.encode(asked.slice(0, 1), fit.result, context));
  const base = await encoder.encode(train, fit.result, context);
  return [
    { task: `${name}, fit ${TRAIN}`, ...fit.time },
    { task: `${name}, encode ${ASKED}`, ...encode.time, check: sameTopic(base, encode.result) },
    { task: `${name}, encode 1`, ...one.time },
  ];
}

async function embedded(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const worker of [false, true]) {
    const encoder = encoders.minilm({ worker });
    const name = worker ? 'minilm in its thread' : 'minilm';
    const load = await timed(0, () => encoder.encode(asked.slice(0, 1), null, context));
    lines.push({ task: `${name}, load`, ...load.time });
    const one = await timed(50, (i) => encoder.encode([asked[i % ASKED]!], null, context));
    lines.push({ task: `${name}, encode 1`, ...one.time });
    if (!worker) {
      const base = await encoder.encode(train.slice(0, ASKED), null, context);
      const many = await timed(0, () => encoder.encode(asked, null, context));
      lines.push({ task: `${name}, encode ${ASKED}`, ...many.time, check: sameTopic(base, many.result) });
    }
    await encoder.close?.();
  }
  return lines;
}

/** Reading kept rows, as a second run does: MiniLM's width, made quickly. */
async function kept(): Promise<Line[]> {
  const width = 384;
  const quick: Encoder<null> = {
    name: 'quick',
    settings: {},
    fit: async () => null,
    encode: async ({ length }) => ({
      rows: length,
      cols: width,
      data: new Float32Array(length * width).fill(0.5),
    }),
    width: () => width,
  };
  const many = Array.from({ length: KEPT }, (_, i): Query => {
    const text = `${texts[i % texts.length]!.text} ${i}`;
    return { id: String(i), messages: userMessage(text) };
  });
  const write = await timed(0, () => encoders.cached(quick, { folder }).encode(many, null, context));
  const read = await timed(3, () => encoders.cached(quick, { folder }).encode(many, null, context));
  return [
    { task: `cached, write ${KEPT} x ${width}`, ...write.time },
    { task: `cached, read ${KEPT} x ${width}`, ...read.time },
  ];
}

/** Median over the repeats after one call to warm up; without repeats that call itself. */
async function timed<T>(
  repeats: number,
  run: (i: number) => Promise<T>,
): Promise<{ result: T; time: { milliseconds: number; processor: number } }> {
  const times: { milliseconds: number; processor: number }[] = [];
  let result: T | undefined;
  for (let i = 0; i <= repeats; i++) {
    const processor = process.cpuUsage();
    const start = performance.now();
    result = await run(i);
    const milliseconds = performance.now() - start;
    const { user, system } = process.cpuUsage(processor);
    if (i > 0 || repeats === 0) times.push({ milliseconds, processor: (user + system) / 1000 });
  }
  times.sort((a, b) => a.milliseconds - b.milliseconds);
  return { result: result as T, time: times[Math.floor(times.length / 2)]! };
}

function sameTopic(base: Matrix, rows: Matrix): number {
  const found = nearest({ queries: normaliseRows(rows), base: normaliseRows(base), k: 1 });
  let same = 0;
  for (let i = 0; i < rows.rows; i++) {
    const near = found.indices[i]!;
    if (near >= 0 && texts[near]!.topic === texts[TRAIN + i]!.topic) same++;
  }
  return same / rows.rows;
}

function peer(): { versions: string; timings: Record<string, Omit<Line, 'task'>> } | undefined {
  const python = process.env['PYTHON'] ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import sklearn'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  writeFileSync(join(folder, 'input.json'), JSON.stringify({ train: TRAIN, texts }));
  const script = join(import.meta.dirname, 'peers', 'sklearn_encoders.py');
  return JSON.parse(execFileSync(python, [script, folder], { encoding: 'utf8', maxBuffer: 1 << 26 })) as {
    versions: string;
    timings: Record<string, Omit<Line, 'task'>>;
  };
}
