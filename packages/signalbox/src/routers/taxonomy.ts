import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { columnMeans } from '../core/table.ts';
import { multiply, normaliseRows } from '../math/linear.ts';
import { hstack, type Matrix, matrix, matrix32, row, selectRows } from '../math/matrix.ts';
import { argmax, descending, quantile } from '../math/order.ts';
import { fitRidge, predictRidge } from '../math/ridge.ts';
import { admitToMeans, withColumn } from './shared/admitted.ts';
import { centredError } from './shared/centred.ts';
import { growTree, type LabelTree, leafProbabilities, lowerBound, suitability } from './shared/label-tree.ts';
import { unit } from './shared/neighbours.ts';
import { penalties } from './shared/posterior.ts';
import { inOwnOrder } from './shared/row-order.ts';

const params = z.strictObject({
  /** Leaves of the tree, about; every group has one at least. */
  leaves: z.int().positive().default(40),
  /** Training rows that a leaf has on average at least. */
  smallest: z.int().positive().default(20),
  kappa: z.number().positive().default(10),
  trusted: z.int().nonnegative().default(5),
  /** With which a model's success under a label exceeds its bound; .5: the mean. */
  confidence: z.number().min(0.5).lt(1).default(0.8),
  /** Candidates for the learned head's share, where the label is clear and where it is not; chosen by inner folds. */
  shares: z.array(z.number().min(0).max(1)).min(1).default([0, 0.25, 0.5, 0.75, 1]),
});
type State = {
  readonly tree: LabelTree;
  /** Leaves x models. */
  readonly means: Matrix;
  readonly bounds: Matrix;
  readonly overall: Float64Array;
  /** The learned head, of the models of the training table. */
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  readonly mix: Mix;
};

/** Below this margin between the two likeliest labels a label counts as unclear; the learned head's share on either side. */
type Mix = { readonly margin: number; readonly clear: number; readonly unclear: number };

/**
 * EMAFusion (2504.10681) before its cascade: a taxonomy router for familiar queries, which holds how suitable each
 * model has been for a query's labels, and a learned router, one linear output per model on the encoded query and
 * its labels, for ambiguous ones; both combined. `table` and `learned` are the parts by themselves.
 *
 * Departures. The paper publishes neither its labels nor the form of either part: the tree, the bounds and the rule
 * between the parts are our reading. Labels are the table's groups and k-means clusters below them, told from the
 * text by a softmax over cosines to their centroids; no LLM classifies. Suitability is a Beta posterior of success
 * per label and model, its prior the label above, and counts at its lower bound; a label with few answers leaves the
 * word to the one above. The learned head is a ridge regression. Its share is one number where the margin between
 * the two likeliest labels is high and another where it is low, both and the margin chosen by inner folds, where
 * the paper's rule would be all or nothing. Sub-problems, constraints, judges and the cascade belong to strategies.
 * A model joins by its answers under each label; the learned head does not know it, so that its bounds speak alone.
 */
export const taxonomy: Router<z.infer<typeof params>, State> = {
  name: 'taxonomy',
  summary:
    'suitability of each model for the labels of a query, and a learned head where they are unclear (EMAFusion)',
  paper: '2504.10681',
  params,
  needs: { features: true, group: false },
  variants: { table: { shares: [0] }, learned: { shares: [1] } },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { table, folds, features } = train;
    const { quality } = table;
    const { tree, labels, outOfFold } = growTree(train, params, context);
    const cells = { labels, parent: tree.parent };
    const learned = fitRidge({
      x: withLabel(features, outOfFold),
      y: quality,
      folds,
      penalties,
      signal: context.signal,
    });
    const trusted = matrix(quality.rows, quality.cols);
    for (const fold of new Set(folds)) {
      const { bounds } = suitability(quality, cells, params, (i) => folds[i] === fold);
      const rows = Int32Array.from(folds.keys()).filter((i) => folds[i] === fold);
      const values = multiply(selectRows(outOfFold, rows), bounds);
      rows.forEach((i, at) => void trusted.data.set(row(values, at), i * quality.cols));
    }
    const parts = { trusted, learned: learned.outOfFold, margins: margins(outOfFold) };
    return {
      tree,
      ...suitability(quality, cells, params),
      overall: columnMeans(quality),
      coefficients: learned.coefficients,
      intercept: learned.intercept,
      mix: chosenMix(quality, parts, params.shares),
    };
  },
  predict: ({ features }, state, _, context) => {
    const labels = leafProbabilities(unit(features, context), state.tree);
    const learned = predictRidge(state, withLabel(features, labels));
    return {
      quality: mixed(
        { trusted: multiply(labels, state.bounds), learned, margins: margins(labels) },
        state.mix,
      ),
    };
  },
  admit: ({ features, quality }, state, params, context) => {
    const labels = leafProbabilities(unit(features, context), state.tree);
    const cells = Int32Array.from({ length: labels.rows }, (_, i) => argmax(row(labels, i)));
    const { means, overall, counts } = admitToMeans({ table: state, cells, quality, kappa: params.kappa });
    const own = Float64Array.from(counts, (n, leaf) =>
      lowerBound(means.data[(leaf + 1) * means.cols - 1]!, n, params),
    );
    return { ...state, means, overall, bounds: withColumn(state.bounds, own) };
  },
  explain: ({ features }, state, _, models) => explained(features, state, models),
};

