/** Agreement of two models' answers beyond what their liking for single answers gives; 0 where each has one answer for all, undefined where too few are recorded on both sides. */
export function answerKappa(
  a: readonly (string | undefined)[],
  b: readonly (string | undefined)[],
): number | undefined {
  const [ofA, ofB] = [new Map<string, number>(), new Map<string, number>()];
  let [n, same] = [0, 0];
  a.forEach((x, i) => {
    const y = b[i];
    if (x === undefined || y === undefined) return;
    n++;
    if (x === y) same++;
    ofA.set(x, (ofA.get(x) ?? 0) + 1);
    ofB.set(y, (ofB.get(y) ?? 0) + 1);
  });
  // Long answers of copies need not be the same text: only those to choices tell.
  if (n < fewest || ofA.size > mostKinds || ofB.size > mostKinds) return undefined;
  let expected = 0;
  for (const [x, count] of ofA) expected += (count / n) * ((ofB.get(x) ?? 0) / n);
  return expected > 1 - 1e-9 ? 0 : (same / n - expected) / (1 - expected);
}

const fewest = 50;
const mostKinds = 40;
