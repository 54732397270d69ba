import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { type Fields, objectIn, textIn } from './files/fields.ts';
import { headText, readBytes, stopIfAborted } from './files/files.ts';
import { members } from './files/json-object.ts';
import { openZip, type Zip } from './files/zip.ts';
import { type InspectLog, inspectCall } from './inspect-sample.ts';
import { logTable } from './logs/logs.ts';
import { tableName } from './table/names.ts';

/** Logs of Inspect (inspect_ai, EvalLog version 2), packed as `.eval` or as one `.json`; an epoch is a repeat. */
export const inspect: Format = {
  name: 'inspect',
  summary: 'logs of Inspect, .eval or .json, one a model and task; epochs are repeats',
  metrics: true,
  detect: (files) => files.length > 0 && files.every((file) => isPacked(file) || isPlain(file)),
  read: async (files, options, context) => {
    const logs = logTable();
    for (const file of files) {
      const run = logs.run();
      const { header, samples } = isPacked(file) ? packedLog(file, context) : plainLog(file);
      const about = aboutOf(await header(), { file: file.path });
      let left = 0;
      for await (const { sample, place } of samples()) {
        if (about.status !== 'success' || sample['invalidation']) left++;
        else run(inspectCall(sample, { ...about, options, place }));
      }
      const why = about.status === 'success' ? 'invalidated' : `in a log that ended as ${about.status}`;
      if (left > 0) logs.table.drop(why, left);
    }
    return logs.finish({ name: tableName(files), format: 'inspect', options, file: files[0]?.path ?? '' });
  },
};

function isPacked(file: SourceFile): boolean {
  const head = Buffer.from(file.head.subarray(0, 60));
  return (
    head.toString('latin1', 0, 4) === 'PK\x03\x04' &&
    /^(_journal\/|samples\/|header\.json|summaries\.json)/.test(head.toString('latin1', 30))
  );
}

function isPlain(file: SourceFile): boolean {
  return /^\s*\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:\s*"\w+"\s*,\s*"eval"\s*:\s*\{/.test(headText(file));
}

interface Opened {
  header(): Promise<Fields>;
  samples(): AsyncGenerator<{ readonly sample: Fields; readonly place: Place }>;
}

/** A log as one JSON object. */
function plainLog(file: SourceFile): Opened {
  let read: Promise<{ header: Fields; samples: readonly unknown[]; line: number }> | undefined;
  const log = () => {
    read ??= (async () => {
      const header: Record<string, unknown> = {};
      let [samples, at]: [unknown, number] = [[], 1];
      for (const { name, value, line } of members(await readBytes(file), file.path)) {
        if (name === 'samples') [samples, at] = [value ?? [], line];
        else if (name === 'status' || name === 'eval') header[name] = value;
      }
      if (!Array.isArray(samples))
        throw new SignalboxError('row', '`samples` is no list.', { file: file.path, line: at });
      return { header, samples, line: at };
    })();
    return read;
  };
  return {
    header: async () => (await log()).header,
    samples: async function* () {
      const { samples, line } = await log();
      for (const [i, value] of samples.entries()) {
        const place = { file: file.path, line };
        yield { sample: objectIn(value, `sample ${i + 1}`, place), place };
      }
    },
  };
}

/** A packed log: a member for the header and one for each sample and epoch. */
function packedLog(file: SourceFile, context: Context): Opened {
  return {
    header: async () => {
      await using zip = await openZip(file.path);
      // A log that was cut short has the journal of its start alone.
      const name = zip.has('header.json') ? 'header.json' : '_journal/start.json';
      const header = await json(zip, name, file.path);
      return name === 'header.json' ? header : { status: 'started', ...header };
    },
    samples: async function* () {
      await using zip = await openZip(file.path);
      const names = zip.entries.map(({ name }) => name).filter((name) => /^samples\/.*\.json$/.test(name));
      // Members stand in the order in which samples ended; by name epochs follow each other.
      names.sort((a, b) => epochOf(a) - epochOf(b) || (a < b ? -1 : 1));
      for (const [i, name] of names.entries()) {
        if (i % 100 === 0) stopIfAborted(context);
        context.progress(`reading ${file.name}, samples`, i + 1, names.length);
        yield { sample: await json(zip, name, file.path), place: { file: `${file.path}/${name}` } };
      }
    },
  };
}

const epochOf = (name: string): number => Number(/_epoch_(\d+)\.json$/.exec(name)?.[1] ?? 0);

async function json(zip: Zip, name: string, path: string): Promise<Fields> {
  const place = { file: `${path}/${name}` };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await zip.read(name)));
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('row', `it is malformed (${(cause as Error).message}).`, { ...place, cause });
  }
  return objectIn(value, name, place);
}

function aboutOf(header: Fields, place: Place): InspectLog {
  const spec = objectIn(header['eval'], '`eval`', place);
  const task = textIn(spec, 'task', place);
  const model = textIn(spec, 'model', place);
  if (task === undefined || model === undefined)
    throw new SignalboxError('format', 'the log names no task or no model; is it a log of Inspect?', place);
  const dataset = textIn(objectIn(spec['dataset'], '`dataset`', place), 'name', place);
  return { status: textIn(header, 'status', place) ?? 'unknown', task, model, dataset };
}
