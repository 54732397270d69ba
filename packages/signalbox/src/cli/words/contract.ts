import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate, ResultSet, Results, System, Versus } from '../../core/results.ts';
import { results } from '../../core/results.ts';
import { type Rng, rng } from '../../math/rng.ts';

/** Made-up results in the shapes that a face must render; every one keeps the schema. */

export interface Shape {
  readonly seed?: number;
  readonly dataset?: string;
  readonly models?: number;
  readonly groups?: number;
  readonly rows?: number;
  readonly cost?: 'usd' | 'strong share' | null;
  readonly primary?: 'quality' | 'macro';
  readonly kind?: 'split' | 'cv';
  readonly routers?: readonly string[];
  /** All models have the same quality everywhere. */
  readonly equal?: boolean;
  readonly longNames?: boolean;
  /** No estimate beyond the singles' quality. */
  readonly nulls?: boolean;
  readonly command?: string;
}

const defaults = ['residual', 'residual-text', 'knn', 'clusters', 'ridge', 'multi-label', 'mlp'];

export function fakeResults(...shapes: Shape[]): Results {
  return results.parse({
    schema: 'signalbox/results@1',
    command: shapes[0]?.command ?? 'report table.jsonl --seed 0',
    version: '0.1.0',
    seed: 0,
    startedAt: '2026-03-01T09:30:00.000Z',
    sets: (shapes.length === 0 ? [{}] : shapes).map(fakeSet),
  });
}

const vendors = ['llama-3-8b', 'mistral-7b', 'gpt-3.5', 'claude-instant', 'qwen-2-72b', 'yi-34b', 'phi-3'];

function modelNames(n: number, long: boolean): string[] {
  return Array.from({ length: n }, (_, i) => {
    const name = `${vendors[i % vendors.length]}${i < vendors.length ? '' : `-${Math.floor(i / vendors.length)}`}`;
    return long
      ? `organisation-with-a-long-name/${name}-instruct-v0.${i}-awq-4bit-<finetuned>&"merged"`
      : name;
  });
}

interface World {
  readonly models: string[];
  readonly groups: string[];
  readonly weights: number[];
  /** Groups x models. */
  readonly quality: number[][];
  /** Dollars a query, or 0 and 1 of a weak and a strong model. */
  readonly cost: number[];
  readonly rows: number;
  readonly random: Rng;
}

function world(shape: Shape): World {
  const random = rng(shape.seed ?? 0);
  const models = modelNames(shape.models ?? 7, shape.longNames ?? false);
  const groups = Array.from({ length: shape.groups ?? 5 }, (_, g) => groupName(g, shape.longNames ?? false));
  const ability = models.map((_, m) =>
    shape.equal ? 0.5 : 0.35 + (0.3 * m) / Math.max(1, models.length - 1),
  );
  const effective = groups.length === 0 ? ['all'] : groups;
  const quality = effective.map(() => {
    const ease = shape.equal ? 0 : 0.15 * random.normal();
    return ability.map((a) => clip(a + ease + (shape.equal ? 0 : 0.05 * random.normal())));
  });
  const sizes = effective.map(() => (shape.equal ? 1 : 0.2 + random.next()));
  const total = sizes.reduce((a, b) => a + b, 0);
  const cost = models.map((_, m) =>
    shape.cost === 'strong share'
      ? m / Math.max(1, models.length - 1)
      : 0.00003 * 2 ** ((7 * m) / models.length) * (0.7 + random.next()),
  );
  return {
    models,
    groups,
    weights: sizes.map((size) => size / total),
    quality,
    cost,
    rows: shape.rows ?? 9408,
    random,
  };
}

const topics = ['algebra', 'law', 'medicine', 'code', 'history', 'physics', 'chemistry', 'ethics', 'trivia'];
function groupName(g: number, long: boolean): string {
  const name = `${topics[g % topics.length]}${g < topics.length ? '' : `_${Math.floor(g / topics.length)}`}`;
  return long ? `${name}: questions of the second examination of the professional association` : name;
}

const clip = (x: number): number => Math.min(Math.max(x, 0.02), 0.98);

function around(value: number, half: number, n: number): Estimate {
  return { value, low: value - half, high: value + half, n };
}

