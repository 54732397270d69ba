import type { Context } from './context.ts';
import type { Dataset } from './dataset.ts';

/** One file of a source, its beginning already read. */
export interface SourceFile {
  /** As the user gave it, or joined to the folder that the user gave. */
  readonly path: string;
  /** Path below the folder that the user gave; the file's name where the file itself was given. */
  readonly name: string;
  readonly size: number;
  /** The first 64 kB, for looking. */
  readonly head: Uint8Array;
  /** Of a Parquet file the first 64 kB of its footer, where its columns are named. */
  readonly foot?: Uint8Array;
}

export interface ReadOptions {
  readonly primary?: 'quality' | 'macro';
  readonly weak?: string;
  readonly strong?: string;
  readonly ignoreColumns?: readonly string[];
  /** What is read as the score where a log holds several. */
  readonly metrics?: readonly string[];
}

/** A format that outcome tables come in. */
export interface Format {
  readonly name: string;
  /** In one line, for `--help` and the documentation. */
  readonly summary: string;
  /** True if a table may hold several scores, of which `--metric` names one. */
  readonly metrics?: boolean;
  /** True if these files are surely of this format; sees heads only. */
  detect(files: readonly SourceFile[]): boolean;
  /**
   * What the path of a file tells beside its bytes, such as the model: files of the same bytes are copies of each other
   * where it is the same. Absent = nothing.
   */
  told?(file: SourceFile): string;
  /** @throws SignalboxError naming file and line for whatever is malformed */
  read(files: readonly SourceFile[], options: ReadOptions, context: Context): Promise<Dataset>;
}
