import { columnMeans } from '../../core/table.ts';
import { mean } from '../../math/order.ts';
import {
  type Confidences,
  confidentPanel,
  type SizeTried,
  type SubsetRule,
  sizeWithin,
  subsetRules,
} from '../../metrics/confident-subset.ts';
import { replay } from '../../metrics/panel-vote.ts';
import type { CrossFitted } from '../fitted.ts';
import { observedLatency } from '../forecast.ts';
import { complete } from '../recorded-votes.ts';
import { joined, timedBallots, type VotePart, type VoteWork, type Voting } from './vote-parts.ts';

const weighing: Readonly<Record<SubsetRule, Voting['weights']>> = {
  'labelled-max-conf': 'equal',
  'max-conf': 'equal',
  'weighted-max-conf': 'confidence',
  'log-odds-max-conf': 'log-odds',
};

/** Votes of the LLMs that a router is confident in, by each rule; their number is chosen on rows that its tuning fit had not seen. */
export function confidentVotings(work: VoteWork, router: CrossFitted): Voting[] {
  return subsetRules.map((rule) => {
    const sizes = work.parts.map((part) => chosenSize(work, { part, router, rule }));
    const replays = work.parts.map((part, i) => {
      const given = confidences(work, part, router.forecasts);
      return replay(part.ballots, {
        panel: (row) => confidentPanel(rule, given, { row: part.places[row]!, size: sizes[i]! }),
        rank: part.rank,
      });
    });
    return {
      name: `${router.choice.name}+${rule}`,
      panel: 'confident',
      weights: weighing[rule],
      rule,
      by: { router: router.choice.name, encoder: router.encoder },
      sizes,
      replayed: joined(work, replays),
    };
  });
}

function confidences(
  { options, plan }: VoteWork,
  { learned }: VotePart,
  { quality, capable }: CrossFitted['forecasts'],
): Confidences {
  const usual = observedLatency(plan.table, learned);
  return {
    confidence: quality,
    // Without labels of its own every LLM counts as capable.
    capable: capable ?? { ...quality, data: quality.data.map(() => 1) },
    options,
    ...(usual && { latency: columnMeans(usual) }),
  };
}

/** The best number of members on the part's tuning rows, within the budget. */
function chosenSize(
  work: VoteWork,
  {
    part,
    router,
    rule,
  }: { readonly part: VotePart; readonly router: CrossFitted; readonly rule: SubsetRule },
): number {
  const { table } = work.plan;
  const tuning = router.tuning[part.number];
  const places = Int32Array.from(tuning?.rows.keys() ?? []).filter((i) =>
    complete(table.quality, tuning!.rows[i]!),
  );
  if (tuning === undefined || places.length === 0) return 1;
  const rows = places.map((i) => tuning.rows[i]!);
  const ballots = timedBallots(work, rows);
  const given = confidences(work, part, tuning.forecasts);
  const tried = table.models.map((_, m): SizeTried => {
    const size = m + 1;
    const { quality, asked, latency } = replay(ballots, {
      panel: (row) => confidentPanel(rule, given, { row: places[row]!, size }),
      rank: part.rank,
    });
    return {
      size,
      quality: mean(quality),
      calls: mean(asked),
      ...(latency && { latencyMs: mean(latency.parallelStopped) }),
    };
  });
  return sizeWithin(tried, work.budget);
}
