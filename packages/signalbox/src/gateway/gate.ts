/** The two answers of a verdict, as far as serving depends on them. */
export interface VerdictAnswers {
  readonly quality: { readonly answer: 'yes' | 'task-table' | 'no' | 'insufficient' };
  readonly cost: { readonly answer: 'yes' | 'cascade' | 'no' | 'insufficient' | 'unknown-cost' };
}

/** Whether a router of this verdict is served, and what its operator should be told. */
export function gate(
  verdict: VerdictAnswers | undefined,
  acceptVerdict: boolean,
): { readonly serve: boolean; readonly warning?: string } {
  if (verdict === undefined) {
    return {
      serve: true,
      warning: 'the router carries no verdict: whether routing pays on this traffic is not known',
    };
  }
  const quality = verdict.quality.answer;
  const cost = verdict.cost.answer;
  if (quality === 'yes' || quality === 'task-table' || cost === 'yes' || cost === 'cascade')
    return { serve: true };
  const said = `the verdict on this router is "${quality}" for quality and "${cost}" for cost`;
  if (quality === 'no' && (cost === 'no' || cost === 'unknown-cost')) {
    if (acceptVerdict) return { serve: true, warning: `${said}; it is served because acceptVerdict is true` };
    const advice = 'serve the best single model instead, or set "acceptVerdict: true" to route all the same';
    return { serve: false, warning: `${said}: routing does not pay here; ${advice}` };
  }
  return { serve: true, warning: `${said}: it is not settled that routing pays here` };
}
