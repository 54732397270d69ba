import type { Format } from '../core/format.ts';
import { avengersPro } from './avengers-pro.ts';
import { carrot } from './carrot.ts';
import { csv } from './csv.ts';
import { embedllm } from './embedllm.ts';
import { helm } from './helm.ts';
import { inspect } from './inspect.ts';
import { irtRouter } from './irt-router.ts';
import { jsonl } from './jsonl.ts';
import { langfuse } from './langfuse.ts';
import { litellm } from './litellm.ts';
import { llmrouter } from './llmrouter.ts';
import { llmrouterbench } from './llmrouterbench.ts';
import { lmEval } from './lm-eval.ts';
import { mmluPro } from './mmlu-pro.ts';
import { mtBench } from './mt-bench.ts';
import { openaiBatch } from './openai-batch.ts';
import { openaiEvals } from './openai-evals.ts';
import { parquet } from './parquet.ts';
import { promptfoo } from './promptfoo.ts';
import { routellm } from './routellm.ts';
import { routerarena } from './routerarena.ts';
import { routerbench } from './routerbench.ts';
import { routerdc } from './routerdc.ts';
import { routereval } from './routereval.ts';
import { sprout } from './sprout.ts';

/** The register: every format that tables are read from, in the order in which they are named. */
export const formats = {
  routerdc,
  routerbench,
  routellm,
  routerarena,
  routereval,
  embedllm,
  llmrouter,
  llmrouterbench,
  sprout,
  carrot,
  'irt-router': irtRouter,
  'avengers-pro': avengersPro,
  'mmlu-pro': mmluPro,
  inspect,
  'lm-eval': lmEval,
  promptfoo,
  helm,
  'openai-evals': openaiEvals,
  'openai-batch': openaiBatch,
  'mt-bench': mtBench,
  litellm,
  langfuse,
  jsonl,
  csv,
  parquet,
} satisfies Record<string, Format>;
