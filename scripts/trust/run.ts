/**
 * Writes docs/trust.md: the statistics of a verdict, tried on worlds whose truth is known.
 * npm run trust [-- --keep FILE] [--share .1]
 * Answers are kept in a file as they come, so that an interrupted run goes on where it stopped.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type TrustWorldName, trustWorlds } from '../../packages/signalbox/src/pipeline/config.ts';
import { page } from './page.ts';
import { plainSeeds, seedsOf } from './plan.ts';
import type { Answer, Job } from './worker.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'string', default: 'trust.jsonl' },
    share: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    out: { type: 'string', default: 'docs/trust.md' },
    /** A sentence for the page, as of what these answers were drawn with. */
    note: { type: 'string' },
  },
});
const share = Number(values.share);
const worlds = Object.keys(trustWorlds) as TrustWorldName[];

const started = performance.now();
const answers: Answer[] = existsSync(values.keep)
  ? readFileSync(values.keep, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Answer)
  : [];
const done = new Set(answers.map(keyOfAnswer));
const jobs = jobsOf().filter((job) => !done.has(keyOfJob(job)));
const total = jobs.length;
await Promise.all(Array.from({ length: Number(values.workers) }, serve));
writeFileSync(values.out, page(answers, { note: values.note }));
process.stderr.write(`\n${values.out} is written.\n`);

/** Worlds take turns, so that a run cut short says something of each; the large one comes last, being the longest. */
function jobsOf(): Job[] {
  const trials = worlds.flatMap((world) =>
    Array.from(
      { length: Math.ceil(share * seedsOf[world]) },
      (_, seed): Job => ({ kind: 'trial', world, seed }),
    ),
  );
  const order = (job: Job): number =>
    job.kind === 'trial' ? (job.world === 'large' ? 1000 + job.seed : job.seed) : -2;
  const plain: Job[] = [];
  const most = Math.ceil(share * plainSeeds);
  for (let from = 0; from < most; from += 50)
    plain.push({ kind: 'plain', from, to: Math.min(most, from + 50) });
  return [...worlds.map((world): Job => ({ kind: 'truth', world })), ...plain, ...trials].sort(
    (a, b) => order(a) - order(b),
  );
}

async function serve(): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const ask = (job: Job): Promise<Answer> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage(job);
    });
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const answer = await ask(job);
    answers.push(answer);
    appendFileSync(values.keep, `${JSON.stringify(answer)}\n`);
    const minutes = (performance.now() - started) / 60_000;
    const left = total - jobs.length;
    process.stderr.write(
      `\r${left} of ${total} in ${minutes.toFixed(1)} min, about ${((minutes / left) * jobs.length).toFixed(0)} min left   `,
    );
  }
  await worker.terminate();
}

function keyOfJob(job: Job): string {
  if (job.kind === 'trial') return `trial ${job.world} ${job.seed}`;
  return job.kind === 'truth' ? `truth ${job.world}` : `plain ${job.from}`;
}

function keyOfAnswer(answer: Answer): string {
  if (answer.kind === 'trial') return `trial ${answer.trial.world} ${answer.trial.seed}`;
  return answer.kind === 'truth' ? `truth ${answer.world}` : `plain ${answer.trials[0]!.seed}`;
}
