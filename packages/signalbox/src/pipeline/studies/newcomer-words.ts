import type { Estimate, NewcomerResult } from '../../core/results.ts';
import { less, type Measured, overModels } from './newcomer-measure.ts';

/** Which router to trust at which number of answers, and when taking the model in pays, in sentences. */
export function newcomerSentences(measured: readonly Measured[]): string[] {
  const budgets = [...new Set(measured.map(({ result }) => result.answers))].sort((a, b) => a - b);
  if (budgets.length === 0) return [];
  const at = budgets.map((answers) => trusted(measured.filter(({ result }) => result.answers === answers)));
  const runs: { from: number; to: number; name: string; of: Trusted[] }[] = [];
  for (const [i, one] of at.entries()) {
    const last = runs.at(-1);
    if (last?.name === one.best.router) {
      last.to = budgets[i]!;
      last.of.push(one);
    } else runs.push({ from: budgets[i]!, to: budgets[i]!, name: one.best.router, of: [one] });
  }
  const told = runs.map(({ from, to, name, of }) => {
    const { best, alike } = of.at(-1)!;
    const beside = alike.length === 0 ? '' : `, from which ${alike.join(', ')} cannot be told`;
    const auc = best.auc === null ? '' : `, AUC ${best.auc.value.toFixed(2)}`;
    return `with ${from === to ? from : `${from} to ${to}`} answers ${name} (Brier ${best.brier.value.toFixed(3)}${auc} at ${to}${beside})`;
  });
  return [
    `Which router to trust with a model that joins: ${told.join('; ')}.`,
    ...at.flatMap(({ best }, i) => (i === 0 || i === at.length - 1 ? [worth(best, budgets[i]!)] : [])),
  ];
}

interface Trusted {
  readonly best: NewcomerResult;
  /** Routers whose Brier score is not beyond noise from the best's. */
  readonly alike: readonly string[];
}

function trusted(measured: readonly Measured[]): Trusted {
  const best = measured.reduce((a, b) => (b.result.brier.value < a.result.brier.value ? b : a));
  const alike = measured.filter(
    (other) =>
      other !== best && overModels(less(other.brier, best.brier), best.result.brier.n, [-1, 1]).low <= 0,
  );
  return { best: best.result, alike: alike.map(({ result }) => result.router) };
}

function worth({ router, value, gain, short }: NewcomerResult, answers: number): string {
  const verdict =
    gain.low > 0
      ? 'taking it in gains beyond noise'
      : gain.high < 0
        ? 'taking it in costs more than it brings'
        : 'whether taking it in gains cannot be told from noise';
  const rest =
    short.low > 0
      ? `a new training on everything is worth ${points(short)} more`
      : 'a new training on everything is not better beyond noise';
  return `After ${answers} answers the pool of ${router} is worth ${(100 * value.value).toFixed(1)} %: ${verdict} (${points(gain)}), and ${rest}.`;
}

function points({ value, low, high }: Estimate): string {
  const write = (x: number): string => (100 * x).toFixed(2).replace('-', '−');
  return `${value > 0 ? '+' : ''}${write(value)} points [${write(low)}, ${write(high)}]`;
}
