/** Below every other utility: a model of which the router predicts nothing comes last, whatever the policy. */
export const last = -1000;

/** Forecasts write -1 where a router predicts nothing for a model. */
export const masked = (quality: number): boolean => !(quality > -1);
