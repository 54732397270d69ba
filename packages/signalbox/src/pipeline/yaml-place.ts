import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest, SignalboxError } from '../core/errors.ts';

type Path = readonly PropertyKey[];

/** A YAML file whose places are known: errors name the line. */
export interface PlacedYaml {
  readonly value: unknown;
  /** Line of the value at a path, counted from 1; of its nearest parent where there is none. */
  line(path: Path): number | undefined;
  /** Line of a key of the map at a path. */
  keyLine(path: Path, key: string): number | undefined;
}

/** @throws SignalboxError where the text is not YAML */
export function readYaml(file: string, text: string): PlacedYaml {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    throw new SignalboxError('config', `this is not YAML: ${error.message}`, {
      file,
      line: lines.linePos(error.pos[0]).line,
    });
  }
  const lineOf = (node: unknown): number | undefined =>
    isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined;
  return {
    value: document.toJS() as unknown,
    line(path) {
      for (let length = path.length; length >= 0; length--) {
        const line = lineOf(document.getIn(path.slice(0, length), true));
        if (line !== undefined) return line;
      }
      return undefined;
    },
    keyLine(path, key) {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      if (!isMap(map)) return undefined;
      return lineOf(map.items.find((item) => isScalar(item.key) && item.key.value === key)?.key);
    },
  };
}

/**
 * What a schema has against a file, as one sentence with its line: an unknown key with the nearest known
 * one, a wrong value with what was expected.
 * @param keysAt the keys that are known at a path
 */
export function schemaError(
  file: string,
  yaml: PlacedYaml,
  { issue, keysAt }: { issue: z.core.$ZodIssue; keysAt: (path: Path) => readonly string[] },
): SignalboxError {
  const { path } = issue;
  const at = path.length === 0 ? '' : `${written(path)}: `;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = keysAt(path);
    const near = nearest(key, known);
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
    return placed(file, yaml.keyLine(path, key), `${at}unknown key "${key}"; ${hint}`);
  }
  if (issue.code === 'invalid_union') {
    // The branch that got furthest says most: an object with one wrong key was meant as an object.
    const branches = issue.errors.map(([first]) => first).filter((first) => first !== undefined);
    const deepest = branches.find((first) => first.path.length > 0 || first.code === 'unrecognized_keys');
    if (deepest) {
      return schemaError(file, yaml, { issue: { ...deepest, path: [...path, ...deepest.path] }, keysAt });
    }
    const ways = branches.map((first) => plain(first.message)).join(', or ');
    return placed(file, yaml.line(path), `${at}${ways}`);
  }
  return placed(file, yaml.line(path), `${at}${plain(issue.message)}`);
}

function placed(file: string, line: number | undefined, sentence: string): SignalboxError {
  return new SignalboxError('config', sentence, { file, ...(line !== undefined && { line }) });
}

function plain(message: string): string {
  return message.replace(/^Invalid input: /, '');
}

/** `models[1].price` */
function written(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
