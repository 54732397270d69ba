import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { exportLog } from '../pipeline/export-log.ts';
import { collect, type Trip, trip } from './trip.fixture.ts';

let house: Trip;
let client: OpenAI;

before(async () => {
  house = await trip('  - { name: small, upstream: simulated }\n  - { name: large, upstream: simulated }');
  client = new OpenAI({ baseURL: `${house.gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 });
});
after(() => house.close());

const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

test('the official client gets an answer from auto, and the log reads back as rows of a table', async () => {
  const { data, response } = await client.chat.completions.create({ model: 'auto', messages }).withResponse();
  assert.match(data.choices[0]?.message.content ?? '', /simulated answer of "small"/);
  assert.equal(response.headers.get('x-signalbox-requested'), 'auto');
  assert.equal(response.headers.get('x-signalbox-chosen'), 'small');
  assert.equal(response.headers.get('x-signalbox-served'), 'small');
  assert.equal(response.headers.get('x-signalbox-router'), 'fixed');
  assert.equal(response.headers.get('x-signalbox-policy'), 'argmax');
  assert.equal(response.headers.get('x-signalbox-quality'), '0.9');
  assert.equal(response.headers.get('x-signalbox-cost'), '0.002');
  assert.equal(response.headers.get('x-signalbox-best-single-cost'), '0.002');
  assert.equal(response.headers.get('x-signalbox-attempts'), '1');

  const streamed = await client.chat.completions.create({ model: 'large', messages, stream: true });
  const pieces = await collect(streamed);
  const text = pieces.map((piece) => piece.choices[0]?.delta.content ?? '').join('');
  assert.match(text, /simulated answer of "large"/);
  assert.equal(pieces.at(-1)?.choices[0]?.finish_reason, 'stop');

  const requestId = response.headers.get('x-signalbox-request-id');
  const scored = await house.post('/v1/feedback', { request_id: requestId, score: 0.75, source: 'reader' });
  assert.equal(scored.status, 200);
  await house.gateway.flush();
  const rows = await collect(exportLog({ file: house.logFile }));
  assert.equal(rows.length, 2);
  const [first, second] = rows;
  assert.equal(first?.request_id, requestId);
  assert.equal(first?.model, 'small');
  assert.equal(first?.score, 0.75);
  assert.equal(first?.judge, 'reader');
  assert.equal(first?.policy, 'argmax');
  assert.equal(first?.propensity, 1);
  assert.equal(first?.predicted_score, 0.9);
  assert.deepEqual(first?.messages, messages);
  assert.equal(first?.tokens_in, 8);
  assert.equal(second?.model, 'large');
  assert.equal(second?.score, null);
  assert.equal(second?.query_id, first?.query_id);
  assert.equal('policy' in second!, false);
});

test('the models are listed, auto first', async () => {
  const models = await collect(client.models.list());
  assert.deepEqual(
    models.map(({ id }) => id),
    ['auto', 'small', 'large'],
  );
});
