import { cholesky, choleskySolve } from '../math/cholesky.ts';
import { matrix } from '../math/matrix.ts';

/** Weight of the pairs (i, j), models x models, row by row: `wins` that i won (a tie is half a win of each), `met` that were held. */
export interface Battles {
  readonly models: number;
  readonly wins: Float64Array;
  readonly met: Float64Array;
}

/**
 * Strengths r, of mean 0, such that i beats j with probability 1 / (1 + e^(r_j - r_i)): maximum likelihood by Newton's
 * method (Bradley and Terry 1952). `prior` is the weight of a tie that every pair that met is given besides, so
 * that a model that always won stays finite; pairs that never met are tied so faintly that only they notice. In Elo's scale a unit is 400 / ln 10.
 */
export function bradleyTerry({ models, wins, met }: Battles, prior: number): Float64Array {
  const strength = new Float64Array(models);
  if (models < 2) return strength;
  for (let turn = 0; turn < 50; turn++) {
    const slope = matrix(models, 1);
    const curve = matrix(models, models);
    let total = 0;
    for (let i = 0; i < models; i++) {
      for (let j = 0; j < models; j++) {
        if (i === j) continue;
        const tie = met[i * models + j]! > 0 ? prior : 1e-9 * prior;
        const held = met[i * models + j]! + tie;
        const p = 1 / (1 + Math.exp(strength[j]! - strength[i]!));
        slope.data[i]! += wins[i * models + j]! + tie / 2 - held * p;
        curve.data[i * models + i]! += held * p * (1 - p);
        curve.data[i * models + j]! -= held * p * (1 - p);
        total += held;
      }
    }
    // Strengths have no origin: their sum is held at 0.
    const pin = total / models ** 2;
    for (let c = 0; c < curve.data.length; c++) curve.data[c]! += pin;
    const factor = cholesky(curve);
    if (factor === undefined) return strength;
    const step = choleskySolve(factor, slope).data;
    const longest = Math.max(...Array.from(step, Math.abs));
    const shorten = Math.min(1, 1 / longest);
    for (let i = 0; i < models; i++) strength[i]! += shorten * step[i]!;
    if (longest < 1e-10) break;
  }
  return strength;
}
