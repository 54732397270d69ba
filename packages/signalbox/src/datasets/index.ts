import type { Format } from '../core/format.ts';
import { csv } from './csv.ts';
import { jsonl } from './jsonl.ts';
import { mmluPro } from './mmlu-pro.ts';
import { parquet } from './parquet.ts';
import { routellm } from './routellm.ts';
import { routerarena } from './routerarena.ts';
import { routerbench } from './routerbench.ts';
import { routerdc } from './routerdc.ts';
import { routereval } from './routereval.ts';

/** The register: every format that tables are read from, in the order in which they are named. */
export const formats = {
  routerdc,
  routerbench,
  routellm,
  routerarena,
  routereval,
  'mmlu-pro': mmluPro,
  jsonl,
  csv,
  parquet,
} satisfies Record<string, Format>;
