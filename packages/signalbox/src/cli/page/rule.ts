import type { ResultSet } from '../../core/results.ts';
import { count, counted, percent } from '../words/numbers.ts';
import { pointsOf } from '../words/verdict.ts';
import type { Child } from './frame/markup.ts';

/** What was fixed beforehand and how many tests were run: part of the method box. */
export function ruleFacts(set: ResultSet): [Child, Child][] {
  const parameters = set.verdict?.parameters;
  const tests = testsRun(set);
  return [
    ...(parameters
      ? [
          [
            'Rule of the verdict, fixed beforehand',
            `quality: a lift of more than ${pointsOf(parameters.minimumEffect)}, and on groups left out none below ${pointsOf(-parameters.qualityEpsilon).replace('-', '−')} beyond noise; cost: losses of at most ${parameters.epsilons.map(pointsOf).join(', ')}, each with ${percent(1 - parameters.delta, 0)} % confidence, and a saving of at least ${percent(parameters.savingFloor, 0)} %`,
          ] satisfies [Child, Child],
        ]
      : []),
    ...(tests.length > 0 ? [['Tests run', tests.join('; ')] satisfies [Child, Child]] : []),
    ...(set.verdict || set.ladder
      ? [
          [
            'The same numbers as data',
            'the command above with --json; every number of this page is in it',
          ] satisfies [Child, Child],
        ]
      : []),
  ];
}

/** How many chances there were to find something by luck, and how each family was kept honest. */
function testsRun({ systems, ladder, deferral, controls }: ResultSet): string[] {
  const compared = systems.filter(({ versus }) => versus.bestSingle !== null).length;
  const before = (ladder ?? []).filter(({ phase, rung }) => phase === 'before' && rung !== 'constant').length;
  const permutations = [controls?.permutationGlobal, controls?.permutationWithinGroup].flatMap(
    (at) => at?.permutations ?? [],
  );
  return [
    ...(ladder || deferral ? [`${counted(compared, 'system')} against best single, not corrected`] : []),
    ...(before > 0 ? [`${counted(before, 'rung')} of the ladder, simultaneous`] : []),
    ...(deferral
      ? [
          `${counted(deferral.points.length, 'threshold')} and ${counted(deferral.certified.length, 'epsilon')}, as fixed sequences; the curve with a simultaneous band`,
        ]
      : []),
    ...(permutations.length > 0 ? [`${permutations.map(count).join(' and ')} permutations`] : []),
  ];
}
