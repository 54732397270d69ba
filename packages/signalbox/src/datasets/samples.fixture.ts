import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Sample } from './contract.ts';
import { zipBytes } from './files/zip.fixture.ts';
import type { formats } from './index.ts';
import { toolSamples } from './logs.fixture.ts';
import { publishedSamples } from './published.fixture.ts';

/** The header of RouterBench's wide form. */
export const benchColumns =
  ',sample_id,prompt,eval_name,a/b,c,c|model_response,a/b|model_response,a/b|total_cost,c|total_cost,oracle_model_to_route_to';

/** A small source of each format. */
export const samples: Record<keyof typeof formats, Sample> = {
  routerdc: {
    files: { 'gsm8k-train.json': '[{"question": "1+1?", "scores": {"a": 0.5, "b": 1}, "cluster_id": 0}]' },
    rows: 1,
    models: ['a', 'b'],
  },
  routerbench: {
    files: {
      'mbpp_train.csv': `${benchColumns}\n0,x.1,['sum'],mbpp,1.0,0.25,"['C\\\\n']",['D'],0.001,0.002,a/b\n`,
    },
    rows: 1,
    models: ['a/b', 'c'],
  },
  routellm: {
    files: { 'mmlu_law.csv': 'prompt,w,s\n"Who,\nwhen?",True,False\n' },
    rows: 1,
    models: ['w', 's'],
  },
  routerarena: {
    files: {
      'm.jsonl':
        '{"global_index":"AIME_1","question":"1+1?","llm_selected":"m","success":true,"evaluation_result":{"score":1}}\n',
    },
    rows: 1,
    models: ['m'],
  },
  ...publishedSamples,
  ...toolSamples,
  'mmlu-pro': {
    files: {
      'model_outputs_m_5shots.zip': zipBytes([
        {
          name: 'model_outputs_m_5shots.json',
          content:
            '[{"question_id": 7, "question": "1+1?", "options": ["1", "2"], "answer": "B", "category": "math", "pred": "B"}]',
        },
      ]),
    },
    rows: 1,
    models: ['m'],
  },
  jsonl: {
    files: { 'a.jsonl': '{"query_id":"q","text":"hi","model":"m","score":1}\n' },
    rows: 1,
    models: ['m'],
  },
  csv: { files: { 'a.csv': 'query_id,text,m,n\nq,hi,1,0.5\nr,ho,,1\n' }, rows: 2, models: ['m', 'n'] },
  parquet: {
    files: {
      'a.parquet': new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'query_id', data: ['q', 'r'], type: 'STRING' },
            { name: 'm', data: [0, null], type: 'DOUBLE' },
          ],
        }),
      ),
    },
    rows: 2,
    models: ['m'],
  },
};
