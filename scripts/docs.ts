/** Writes what stands in `docs/` but is made from the sources; `npm run docs`. The tests compare the files. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { glossary } from '../packages/signalbox/src/cli/words/glossary.ts';
import { errorTable } from '../packages/signalbox/src/core/errors.ts';
import { results } from '../packages/signalbox/src/core/results.ts';
import { configurationReference } from '../packages/signalbox/src/pipeline/gateway-reference.ts';
import { words } from './words.ts';

const made = 'Made by `npm run docs`; edit the source, not this file.';

function errors(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return `# Errors

Every error that Signalbox raises is one of these; anything else is a defect, and worth a report. The message says
what was given, what was expected and what to do, with file and line where there are any. On the command line it
goes to standard error and the exit status is 1; it is 2 for \`usage\` and 130 for \`interrupted\`. The gateway
answers with the status below and an error object as OpenAI's clients read it, whose \`code\` is the code, except
\`model_not_found\` for \`unknown-model\` and \`invalid_api_key\` for \`unauthorized\`.

${made}

| code | status | meaning |
|---|---|---|
${rows.join('\n')}
`;
}

function allWords(): string {
  const entries = Object.entries({ ...words, ...glossary })
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([term, meaning]) => `**${term}**: ${meaning}`);
  return `# Glossary

The words of Signalbox's reports, commands and sources. ${made}

${entries.join('\n\n')}
`;
}

function configuration(): string {
  return `# Configuration

Every key of \`signalbox.yaml\`. ${made}

${configurationReference()}`;
}

function schema(): string {
  const expanded = JSON.stringify({ title: 'signalbox/results@1', ...z.toJSONSchema(results) }, null, 2);
  return `${expanded.replaceAll(/^( *)(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm, shortList)}\n`;
}

/** A list on one line where it fits, as the formatter of the repository has it. */
function shortList(whole: string, indent: string, before: string, items: string, comma: string): string {
  const line = `${indent}${before}[${items.trim().split(/\n\s*/).join(' ')}]${comma}`;
  return line.length > 110 ? whole : line;
}

/** The files by their path from the root. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': configuration,
  'docs/errors.md': errors,
  'docs/glossary.md': allWords,
  'docs/results.schema.json': schema,
};

if (import.meta.main) {
  for (const [file, make] of Object.entries(documents)) {
    writeFileSync(new URL(`../${file}`, import.meta.url), make());
    console.log(file);
  }
}
