import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import type { Format, ReadOptions } from '../core/format.ts';
import { listFiles } from './list.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

/** A small source of one format, and what is in it. */
export interface Sample {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly rows: number;
  readonly models: readonly string[];
  /** What its user would say, such as the metric of a log with several. */
  readonly options?: ReadOptions;
}

/** What every format does: it knows its own files alone, and gives a table whose parts fit each other. */
export function formatContract(work: {
  readonly name: string;
  readonly format: Format;
  readonly own: Sample;
  readonly all: Readonly<Record<string, Sample>>;
}): void {
  const { name, format, own, all } = work;
  test(`${name}: is named as the register names it, in one line`, () => {
    assert.equal(format.name, name);
    assert.match(format.summary, /^[^\n]{10,120}$/);
  });

  test(`${name}: knows its own files and no others`, async (t) => {
    for (const [other, sample] of Object.entries(all)) {
      const files = await listFiles([await folderOf(t, sample.files)]);
      assert.equal(format.detect(files), other === name, other);
    }
    assert.equal(format.detect([]), false);
  });

  test(`${name}: gives a table whose parts fit each other`, async (t) => {
    const files = await listFiles([await folderOf(t, own.files)]);
    const table = await format.read(files, own.options ?? {}, quietContext());
    const { examples, models, quality, k, samples = [] } = table;
    assert.equal(table.format, name);
    assert.equal(examples.length, own.rows);
    assert.deepEqual(
      models.map(({ id }) => id),
      own.models,
    );
    assert.equal(new Set(examples.map(({ id }) => id)).size, examples.length);
    const optional = [
      table.cost,
      table.rawScore,
      table.tokensIn,
      table.tokensOut,
      table.latencyMs,
      table.propensity,
    ];
    for (const m of [quality, k, ...samples, ...optional]) {
      if (m)
        assert.deepEqual(
          [m.rows, m.cols, m.data.length],
          [own.rows, own.models.length, own.rows * own.models.length],
        );
    }
    quality.data.forEach((value, cell) => {
      assert.equal(k.data[cell]! > 0, !Number.isNaN(value));
      assert.ok(Number.isNaN(value) || (value >= 0 && value <= 1));
    });
  });

  test(`${name}: reads the same table twice`, async (t) => {
    const files = await listFiles([await folderOf(t, own.files)]);
    const [once, again] = [
      await format.read(files, own.options ?? {}, quietContext()),
      await format.read(files, own.options ?? {}, quietContext()),
    ];
    const plain = (table: Dataset): object => ({ ...table, completion: undefined, calls: undefined });
    assert.deepEqual(plain(once), plain(again));
  });
}
