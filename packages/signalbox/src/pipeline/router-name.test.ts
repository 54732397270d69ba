import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRouterNames, baselineNames, findRouter, listedRouters, routerNames } from './config.ts';
import { parseRouterName, splitRouterNames, variantParams } from './router-name.ts';

test('commas stand between routers and between the words of a variant', () => {
  const registered = ['multi-label', 'knn', 'mlp'];
  const split = (list: string): string[] => splitRouterNames(list, registered);
  assert.deepEqual(split('multi-label:mlp,balanced,knn'), ['multi-label:mlp,balanced', 'knn']);
  assert.deepEqual(split(' knn , multi-label:mlp, weights=balanced ,./own.js,'), [
    'knn',
    'multi-label:mlp,weights=balanced',
    './own.js',
  ]);
  assert.deepEqual(split('multi-label:mlp,knn:k=3,multi-label'), [
    'multi-label:mlp',
    'knn:k=3',
    'multi-label',
  ]);
  // Without a colon before it, an unknown word is a router that does not exist.
  assert.deepEqual(split('knn,balanced'), ['knn', 'balanced']);
  assert.deepEqual(split(',,'), []);
});

test('a path keeps its colons; words follow the ending of a module', () => {
  assert.deepEqual(parseRouterName('./a:b/mine.mjs'), { base: './a:b/mine.mjs', words: [] });
  assert.deepEqual(parseRouterName('./a:b/mine.mjs:fast,k=2'), {
    base: './a:b/mine.mjs',
    words: ['fast', 'k=2'],
  });
  assert.deepEqual(parseRouterName('knn'), { base: 'knn', words: [] });
});

const made = { name: 'made', variants: { fast: { epochs: 1 }, slow: { epochs: 9 } } };

test('words and name=value become parameters; values are numbers, truths or text', () => {
  assert.deepEqual(variantParams(made, ['fast', 'rate=1e-3', 'on=true', 'head=mlp']), {
    epochs: 1,
    rate: 0.001,
    on: true,
    head: 'mlp',
  });
});

test('a word that is none lists the variants; words that contradict are refused', () => {
  assert.throws(
    () => variantParams(made, ['fasd']),
    /no variant "fasd" \(did you mean "fast"\?\).*fast, slow/,
  );
  assert.throws(() => variantParams({ name: 'bare' }, ['x']), /"bare" has no variant "x": it has none/);
  assert.throws(() => variantParams(made, ['fast', 'slow']), /sets epochs twice, by "fast" and by "slow"/);
});

test('a router is found by name and variant, and called as it was named', async () => {
  const { name, params } = await findRouter('clusters:kappa=3', { kappa: 5, k: [2] });
  assert.equal(name, 'clusters:kappa=3');
  // What the name says holds, whatever parameters come with it.
  assert.deepEqual(params, { kappa: 3, k: [2] });
  await assert.rejects(
    findRouter('clusters:colour=red'),
    /does not take these parameters: .*colour.*It takes k, kappa\./,
  );
  await assert.rejects(
    findRouter('multi-label:mpl'),
    /are linear, mlp, plain, balanced, .*\(head, weights, /,
  );
  await assert.rejects(findRouter('clusters:kappa=red'), /kappa/);
  await assert.rejects(findRouter('cluster:kappa=3'), /did you mean "clusters"/);
});

test('`all` is every registered router; the usual ones are a fixed list of them', () => {
  assert.deepEqual(listedRouters('all'), [...allRouterNames]);
  assert.deepEqual(listedRouters('clusters:kappa=3,all').slice(0, 2), [
    'clusters:kappa=3',
    allRouterNames[0],
  ]);
  assert.ok(routerNames.every((name) => allRouterNames.includes(name)));
  assert.ok(baselineNames.every((name) => !allRouterNames.includes(name)));
});
