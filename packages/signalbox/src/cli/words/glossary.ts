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
  newcomer: 'A model that joins a trained router from some of its scored answers, without a new training.',
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
  'early stop':
    'Models are asked one after the other, and no more once the leading answer could not be overtaken by all the votes still to come.',
  fold: 'One of the parts into which rows are dealt; each is predicted by a router that never saw it.',
  leak: 'A test row whose text also stands in the training part.',
  duplicate: 'A row beyond the first of its text. Rows of one text share a fold.',
  saving: 'The cost that routing leaves over, as a share of the incumbent’s cost.',
  'pool curve':
    'The oracle of a pool grown one model at a time, the most useful first, judged on other rows.',
  'prediction-powered': 'The mean by a judge, corrected by its mean error on answers labelled by hand.',
  'Rogan-Gladen':
    'The share right by a judge, corrected by how often it errs each way on answers labelled by hand.',
  'live mix': 'The groups in the proportions of live traffic instead of the table’s.',
  verdict:
    'The answer to whether routing pays, by a rule that was fixed before the data were looked at: one answer for quality and one for cost.',
  'minimum effect': 'The least lift worth routing for; below it a lift counts as none.',
  simultaneous:
    'Intervals so wide that all of them hold together in 95 of 100 repetitions, so that the best of many is not flattered.',
  ceiling:
    'How good a choice of the best model for each query could be on average, lucky answers not counted. Two numbers enclose it: split-half from below, plug-in from above.',
  band: 'From the lower limit of split-half to the upper limit of plug-in: the true ceiling lies in it. It takes at least two samples of every answer.',
  'split-half':
    'The best model of each query is chosen by half of its samples and judged by the other half; a lower bound of the ceiling.',
  'plug-in':
    'The best mean of each query, as observed. Lucky answers raise it; an upper bound of the ceiling.',
  'one-sample oracle':
    'The oracle of one answer a model. Where answers are noisy it is high by luck alone, and no router can reach it.',
  extrapolated:
    'The ceiling as it would be at ever more samples of each answer, by the trend over those at hand.',
  'Rasch null':
    'The oracle of a made-up table in which models differ in ability and queries in difficulty, and the rest are coin flips. An oracle no higher than it shows nothing to route on.',
  rung: 'One kind of knowledge about a query, from none (constant) to the answers themselves.',
  'best router':
    'The router that was best on the training folds, so that it is not picked by the rows that judge it.',
  'post-generation':
    'A choice made after models have answered, such as a vote. It costs all of their answers.',
  'shuffled labels':
    'The same learner on outcomes that were dealt to other queries. A lift here means that the procedure finds what is not there.',
  'random features': 'The same learner with noise in place of the text. A lift here means the same.',
  permutation:
    'How often outcomes dealt at random predict as well as the real ones. Within groups: beyond what the group of the query says.',
  regret:
    'How much lower the quality is than that of the best answer any model of the pool gave to the same query.',
  cascade:
    'A cheap model answers first; where its answer looks wrong a dearer one answers as well, and both are paid.',
  certified:
    'A threshold at which the loss is shown to stay below epsilon with the stated confidence, for traffic like these queries.',
  epsilon: 'The loss of quality against the best single model that is tolerated, in points.',
  incumbent:
    'What routing must beat at an epsilon: the cheapest single model that is itself good enough there.',
  threshold: 'The incumbent is left only where the predicted loss of the cheaper choice is at most this.',
  betting: 'A test of the mean loss that adapts to its variance; the sharpest of the three bounds.',
  Hoeffding: 'A bound of the mean loss that assumes nothing of its spread; wider.',
  'Clopper-Pearson': 'The exact upper bound of the share of queries that lose at this threshold.',
  kappa:
    'Agreement of two models beyond chance: 1 they are right and wrong together, 0 as if independent, below 0 they complement each other.',
  'flip rate': 'How often two answers of one model to one query differ in outcome.',
  reliability: 'The share of the variance of single outcomes that is of the queries and not of chance.',
  'co-best': 'Models that are not shown to be worse than the best one.',
  discordance:
    'The share of queries on which two systems differ in outcome; the others say nothing about which is better.',
  'learning curve': 'Quality as the number of training queries grows.',
  'leave one group out': 'Each group is judged by a router that was fitted on the others alone.',
  'effective sample size':
    'How many queries of the live mix those of the table are worth, after each is weighed to that mix.',
  'two-sample classifier':
    'It tries to tell the table’s queries from live ones. AUC .5: it cannot, they are alike.',
  AUC: 'The chance that a right answer is predicted higher than a wrong one; .5 is guessing.',
  'weighted F1': 'Mean of precision and recall over right and wrong answers, each weighed by its count.',
  'as released':
    'The number by the scoring code that its authors released, whose defects look at the outcome; beside ours, not instead of it.',
  raw: 'The mean score before labels were made of it.',
  ledger: 'The queries on which the router did better or worse than the best single model.',
  'break-even': 'After how many months the savings have paid for the labels.',
  control: 'The same computation where no signal can be, to see what it makes of noise.',
  'permutation test':
    'The outcomes are dealt to other queries many times; p is how often that does as well as the truth. Within groups: beyond what the group of a query says.',
  certificate:
    'A threshold whose loss is at most epsilon with probability 1 − delta, by rows that it was not chosen on (Learn then Test), for traffic like these queries.',
  delta: 'The probability with which a certificate may be wrong.',
  'strong share': 'The share of queries that go to the strong model, where cost is not recorded in dollars.',
  bandit:
    'A router that learns while it serves: of each query it sees only the outcome of the model that it chose.',
  'bandit regret':
    'Quality lost so far against the best fixed choice at equal spend, in answers: one is a right answer that the fixed choice would have had more.',
  'fixed choice':
    'The best single model, or mix of two, that spends as much on the same queries; picked in hindsight.',
  pacer:
    'It raises the price that a bandit puts on a dollar while more is spent than the budget allows, and lowers it else.',
  mu: 'RouterEval’s mean score of the models that a system chose, on the test rows.',
  V_B: 'RouterEval’s score over that of the single model that is best on the test rows; above 1 beats it.',
  V_R: 'RouterEval’s score over the published one of a strong reference model.',
  E_p: 'RouterEval’s classification bias: the entropy in bits of what a router gives each model; low where it always takes the same.',
  'p of r_o':
    'How often an oracle would have to be asked, any other model else, to do as well as the system.',
  reach:
    'What a choice of the model with the greatest probability of being right on each query would score: no router that sees the query alone does better.',
  ablation: 'A router with one of its parts left out or changed, to see what the part is worth.',
} as const satisfies Record<string, string>;

export type Term = keyof typeof glossary;