/** A system from the mix of models that it sends each group to, and a lift of its own. */
function make(at: World, shape: Shape, name: string, mix: (g: number) => number[], lift = 0): System {
  const perGroup = at.quality.map((row, g) => clip(dot(row, mix(g)) + lift));
  const value = perGroup.reduce((sum, q, g) => sum + q * at.weights[g]!, 0);
  const macro = perGroup.reduce((sum, q) => sum + q, 0) / perGroup.length;
  const half = shape.equal ? 0 : 1.96 * Math.sqrt((value * (1 - value)) / at.rows);
  const shares = at.models.map((_, m) => at.weights.reduce((sum, weight, g) => sum + weight * mix(g)[m]!, 0));
  const cost = dot(at.cost, shares);
  return {
    name,
    kind: 'baseline',
    quality: around(value, half, at.rows),
    macro: around(macro, half * 1.1, at.rows),
    groups: Object.fromEntries(
      at.groups.map((group, g) => {
        const n = Math.max(1, Math.round(at.rows * at.weights[g]!));
        const wide = shape.equal ? 0 : 1.96 * Math.sqrt((perGroup[g]! * (1 - perGroup[g]!)) / n);
        return [group, around(perGroup[g]!, wide, n)];
      }),
    ),
    cost: shape.cost === null ? null : around(cost, cost * 0.04, at.rows),
    choices: Object.fromEntries(at.models.map((model, m) => [model, shares[m]!])),
    versus: { bestSingle: null, taskTable: null },
    fitSeconds: 0,
    predictSecondsPer1000: 0,
  };
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, i) => s + x * b[i]!, 0);
const one = (n: number, at: number): number[] => Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));
const argmax = (row: readonly number[]): number => row.indexOf(Math.max(...row));

export function fakeSet(shape: Shape = {}): ResultSet {
  const at = world(shape);
  const n = at.models.length;
  const mean = at.models.map((_, m) => at.quality.reduce((s, row, g) => s + row[m]! * at.weights[g]!, 0));
  const best = argmax(mean);
  const build = (name: string, mix: (g: number) => number[], lift = 0): System =>
    make(at, shape, name, mix, lift);
  const table = (g: number): number[] => one(n, argmax(at.quality[g]!));
  const baselines = [
    build('random', () => Array<number>(n).fill(1 / n)),
    build('cheapest', () => one(n, 0)),
    build('best-single', () => one(n, best)),
    { ...build('best-single-hindsight', () => one(n, best)), kind: 'bound' as const },
    build('task-table', table),
    build('task-table-predicted', table, shape.equal ? 0 : -0.004),
    { ...build('oracle', table, shape.equal ? 0 : 0.15), kind: 'oracle' as const },
  ];
  const names = shape.routers ?? defaults;
  const routers = names.map((name, i) => {
    const mix = (g: number): number[] =>
      one(n, argmax(at.quality[g]!)).map((x, m) => 0.9 * x + 0.1 * (m === best ? 1 : 0));
    return decorate(at, shape, {
      ...build(name, mix, shape.equal ? 0 : 0.004 - 0.003 * i),
      kind: 'router',
      router: name,
      encoder: 'stacked',
      policy: 'utility',
      strategy: 'single',
    });
  });
  const systems = [
    ...at.models.map((model, m) => ({
      ...build(`single:${model}`, () => one(n, m)),
      kind: 'single' as const,
    })),
    ...baselines,
    hull(at, shape, mean),
    ...routers,
  ].map((system) => compare(at, shape, system, baselines));
  return wrapSet(at, shape, shape.nulls ? systems.map(blank) : systems);
}

/** Curves and cost measures of a router. */
function decorate(at: World, shape: Shape, system: System): System {
  const value = system.quality!.value;
  const [low, high] = [Math.min(...at.cost), Math.max(...at.cost)];
  const share = (x: number): Estimate => around(x, 0.05, at.rows);
  const costly =
    shape.cost === null
      ? {}
      : {
          aiq: around(value - 0.02, 0.01, at.rows),
          aiqLift: around(0.01, 0.006, at.rows),
          costAt: { '95': share(0.41), '98': share(0.58), '99': share(0.66) },
          costAtFixed: { '95': share(0.44), '98': share(0.62), '99': null },
          curve: Array.from({ length: 21 }, (_, i) => {
            const t = i / 20;
            return {
              cost: low > 0 ? low * (high / low) ** t : low + (high - low) * t,
              quality: value - 0.2 * (1 - t) ** 2,
              parameter: t,
            };
          }),
        };
  const strong =
    shape.cost === 'strong share'
      ? {
          apgr: around(0.678, 0.02, at.rows),
          cpt50: around(0.26, 0.03, at.rows),
          cpt80: around(0.61, 0.04, at.rows),
        }
      : {};
  return {
    ...system,
    ...costly,
    ...strong,
    calibration: Object.fromEntries(
      at.models.map((model) => [
        model,
        { brier: 0.15 + 0.1 * at.random.next(), ece: 0.05 * at.random.next() },
      ]),
    ),
    choiceEntropy: 1 + at.random.next(),
    fitSeconds: 20 * at.random.next(),
    predictSecondsPer1000: at.random.next(),
  };
}

function hull(at: World, shape: Shape, mean: readonly number[]): System {
  const shared = {
    name: 'zero-router',
    kind: 'bound' as const,
    quality: null,
    macro: null,
    groups: null,
    cost: null,
    choices: null,
    versus: { bestSingle: null, taskTable: null },
    fitSeconds: 0,
    predictSecondsPer1000: 0,
  };
  if (shape.cost === null) return shared;
  const curve: { cost: number; quality: number; parameter: null }[] = [];
  const order = at.cost.map((_, m) => m).sort((a, b) => at.cost[a]! - at.cost[b]!);
  for (const m of order) {
    if (curve.length === 0 || mean[m]! > curve.at(-1)!.quality) {
      curve.push({ cost: at.cost[m]!, quality: mean[m]!, parameter: null });
    }
  }
  const ninety = around(0.85, 0.05, at.rows);
  return {
    ...shared,
    curve,
    aiq: around(0.6, 0.01, at.rows),
    costAt: { '95': around(0.7, 0.05, at.rows), '98': ninety, '99': null },
  };
}

