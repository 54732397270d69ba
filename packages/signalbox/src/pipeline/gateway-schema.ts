import { z } from 'zod';

/** `signalbox.yaml`, key by key; the reference in docs/serving.md is made from the descriptions here. */

const milliseconds = z.int().min(1).max(86_400_000);
const text = z.string().min(1);

const price = z
  .union([
    z.literal('unknown'),
    z.strictObject({
      input: z.number().nonnegative().describe('US dollars per million tokens of the prompt'),
      output: z.number().nonnegative().describe('US dollars per million tokens of the answer'),
      cachedInput: z
        .number()
        .nonnegative()
        .optional()
        .describe(
          'US dollars per million tokens that the upstream read from its cache; `input` where absent',
        ),
    }),
  ])
  .default('unknown')
  .describe('what a call costs, or `unknown`; an unknown price is never taken for 0');

const model = z.strictObject({
  name: text.describe('the name that clients use; `auto` is taken'),
  trainedAs: text
    .optional()
    .describe('its name in the table that the router was trained on, where it differs'),
  vendor: text.optional().describe('a known vendor instead of `upstream` and `apiKeyEnv`'),
  upstream: text
    .optional()
    .describe('base URL of an OpenAI-compatible endpoint, or `simulated` for answers made up on the spot'),
  model: text.optional().describe('its name at the upstream, where it differs'),
  apiKeyEnv: text.optional().describe("environment variable that holds the upstream's key"),
  price,
  contextWindow: z.int().min(1).optional().describe('tokens; longer prompts go to other models'),
  simulatedLatencyMs: z
    .number()
    .min(0)
    .optional()
    .describe('mean time to the first word of a simulated model'),
});

export const gatewaySchema = z.strictObject({
  router: text.optional().describe('folder of the trained router; without one, only models by name'),
  listen: z
    .union([text, z.int()])
    .default('127.0.0.1:8080')
    .describe('address and port; any but a loopback address needs `auth`'),
  models: z.array(model).min(1).describe('the pool'),
  policy: z
    .looseObject({ use: text.describe('name of the policy; its parameters stand beside it') })
    .optional()
    .describe("the router's own where absent"),
  strategy: z
    .looseObject({ use: text.describe('name of the strategy; its parameters stand beside it') })
    .default({ use: 'fallback' })
    .describe('how `auto` is carried out'),
  timeouts: z
    .strictObject({
      connectMs: milliseconds.default(5_000).describe('to connect to an upstream'),
      firstTokenMs: milliseconds.default(60_000).describe('to the first content of a stream'),
      idleMs: milliseconds.default(60_000).describe('between two pieces of a stream'),
      answerMs: milliseconds.default(600_000).describe('to the end of an answer that is not a stream'),
      drainMs: milliseconds.default(10_000).describe('for open answers to end when the gateway is stopped'),
    })
    .prefault({}),
  log: z
    .strictObject({
      file: text.default('signalbox.db').describe('SQLite file'),
      text: z
        .enum(['full', 'hash', 'off'])
        .default('full')
        .describe('`full` keeps messages, `hash` only their SHA-256, `off` neither'),
      retentionDays: z
        .number()
        .positive()
        .max(36_500)
        .default(30)
        .describe('rows older than this are deleted'),
    })
    .prefault({}),
  auth: z
    .strictObject({ keysEnv: text.describe('environment variable that holds the keys, separated by commas') })
    .optional()
    .describe('keys that clients must send'),
  limits: z
    .strictObject({
      bodyBytes: z
        .int()
        .min(1)
        .max(1024 * 1024 * 1024)
        .default(32 * 1024 * 1024)
        .describe('largest body of a request'),
      connections: z.int().min(1).max(65_535).default(512).describe('connections to one upstream at most'),
    })
    .prefault({}),
  guardAlpha: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .describe(
      'queries less usual than this share of the training queries go to the best single model; 0 turns it off',
    ),
  acceptVerdict: z.boolean().default(false).describe('serve a router whose verdict is no'),
});

export type GatewaySettings = z.infer<typeof gatewaySchema>;
export type ModelSettings = GatewaySettings['models'][number];
