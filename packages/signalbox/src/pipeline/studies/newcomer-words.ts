import type { Estimate, NewcomerResult } from '../../core/results.ts';

/** A router of the least Brier score over a run of numbers of answers. */
interface Run {
  readonly router: string;
  readonly from: number;
  readonly to: number;
  /** At `to`. */
  readonly best: NewcomerResult;
  /** Routers that cannot be told from it there. */
  readonly alike: readonly string[];
}

/** Which router to trust at which number of answers, the fewest first. */
export function trustedRuns(all: readonly NewcomerResult[]): Run[] {
  const budgets = [...new Set(all.map(({ answers }) => answers))].sort((a, b) => a - b);
  const runs: Run[] = [];
  for (const answers of budgets) {
    const here = all.filter((one) => one.answers === answers);
    const best = here.reduce((a, b) => (b.brier.value < a.brier.value ? b : a));
    const alike = here.filter((one) => one !== best && one.trusted).map(({ router }) => router);
    const last = runs.at(-1);
    const from = last?.router === best.router ? runs.pop()!.from : answers;
    runs.push({ router: best.router, from, to: answers, best, alike });
  }
  return runs;
}

/** That in sentences, and when taking the model in pays. */
export function newcomerSentences(all: readonly NewcomerResult[]): string[] {
  const runs = trustedRuns(all);
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return [];
  const told = runs.map(({ from, to, router, best, alike }) => {
    const beside = alike.length === 0 ? '' : `, from which ${alike.join(', ')} cannot be told`;
    const auc = best.auc === null ? '' : `, AUC ${best.auc.value.toFixed(2)}`;
    return `with ${from === to ? from : `${from} to ${to}`} answers ${router} (Brier ${best.brier.value.toFixed(3)}${auc} at ${to}${beside})`;
  });
  const earliest = all.find(({ router, answers }) => router === first.router && answers === first.from)!;
  return [
    `Which router to trust with a model that joins: ${told.join('; ')}.`,
    worth(earliest),
    ...(earliest === last.best ? [] : [worth(last.best)]),
  ];
}

function worth({ router, answers, value, gain, short }: NewcomerResult): string {
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
  const write = (x: number): string =>
    (100 * x)
      .toFixed(2)
      .replace(/^-(?!0\.00$)/, '−')
      .replace('-', '');
  return `${value > 0 ? '+' : ''}${write(value)} points [${write(low)}, ${write(high)}]`;
}