function compare(at: World, shape: Shape, system: System, baselines: readonly System[]): System {
  const value = system[shape.primary ?? 'quality']?.value;
  if (value === undefined) return system;
  const against = (name: string): Versus | null => {
    const other = baselines.find((baseline) => baseline.name === name);
    if (name === system.name || other === undefined) return null;
    const difference = value - other[shape.primary ?? 'quality']!.value;
    const half = shape.equal ? 0 : 0.004 + 1 / at.rows;
    const p = Math.min(1, Math.exp(-Math.abs(difference) / (half / 3 || 1)));
    return { value: difference, low: difference - half, high: difference + half, p };
  };
  const grouped = at.groups.length > 0;
  return {
    ...system,
    versus: { bestSingle: against('best-single'), taskTable: grouped ? against('task-table') : null },
  };
}

function blank(system: System): System {
  const { costAt: _a, costAtFixed: _b, curve: _c, calibration: _d, aiq: _e, aiqLift: _f, ...rest } = system;
  const single = system.kind === 'single';
  return {
    ...rest,
    quality: single ? system.quality : null,
    macro: null,
    groups: null,
    cost: null,
    choices: null,
    versus: { bestSingle: null, taskTable: null },
  };
}

function wrapSet(at: World, shape: Shape, systems: System[]): ResultSet {
  const kind = shape.kind ?? 'cv';
  return {
    dataset: shape.dataset ?? 'table',
    rows: at.rows + 20,
    rowsDropped: { 'not every compared model is observed': 20 },
    models: at.models,
    groups: at.groups,
    protocol: {
      kind,
      ...(kind === 'cv' ? { folds: 5 } : {}),
      trainRows: Math.round(at.rows * 0.8),
      testRows: at.rows,
      calibrationRows: 0,
      leaks: kind === 'split' ? 12 : 0,
      duplicates: 38,
    },
    primary: shape.primary ?? 'quality',
    costUnit: shape.cost === undefined ? 'usd' : shape.cost,
    systems,
    flags: [
      {
        code: 'near-copies',
        models: at.models.slice(0, 2),
        groups: [],
        message: 'Two models agree on 98 % of the queries; they may be one model behind two names.',
      },
    ],
    notes: ['3 scores above 1 were clipped to 1.'],
    digests: { 'table.jsonl': 'ab'.repeat(32) },
    groupRows: Object.fromEntries(at.groups.map((g, i) => [g, Math.round(at.rows * at.weights[i]!)])),
    encoder: 'surface + lsa + minilm',
    seconds: 83.4,
  };
}

/** The shapes that every face renders. */
export const shapes: Readonly<Record<string, Results>> = {
  ordinary: fakeResults(),
  'weak and strong': fakeResults({
    models: 2,
    cost: 'strong share',
    groups: 57,
    command: 'reproduce routellm',
  }),
  'macro, split': fakeResults({ primary: 'macro', kind: 'split', cost: null, command: 'reproduce routerdc' }),
  'one model': fakeResults({ models: 1, routers: [] }),
  'no models': { ...fakeResults(), sets: [{ ...fakeSet(), models: [], systems: [], groups: [] }] },
  'no groups': fakeResults({ groups: 0 }),
  'one group': fakeResults({ groups: 1 }),
  'no cost': fakeResults({ cost: null }),
  '57 groups, 30 models': fakeResults({ groups: 57, models: 30, rows: 14042 }),
  'long names': fakeResults({ longNames: true }),
  'null intervals': fakeResults({ nulls: true }),
  'all models equal': fakeResults({ equal: true }),
  'no routers': fakeResults({ routers: [] }),
  'another router': fakeResults({ routers: ['knn', 'ridge'] }),
  'few rows': fakeResults({ rows: 24, models: 3, groups: 2 }),
  'several sets': fakeResults(
    { dataset: 'pooled', command: 'reproduce routerbench', models: 11, groups: 3 },
    { dataset: 'arc', groups: 1, models: 11 },
    { dataset: 'arc+winogrande', groups: 2, models: 11, seed: 3 },
  ),
};

/** Every shape renders without a hole: no undefined, NaN or null is shown. */
export function faceContract(
  name: string,
  render: (results: Results) => string | Promise<string>,
  of: Readonly<Record<string, Results>> = shapes,
): void {
  for (const [shape, made] of Object.entries(of)) {
    test(`${name} renders: ${shape}`, async () => {
      assert.doesNotThrow(() => results.parse(made));
      const text = await render(made);
      assert.ok(text.length > 100);
      assert.doesNotMatch(text, /undefined|\bNaN\b|(?<!Rasch )\bnull\b|\[object |Infinity/);
      for (const set of made.sets) assert.ok(text.includes(set.dataset));
    });
  }
}
