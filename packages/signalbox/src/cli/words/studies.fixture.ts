import type { Results } from '../../core/results.ts';
import { fakeAblations } from './ablations.fixture.ts';
import { fakeBandits } from './bandits.fixture.ts';
import { fakeFoldings } from './foldings.fixture.ts';
import { fakeNewcomers } from './newcomer.fixture.ts';
import { fakeRouterEval } from './routereval.fixture.ts';
import { fakeSweeps } from './sweeps.fixture.ts';
import { fakeVotes } from './votes.fixture.ts';

/** What studies show beside a comparison, each by itself. */
export const studyShapes = (): Readonly<Record<string, Results>> => ({
  newcomers: fakeNewcomers(),
  votes: fakeVotes(),
  ablations: fakeAblations(),
  foldings: fakeFoldings(),
  bandits: fakeBandits(),
  sweeps: fakeSweeps({ latency: true }),
  'pools of a known world': fakeRouterEval(),
  'published pools': fakeRouterEval({ known: false }),
});

/** All of them in one file. */
export function fakeStudies(): Results {
  const all = Object.values(studyShapes());
  return { ...all[0]!, sets: all.flatMap(({ sets }) => sets) };
}
