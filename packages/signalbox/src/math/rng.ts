/**
 * Seeded random numbers: xoshiro128** over a state that splitmix32 spreads from the seed (Blackman and
 * Vigna, "Scrambled linear pseudorandom number generators"). The same seed gives the same numbers on
 * every machine. Not for secrets.
 */
export interface Rng {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** An independent stream named by a label, without moving this one. */
  fork(label: string): Rng;
}

export function rng(seed: number | string): Rng {
  const key = String(seed);
  let mix = hash(key);
  const spread = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [spread(), spread(), spread(), spread()];
  const next = (): number => {
    const rotated = Math.imul(b, 5);
    const result = Math.imul((rotated << 7) | (rotated >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 4294967296;
  };
  return {
    next,
    int: (n) => Math.floor(next() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => rng(`${key}/${label}`),
  };
}

/** Fisher and Yates, in place. */
export function shuffle<T extends { length: number; [i: number]: unknown }>(items: T, random: Rng): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}

/** FNV-1a, 32 bits, over UTF-16 units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}
