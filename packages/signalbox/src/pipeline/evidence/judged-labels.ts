import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { Flag } from '../../core/results.ts';
import type { LabelQualityResult } from '../../core/results-evidence.ts';
import { judgeAgreement, predictionPowered, roganGladen } from '../../feasibility/judges.ts';
import { at, column as columnOf, type Matrix, matrix } from '../../math/matrix.ts';
import type { Design } from '../../metrics/design.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';

/** A second judge of the same answers, and labels by hand of some of them: tables with the same query ids and models. */
export interface OtherLabels {
  readonly judge?: Dataset;
  readonly gold?: Dataset;
}

/** How far the labels can be trusted: agreement with a second judge, and accuracies corrected by a gold subset. */
export function judgedLabels(
  { judge, gold }: OtherLabels,
  { plan, design }: { readonly plan: Plan; readonly design: Design },
): { shown: Pick<LabelQualityResult, 'agreement' | 'corrected'>; flags: Flag[] } {
  const ours = comparedQuality(plan);
  const agreement = judge && judgeAgreement(ours, aligned(judge, plan), design);
  const hand = gold && aligned(gold, plan);
  const corrected =
    hand &&
    Object.fromEntries(
      plan.table.models.map(({ id }, m) => {
        const input = { judged: columnOf(ours, m), gold: columnOf(hand, m) };
        return [
          id,
          {
            roganGladen: roganGladen(input),
            predictionPowered: predictionPowered({ ...input, clusters: design.clusters }),
          },
        ];
      }),
    );
  return {
    shown: {
      ...(agreement && { agreement: { kappa: agreement.kappa, icc: agreement.icc } }),
      ...(corrected && { corrected }),
    },
    flags: agreement?.flags ?? [],
  };
}

/** The other table's scores of the compared rows and models; NaN where it has none. @throws SignalboxError where they share nothing */
function aligned(other: Dataset, { table, compared }: Plan): Matrix {
  const rows = new Map(other.examples.map(({ id }, i) => [id, i]));
  const columns = table.models.map(({ id }) => other.models.findIndex((model) => model.id === id));
  const out = matrix(compared.length, table.models.length, Number.NaN);
  let found = 0;
  compared.forEach((row, i) => {
    const from = rows.get(table.examples[row]!.id);
    if (from === undefined) return;
    columns.forEach((column, m) => {
      if (column === -1) return;
      const value = at(other.quality, from, column);
      out.data[i * out.cols + m] = value;
      if (!Number.isNaN(value)) found++;
    });
  });
  if (found > 0) return out;
  throw new SignalboxError(
    'table',
    `${other.name} scores no answer that ${table.name} holds: the ids of queries and the names of models must be the same in both.`,
  );
}
