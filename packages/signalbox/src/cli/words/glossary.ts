/** Every term that a report uses, in plain English; shown on hover and listed at the end of the page. */
export const glossary = {
  query: 'One request to a language model.',
  model: 'A language model of the pool that queries can be sent to.',
  group: 'The task or domain of a query, as the table names it.',
  quality: 'The mean score of the answers over all queries, so that large groups weigh more.',
  macro: 'The mean of the groups’ mean scores, so that each group weighs the same.',
  points: 'Percentage points: the difference between 54 % and 55 % is one point.',
  interval:
    'The 95 % interval, in square brackets: were the measurement repeated on other queries of the same kind, about 95 of 100 such intervals would hold the true value.',
  p: 'How often a difference at least this large would appear if there were none (two-sided).',
  lift: 'The difference in quality to a baseline, measured on the same queries (paired).',
  'single model': 'Every query goes to one and the same model.',
  'best single':
    'The single model with the best mean on the training rows, the baseline that routing must beat.',
  'best in hindsight': 'The single model that turned out best on the test rows; not known beforehand.',
  random: 'Every query goes to a model drawn at random; its exact expectation.',
  cheapest: 'Every query goes to the model with the lowest mean cost on the training rows.',
  'task table':
    'Every query goes to the model that was best on its group in training. It needs no learning beyond counting, and published routers seldom beat it.',
  'task table, guessed': 'The task table, where the group of the query is guessed from its text.',
  router: 'It predicts how good each model will be on a query, before any model answers.',
  policy: 'The rule that turns predictions into a choice, such as the best predicted quality.',
  oracle:
    'It picks, after the fact, a model that answered each query right. It profits from lucky answers and from knowing the outcome, so no router can reach it before generation.',
  bound: 'A value computed with outcomes known, as the oracle; no router.',
  'mix of single models':
    'The zero-router: each query goes to a single model by a coin toss, without being looked at. Its cost-quality hull is what a router must lie above.',
  hull: 'The upper edge of all cost-quality points and of the mixtures between them, starting at the cheapest single model.',
  AIQ: 'Average improvement in quality: the mean height of the cost-quality hull between the cheapest and the dearest single model.',
  'AIQ lift': 'AIQ less that of the mix of single models, paired.',
  APGR: 'Average performance gap recovered: the share of the gap between weak and strong model that is won, averaged over all shares of strong calls. At random .5.',
  CPT: 'Call-performance threshold: CPT(80) is the least share of strong calls that wins 80 % of the gap between weak and strong model.',
  'cost at equal quality':
    'The least cost, as a share of the best single model’s, at which a system keeps 99, 98 or 95 % of its quality. “Fixed” uses an operating point set on training rows; “hull” reads it off the test rows and is optimistic.',
  'choice entropy':
    'How evenly a router spreads queries over models, in bits: 0 where all go to one model, 1 where two get half each.',
  Brier: 'Mean squared error of the predicted quality; 0 is perfect.',
  ECE: 'Expected calibration error: how far predicted and observed quality lie apart, averaged over ten bins of equal count.',
  fold: 'One of the parts into which rows are dealt; each is predicted by a router that never saw it.',
  leak: 'A test row whose text also stands in the training part.',
  duplicate: 'A row beyond the first of its text. Rows of one text share a fold.',
  'strong share': 'The share of queries that go to the strong model, where cost is not recorded in dollars.',
} as const satisfies Record<string, string>;

export type Term = keyof typeof glossary;
