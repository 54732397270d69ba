import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { cached } from './cached.ts';
import { encoderContract } from './contract.ts';
import { lsa } from './lsa.ts';
import { minilm } from './minilm.ts';
import { stacked } from './stacked.ts';
import { surface } from './surface.ts';
import { tfidf } from './tfidf.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-encoders-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const makers = {
  surface: () => surface(),
  tfidf: () => tfidf({ maxFeatures: 200 }),
  lsa: () => lsa({ width: 8 }),
  'lsa wider than the texts': () => lsa(),
  minilm: () => minilm({ folder }),
  'minilm in its thread': () => minilm({ folder, worker: true }),
  stacked: () => stacked([surface(), lsa({ width: 8 }), tfidf({ maxFeatures: 100 })]),
  'stacked of nothing': () => stacked([]),
  'cached lsa': () => cached(lsa({ width: 8 }), { folder }),
  'cached minilm': () => cached(minilm({ folder }), { folder }),
};

for (const [name, make] of Object.entries(makers)) describe(name, () => encoderContract(make));