/** The encoded query, and 1 in the column of its likeliest label. */
function withLabel(features: Matrix, labels: Matrix): Matrix {
  const indicators = matrix32(labels.rows, labels.cols);
  for (let i = 0; i < labels.rows; i++) indicators.data[i * labels.cols + argmax(row(labels, i))] = 1;
  return hstack([features, indicators]);
}

/** Between the two likeliest labels; 1 where there is but one. */
function margins(labels: Matrix): Float64Array {
  return Float64Array.from({ length: labels.rows }, (_, i) => {
    const own = row(labels, i);
    const [first, second] = descending(own);
    return second === undefined ? 1 : own[first!]! - own[second]!;
  });
}

interface Parts {
  readonly trusted: Matrix;
  /** Of the models of the training table. */
  readonly learned: Matrix;
  readonly margins: Float64Array;
}

function mixed({ trusted, learned, margins }: Parts, { margin, clear, unclear }: Mix): Matrix {
  const out = matrix(trusted.rows, trusted.cols);
  for (let i = 0; i < out.rows; i++) {
    const share = margins[i]! < margin ? unclear : clear;
    for (let m = 0; m < out.cols; m++) {
      const table = trusted.data[i * out.cols + m]!;
      const head = m < learned.cols ? learned.data[i * learned.cols + m]! : Number.NaN;
      out.data[i * out.cols + m] = Number.isNaN(head) ? table : (1 - share) * table + share * head;
    }
  }
  return out;
}

/** Of every split of rows by margin the best share on either side, by the error of predicted differences. */
function chosenMix(quality: Matrix, parts: Parts, shares: readonly number[]): Mix {
  const sorted = parts.margins.slice().sort();
  const ends = { margin: 0, clear: 0, unclear: 0 };
  const errorsOf = (rows: Int32Array): { share: number; error: number } => {
    const side = {
      trusted: selectRows(parts.trusted, rows),
      learned: selectRows(parts.learned, rows),
      margins: new Float64Array(rows.length).fill(1),
    };
    const observed = selectRows(quality, rows);
    let best = { share: shares[0]!, error: Number.POSITIVE_INFINITY };
    for (const share of shares) {
      const error = rows.length * centredError(observed, mixed(side, { ...ends, clear: share }));
      if (error < best.error) best = { share, error };
    }
    return best;
  };
  const all = Int32Array.from(parts.margins.keys());
  let best: (Mix & { error: number }) | undefined;
  for (const margin of new Set([0, ...[0.25, 0.5, 0.75].map((p) => quantile(sorted, p))])) {
    const clear = errorsOf(all.filter((i) => parts.margins[i]! >= margin));
    const unclear = errorsOf(all.filter((i) => parts.margins[i]! < margin));
    const error = clear.error + unclear.error;
    if (best === undefined || error < best.error)
      best = { margin, clear: clear.share, unclear: unclear.share, error };
  }
  const { margin, clear, unclear } = best!;
  return { margin, clear, unclear };
}

function explained(features: Matrix, state: State, models: readonly string[]): string[] {
  const { tree, mix } = state;
  const labels = leafProbabilities(normaliseRows(features), tree);
  const leaf = argmax(row(labels, 0));
  const group = tree.groups[tree.parent[leaf]!]!;
  const best = argmax(row(state.bounds, leaf));
  const share = margins(labels)[0]! < mix.margin ? mix.unclear : mix.clear;
  return [
    `Its likeliest label is ${group === '' ? '' : `"${group}", `}leaf ${leaf + 1} of ${tree.parent.length} (${Math.round(100 * labels.data[leaf]!)} %), for which ${models[best]} is most surely suited.`,
    `The learned head counts for ${Math.round(100 * share)} % of the forecast.`,
  ];
}
