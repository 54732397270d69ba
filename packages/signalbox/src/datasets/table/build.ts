import type { Dataset, ScoreKind } from '../../core/dataset.ts';
import { nearest, SignalboxError } from '../../core/errors.ts';
import type { ReadOptions } from '../../core/format.ts';
import type { Example } from '../../core/query.ts';
import type { Matrix } from '../../math/matrix.ts';
import { type Calls, type Cell, callStore, type Size } from './calls.ts';
import { completions, keptRepeats, outcomes, recordedCalls, sampleMatrices } from './outcomes.ts';
import { blockCalls, blockOutcomes, type WideBlock, wideBlock } from './wide-block.ts';

/** Collects examples, models and calls in any order; `finish` makes the table. Nothing is merged or dropped. */
export interface TableBuilder {
  readonly examples: Example[];
  example(example: Example): number;
  /** Column of this model, a new one where it is not known yet. */
  model(id: string): number;
  cell(example: number, model: number, cell: Cell): void;
  /** Rows of a wide source with these models; no example stands in two blocks, nor in one and in `cell`. */
  block(models: readonly string[]): WideBlock;
  note(sentence: string): void;
  drop(reason: string, rows: number): void;
  dropAll(counts: Readonly<Record<string, number>>): void;
  /** @throws SignalboxError where a repeat stands twice, there are no rows, or `weak` and `strong` name no model */
  finish(about: About): Dataset;
}

export interface About {
  readonly name: string;
  readonly format: string;
  /** What the source says of itself; `options` of the user come before it. */
  readonly primary?: 'quality' | 'macro' | undefined;
  readonly weak?: string | undefined;
  readonly strong?: string | undefined;
  /** Of all scores, where the rows do not say. */
  readonly scoreKind?: ScoreKind | undefined;
  readonly options: ReadOptions;
  /** The source, for errors that concern the whole table. */
  readonly file: string;
}

export function tableBuilder(): TableBuilder {
  const examples: Example[] = [];
  const models = new Map<string, number>();
  const notes: string[] = [];
  const rowsDropped: Record<string, number> = {};
  const calls = callStore();
  const blocks: WideBlock[] = [];
  const drop = (reason: string, rows: number): void => {
    rowsDropped[reason] = (rowsDropped[reason] ?? 0) + rows;
  };
  const model = (id: string): number => {
    const known = models.get(id);
    if (known !== undefined) return known;
    models.set(id, models.size);
    return models.size - 1;
  };
  return {
    examples,
    example: (example) => examples.push(example) - 1,
    model,
    cell: calls.add,
    block: (ids) => {
      const block = wideBlock(Int32Array.from(ids, model));
      blocks.push(block);
      return block;
    },
    note: (sentence) => notes.push(sentence),
    drop,
    dropAll: (counts) => {
      for (const [reason, rows] of Object.entries(counts)) drop(reason, rows);
    },
    finish: (about) => {
      const ids = [...models.keys()];
      if (examples.length === 0) {
        const why = Object.entries(rowsDropped).map(([reason, n]) => ` ${n} left out: ${reason}.`);
        throw new SignalboxError('table', `there are no rows in it.${why.join('')}`, { file: about.file });
      }
      if (ids.length === 0) {
        throw new SignalboxError('table', 'there are no models in it.', { file: about.file });
      }
      const size = { rows: examples.length, cols: ids.length };
      const plain = calls.length === 0 && blocks.length > 0 && blocks.every((block) => block.plain);
      if (!plain) for (const block of blocks) blockCalls(block, calls);
      const { cut = 0, ...outcome }: Outcome = plain
        ? blockOutcomes(blocks, size)
        : callOutcomes(calls, size, (row, col) => `${examples[row]?.id} and ${ids[col]}`);
      if (cut > 0) {
        notes.push(
          `${cut} cells have more than ${keptRepeats} repeats: all count in the mean, the first
          ${keptRepeats} are kept one by one.`.replace(/\s+/g, ' '),
        );
      }
      notes.push(...poolNotes(outcome.quality, ids));
      const { format, name, scoreKind = calls.kind() } = about;
      return {
        name,
        format,
        examples,
        models: ids.map((id) => ({ id, price: 'unknown' as const })),
        ...outcome,
        ...(scoreKind && { scoreKind }),
        ...roles(about, ids),
        rowsDropped,
        notes,
        digests: {},
      };
    },
  };
}

type Outcome = Pick<Dataset, 'quality' | 'k' | 'cost' | 'samples' | 'completion' | 'calls'> & {
  readonly cut?: number;
};

/** What single calls come to, cell by cell. */
function callOutcomes(calls: Calls, size: Size, nameOf: (row: number, col: number) => string): Outcome {
  const cells = calls.byCell(size, nameOf);
  const { samples, cut } = sampleMatrices(calls, cells, size);
  const completion = completions(calls, cells, size);
  const each = recordedCalls(calls, cells, size);
  return {
    ...outcomes(calls, cells, size),
    cut,
    ...(samples && { samples }),
    ...(completion && { completion }),
    ...(each && { calls: each }),
  };
}

/** Whether a note is about which models a table holds, which changes when tables are joined. */
export function isAboutPool(note: string): boolean {
  return /^(Only one model|Never observed)/.test(note);
}

/** What a user should know of which models a table holds. */
export function poolNotes(quality: Matrix, ids: readonly string[]): string[] {
  const notes: string[] = [];
  if (ids.length === 1)
    notes.push(`Only one model (${ids[0]}) is in the table: there is nothing to route between.`);
  const never = ids.filter((_, j) => {
    for (let i = j; i < quality.data.length; i += quality.cols)
      if (!Number.isNaN(quality.data[i]!)) return false;
    return true;
  });
  if (never.length > 0) notes.push(`Never observed: ${never.join(', ')}.`);
  return notes;
}

/** What the user or the source says of the table as a whole. @throws SignalboxError for a model that is not in it */
export function roles(about: About, ids: readonly string[]) {
  const { options, file } = about;
  const known = (role: 'weak' | 'strong', id: string | undefined) => {
    if (id === undefined) return {};
    if (ids.includes(id)) return { [role]: id };
    const near = nearest(id, ids);
    const hint = near === undefined ? `It holds ${listed(ids)}` : `Did you mean \`${near}\`?`;
    throw new SignalboxError('table', `the ${role} model \`${id}\` is not in the table. ${hint}`, { file });
  };
  return {
    primary: options.primary ?? about.primary ?? ('quality' as const),
    ...known('weak', options.weak ?? about.weak),
    ...known('strong', options.strong ?? about.strong),
  };
}

/** The first names of many, and how many more there are, as the end of a sentence. */
export function listed(names: readonly string[], most = 8): string {
  const shown = names
    .slice(0, most)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more.` : `${shown}.`;
}
