import { z } from 'zod';
import { vendors } from './config.ts';
import { gatewaySchema } from './gateway-schema.ts';

/** The reference of `signalbox.yaml` in Markdown, from the schema that reads it. */
export function configurationReference(): string {
  const rows = keys(z.toJSONSchema(gatewaySchema, { io: 'input' }) as Schema, '');
  const vendorRows = Object.entries(vendors as Record<string, { upstream: string; apiKeyEnv?: string }>).map(
    ([name, { upstream, apiKeyEnv }]) =>
      `| \`${name}\` | ${upstream} | ${apiKeyEnv ? `\`${apiKeyEnv}\`` : ''} |`,
  );
  return `| key | takes | default | meaning |
|---|---|---|---|
${rows.join('\n')}

## Vendors

\`vendor: NAME\` stands for these two; \`apiKeyEnv\` beside it names another variable.

| vendor | \`upstream\` | \`apiKeyEnv\` |
|---|---|---|
${vendorRows.join('\n')}
`;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly additionalProperties?: unknown;
}

function keys({ properties = {}, required = [] }: Schema, above: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${above}${name}`;
    const inner = [schema, ...(schema.anyOf ?? [])].find(({ properties: below }) => below);
    const deeper = schema.items ? keys(schema.items, `${path}[].`) : inner ? keys(inner, `${path}.`) : [];
    const own = row(path, schema, required.includes(name));
    return schema.description === undefined ? deeper : [own, ...deeper];
  });
}

function row(path: string, schema: Schema, required: boolean): string {
  const { default: value, description = '' } = schema;
  const standing = required ? '(needed)' : value === undefined ? '' : `\`${inYaml(value)}\``;
  return `| \`${path}\` | ${takes(schema)} | ${standing} | ${description} |`;
}

function takes(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(takes).join(' or ');
  if (schema.enum) return schema.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  const words: Record<string, string> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: '`true`, `false`',
    array: 'list',
    object: 'keys below',
  };
  return words[schema.type ?? ''] ?? '';
}

/** A default as one would write it. */
function inYaml(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${inYaml(inner)}`)
    .join(', ')} }`;
}
