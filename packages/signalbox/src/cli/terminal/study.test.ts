import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faceContract } from '../words/contract.ts';
import { evidenceShapes } from '../words/evidence.fixture.ts';
import { renderCompareTerminal } from './compare.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const plain = { colour: false, unicode: true };
const shapes = evidenceShapes();

faceContract('the terminal', (results) => renderTerminal(results, plain), shapes);

for (const [name, results] of Object.entries(shapes)) {
  test(`no line is wider than asked for: ${name}`, () => {
    for (const most of [80, 60]) {
      const lines = [
        renderTerminal(results, { ...plain, width: most }),
        renderCompareTerminal(results, shapes['full evidence']!, { ...plain, width: most }),
      ];
      for (const line of lines.join('').split('\n')) {
        assert.ok(width(line) <= most, `${width(line)}: ${line}`);
        assert.equal(line, line.trimEnd());
      }
    }
  });
}

test('a study shows a line for each scenario and the best five routers of each', () => {
  const study = shapes['founding study']!;
  const text = renderTerminal(study, plain);
  assert.match(text, /^Scenarios: routing beats the best single model beyond noise in 0 of 3/);
  assert.equal(text.match(/^and 15 routers more/gm)!.length, 3);
  for (const { dataset } of study.sets) assert.match(text, new RegExp(`^${dataset} +\\d\\d\\.\\d\\d`, 'm'));
  const systems = text.match(/^Systems: [\s\S]*?and 15 routers more/gm)!;
  const routers = systems.map((block) => block.match(/^(?:multi|separate|cluster)\S+/gm)?.length);
  assert.deepEqual(routers, [5, 5, 5]);
  assert.match(text, /highest of 20 routers/);
  assert.equal(text.match(/on\s+these the choice does not matter/g)!.length, 3);
});

test('two runs: verdicts side by side, values, and what one alone has', () => {
  const a = shapes['full evidence']!;
  const set = a.sets[0]!;
  const systems = set.systems
    .filter(({ name }) => name !== 'mlp')
    .map((one) =>
      one.name === 'knn' ? { ...one, quality: { value: 0.9, low: 0.89, high: 0.91, n: 9408 } } : one,
    );
  const text = renderCompareTerminal(a, { ...a, sets: [{ ...set, systems }] }, plain);
  assert.match(text, /^A\. Does routing raise quality\? yes, but a task table is enough\.$/m);
  assert.match(text, /^B\. Does routing save cost\? yes\.$/m);
  assert.match(text, /^knn .* 90\.00 .*B is higher$/m);
  assert.match(text, /^Systems in A alone: mlp\.$/m);
  assert.match(text, /^The same rows: /m);
});
