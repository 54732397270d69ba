import { lessons } from './lessons.ts';
import { mmlupro } from './mmlupro.ts';
import { newcomer } from './newcomer.ts';
import { routellm } from './routellm.ts';
import { routerbench } from './routerbench.ts';
import { routerdc } from './routerdc.ts';
import { routereval } from './routereval.ts';
import type { Study } from './study.ts';

export { type Study, studyFolder, thinned } from './study.ts';

/** The studies of the literature that one command repeats, by name. */
export const studies: Readonly<Record<string, Study>> = {
  lessons,
  routerdc,
  routellm,
  routerbench,
  routereval,
  mmlupro,
  newcomer,
};
