import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SignalboxError } from '../core/errors.ts';
import { checkConfig } from './gateway-check.ts';
import { openPool, parseGatewayConfig, readGatewayConfig } from './gateway-config.ts';

const one = 'models:\n  - { name: a, upstream: "https://host.example/v1" }\n';

describe('a configuration that is wrong is refused with its line', () => {
  const wrong: Record<string, readonly [string, RegExp]> = {
    'an unknown key at the top': [
      `${one}routr: ./router\n`,
      /^c\.yaml:3: unknown key "routr"; did you mean "router"\?/,
    ],
    'an unknown key of a model': [
      'models:\n  - name: a\n    upstream: simulated\n    contextwindow: 5\n',
      /^c\.yaml:4: models\[0\]: unknown key "contextwindow"; did you mean "contextWindow"\?/,
    ],
    'an unknown key of a price': [
      'models:\n  - name: a\n    upstream: simulated\n    price:\n      input: 1\n      ouput: 2\n',
      /^c\.yaml:\d: models\[0\]\.price/,
    ],
    'an unknown key that resembles none': [
      `${one}log: { zzzzzz: 1 }\n`,
      /^c\.yaml:3: log: unknown key "zzzzzz"; known are file, text, retentionDays/,
    ],
    'text for a number': [
      `${one}timeouts:\n  idleMs: soon\n`,
      /^c\.yaml:4: timeouts\.idleMs: expected number, received string/,
    ],
    'a word that is not one of three': [
      `${one}log:\n  text: some\n`,
      /^c\.yaml:4: log\.text: .*"full".*"hash".*"off"/,
    ],
    'a negative price': [
      'models:\n  - { name: a, upstream: simulated, price: { input: -1, output: 1 } }\n',
      /^c\.yaml:2: models\[0\]\.price\.input/,
    ],
    'no models': ['listen: 127.0.0.1:1\n', /models: expected array/],
    'an empty list': ['models: []\n', /^c\.yaml:1: models: /],
    'the name auto': [
      'models:\n  - { name: auto, upstream: simulated }\n',
      /^c\.yaml:2: models\[0\]\.name: "auto" is what clients write/,
    ],
    'a name that stands twice': [
      `${one}  - { name: a, upstream: simulated }\n`,
      /^c\.yaml:3: models\[1\]\.name: "a" stands twice/,
    ],
    'one model of the table twice': [
      `${one}  - { name: b, upstream: simulated, trainedAs: a }\n`,
      /^c\.yaml:3: "a" and "b" are both trained as "a"/,
    ],
    'neither vendor nor upstream': [
      'models:\n  - { name: a }\n',
      /^c\.yaml:2: "a" has neither of vendor and upstream/,
    ],
    both: [
      'models:\n  - { name: a, vendor: openai, upstream: simulated }\n',
      /^c\.yaml:2: "a" has both of vendor and upstream/,
    ],
    'an unknown vendor': [
      'models:\n  - { name: a, vendor: opnai }\n',
      /^c\.yaml:2: .*unknown vendor "opnai"; did you mean "openai"\?/,
    ],
    'an upstream that is no URL': [
      'models:\n  - { name: a, upstream: host/v1 }\n',
      /^c\.yaml:2: upstream: not a URL/,
    ],
    'an upstream with another protocol': [
      'models:\n  - { name: a, upstream: "ftp://host/v1" }\n',
      /^c\.yaml:2: upstream: not a URL/,
    ],
    'the URL of the endpoint': [
      'models:\n  - { name: a, upstream: "https://host/v1/chat/completions" }\n',
      /without \/chat\/completions/,
    ],
    'an address that is none': [
      `${one}listen: everywhere\n`,
      /^c\.yaml:3: listen: "everywhere" is no address and port/,
    ],
    'a port that is none': [`${one}listen: 127.0.0.1:99999\n`, /^c\.yaml:3: listen/],
    'an unknown strategy': [
      `${one}strategy: { use: falback }\n`,
      /^c\.yaml:3: unknown strategy "falback"; did you mean "fallback"\?/,
    ],
    'a parameter that a strategy does not take': [
      `${one}strategy: { use: single, attempts: 2 }\n`,
      /^c\.yaml:3: strategy "single"/,
    ],
    'broken YAML': ['models: [\n', /^c\.yaml:\d: this is not YAML/],
    'a key that stands twice': [
      `${one}listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n`,
      /^c\.yaml:4: this is not YAML/,
    ],
    nothing: ['', /models: expected array/],
    'a list': ['- a\n', /expected object, received array/],
  };
  for (const [name, [text, sentence]] of Object.entries(wrong)) {
    test(name, () => {
      assert.throws(
        () => parseGatewayConfig('c.yaml', text),
        (error) => {
          assert.ok(error instanceof SignalboxError);
          assert.match(error.message, sentence);
          assert.equal(error.code, 'config');
          return true;
        },
      );
    });
  }

  test('a secret in a URL is refused, and not repeated', () => {
    for (const url of ['https://user:hunter2@host/v1', 'https://host/v1?key=hunter2']) {
      assert.throws(
        () => parseGatewayConfig('c.yaml', `models:\n  - { name: a, upstream: "${url}" }\n`),
        (error) =>
          error instanceof SignalboxError &&
          !error.message.includes('hunter2') &&
          error.message.includes('apiKeyEnv'),
      );
    }
  });

  test('a file that is not there', async () => {
    await assert.rejects(
      readGatewayConfig('/nowhere/c.yaml'),
      /\/nowhere\/c\.yaml: cannot be read \(ENOENT\)/,
    );
  });
});

