/** Words of the sources and documents that no report shows, so that its own glossary does not hold them. */
export const words = {
  pool: 'The models that queries can be sent to.',
  'outcome table':
    'Quality and cost of every model on every query: examples x models, with unknown cells where nothing was observed.',
  cell: 'One query and one model of an outcome table.',
  encoder: 'It turns queries into rows of numbers, which routers read.',
  strategy: 'It carries a choice out, such as one call, or the next model when a call fails.',
  provider: 'The only door to a model; recordings and simulations are providers too.',
  judge: 'It scores an answer without knowing the reference.',
  scorer: 'It scores an answer with the reference at hand.',
  'weak and strong': 'The two models of a pair: the cheap one and the one that answers better.',
  headroom: 'How much better than the best single model any choice could be; at most what the oracle gains.',
  'cost-quality curve': 'Cost and quality of a system as the one parameter of its policy is swept.',
  'Pareto front': 'The systems that no other system beats in both cost and quality.',
  PGR: 'Performance gap recovered: the share of the quality gap between weak and strong model that a router wins.',
  deferral: 'Passing a query on to a stronger model, before or after a weaker one has answered.',
  'zero-router': 'The mix of single models: the best that can be had without looking at the query.',
  artifact: 'A trained router as a folder of plain files, with digests that are checked when it is loaded.',
  'operating point': 'One value of the parameter of a policy, and the cost and quality that it gives.',
} as const satisfies Record<string, string>;