test('defaults, paths from the folder of the file, and names that default to each other', () => {
  const config = parseGatewayConfig('/etc/signalbox/c.yaml', `${one}router: ./router\n`);
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 8080);
  assert.equal(config.router, '/etc/signalbox/router');
  assert.equal(config.log.file, '/etc/signalbox/signalbox.db');
  assert.equal(config.limits.bodyBytes, 33_554_432);
  const [model] = config.models;
  assert.deepEqual(model, {
    name: 'a',
    trainedAs: 'a',
    model: 'a',
    upstream: 'https://host.example/v1',
    price: 'unknown',
    simulatedLatencyMs: 0,
  });
  const ipv6 = parseGatewayConfig('c.yaml', `${one}listen: "[::1]:9000"\n`);
  assert.deepEqual([ipv6.host, ipv6.port], ['::1', 9000]);
});

test('a vendor is a row: its address and its variable', () => {
  const { models } = parseGatewayConfig('c.yaml', 'models:\n  - { name: a, vendor: groq, model: llama }\n');
  assert.equal(models[0]?.upstream, 'https://api.groq.com/openai/v1');
  assert.equal(models[0]?.apiKeyEnv, 'GROQ_API_KEY');
});

test('a key that is not set is named by its variable', async () => {
  const config = parseGatewayConfig('c.yaml', 'models:\n  - { name: a, vendor: groq }\n');
  await assert.rejects(
    openPool(config, {}, Date.now),
    /"a" takes its key from the variable GROQ_API_KEY, which is not set/,
  );
  await assert.rejects(
    openPool(config, { GROQ_API_KEY: 'hunter2\nX' }, Date.now),
    (error) => error instanceof SignalboxError && !error.message.includes('hunter2'),
  );
});

describe('check explains', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-check-'));
  });
  after(() => rm(folder, { recursive: true }));
  const check = async (text: string, env: Record<string, string>) => {
    const file = join(folder, 'signalbox.yaml');
    await writeFile(file, text);
    const chooser = {
      models: ['org/A', 'org/B'],
      encoder: 'stacked',
      router: 'residual',
      policy: 'utility',
      bestSingle: 'org/A',
      decide: () => Promise.reject(new Error('not called')),
      close: async () => {},
    };
    return checkConfig(file, env, async () => chooser);
  };

  test('what is served, what matches, and which keys are set', async () => {
    const text =
      'router: ./router\nmodels:\n  - { name: a, trainedAs: org/A, vendor: groq, price: { input: 1, output: 2 } }\n  - { name: org/C, upstream: simulated }\n';
    const { lines, problems, url } = await check(text, { GROQ_API_KEY: 'hunter2' });
    const said = lines.map((line) => line.join('\t')).join('\n');
    assert.equal(url, 'http://127.0.0.1:8080/v1');
    assert.match(
      said,
      /a: https:\/\/api\.groq\.com\/openai\/v1; key GROQ_API_KEY set; \$1 in, \$2 out per million tokens; in auto as org\/A/,
    );
    assert.match(
      said,
      /org\/C: simulated; price unknown; by name only: the router does not know it \(trainedAs: org\/A\?\)/,
    );
    assert.match(said, /trained on models that are not served: org\/B/);
    assert.equal(said.includes('hunter2'), false);
    assert.deepEqual(problems, []);
  });

  test('what stands in the way', async () => {
    const text =
      'router: ./router\nlisten: 0.0.0.0:80\nlog: { file: nowhere/x.db }\nmodels:\n  - { name: c, vendor: groq }\n';
    const { problems } = await check(text, {});
    assert.equal(problems.length, 4);
    assert.match(problems.join('\n'), /no key is asked for/);
    assert.match(problems.join('\n'), /GROQ_API_KEY, which is not set/);
    assert.match(
      problems.join('\n'),
      /the router knows none of the models; it was trained on org\/A, org\/B/,
    );
  });
});
