import { answersOf, type Files, groupsOf, jsonLines } from './logs.fixture.ts';
import type { PlainTable } from './plain.fixture.ts';

/** Layouts of HELM, OpenAI's tools, MT-Bench, LiteLLM and Langfuse, written for tests. */

/** A folder for each model and task; one instance is perturbed too. */
export function helmLayout(table: PlainTable): Files {
  const files: Record<string, string> = {};
  for (const group of groupsOf(table)) {
    table.models.forEach((model, j) => {
      const some = answersOf(table, j).filter(({ row }) => row.group === group);
      if (some.length === 0) return;
      const adapter_spec = { method: 'generation', model };
      const name = `${group}:model=m${j}`;
      const request_states = some.map(({ row, i, cell }) => ({
        instance: {
          input: { text: row.text },
          references: [
            { output: { text: row.reference }, tags: ['correct'] },
            { output: { text: 'wrong' }, tags: [] },
          ],
          split: 'test',
          id: `id${i}`,
        },
        train_trial_index: 0,
        request: { model, prompt: `Examples.\n\n${row.text}` },
        result: { success: true, completions: [{ text: cell.answer, finish_reason: { reason: 'stop' } }] },
      }));
      const perturbation = { name: 'lowercase' };
      const stat = (called: string, value: number | null) => ({
        name: { name: called, split: 'test' },
        count: 1,
        sum: value,
        mean: value,
      });
      const stats = some.flatMap(({ i, cell }) => [
        { instance_id: `id${i}`, train_trial_index: 0, stats: [stat('exact_match', cell.score)] },
        {
          instance_id: `id${i}`,
          train_trial_index: 0,
          stats: [
            stat('num_prompt_tokens', cell.tokensIn),
            stat('num_output_tokens', cell.tokensOut),
            stat('f1_score', 0.5),
          ],
        },
        {
          instance_id: `id${i}`,
          perturbation,
          train_trial_index: 0,
          stats: [{ ...stat('exact_match', 0), name: { name: 'exact_match', perturbation } }],
        },
      ]);
      const folder = `${group}-m${j}`;
      files[`${folder}/run_spec.json`] = JSON.stringify({ name, scenario_spec: {}, adapter_spec }, null, 2);
      files[`${folder}/scenario_state.json`] = JSON.stringify({ adapter_spec, request_states }, null, 2);
      files[`${folder}/per_instance_stats.json`] = JSON.stringify(stats, null, 2);
    });
  }
  return files;
}

export function openaiEvalsLayout(table: PlainTable): Files {
  const files: Record<string, string> = {};
  for (const group of groupsOf(table)) {
    table.models.forEach((model, j) => {
      const events = answersOf(table, j)
        .filter(({ row }) => row.group === group)
        .flatMap(({ row, i, cell }) => {
          const usage = { prompt_tokens: cell.tokensIn, completion_tokens: cell.tokensOut };
          const prompt = [{ role: 'user', content: row.text }];
          return [
            ['sampling', { prompt: i % 2 === 0 ? prompt : row.text, sampled: [cell.answer], usage }],
            ['sampling', { prompt: 'Is this right?', sampled: ['yes'] }],
            ['match', { correct: false, expected: row.reference, picked: null }],
            ['metrics', { choice: 'Y', score: cell.score }],
          ].map(([type, data]) => ({ run_id: 'r', sample_id: `${group}.${i}`, type, data }));
        });
      const spec = { completion_fns: [model], eval_name: group, run_id: 'r' };
      files[`${group}-${j}.jsonl`] = jsonLines([{ spec }, ...events, { final_report: { accuracy: 0 } }]);
    });
  }
  return files;
}

/** Scores stand in the lines of the first model, and in a file beside those of the others. */
export function openaiBatchLayout(table: PlainTable): Files {
  const files: Record<string, string> = {};
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const scores: string[] = [];
  table.models.forEach((model, j) => {
    const some = answersOf(table, j);
    if (some.length === 0) return;
    files[`requests-${j}.jsonl`] = jsonLines(
      some.map(({ row, i }) => ({
        custom_id: `q${i}`,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model, messages: [{ role: 'user', content: row.text }] },
      })),
    );
    files[`output-${j}.jsonl`] = jsonLines(
      some.map(({ i, cell }) => ({
        id: `batch_req_${i}`,
        custom_id: `q${i}`,
        response: {
          status_code: 200,
          body: {
            model,
            choices: [
              { message: { role: 'assistant', content: cell.answer, refusal: null }, finish_reason: 'stop' },
            ],
            usage: { prompt_tokens: cell.tokensIn, completion_tokens: cell.tokensOut },
          },
        },
        error: null,
        ...(j === 0 && { score: cell.score }),
      })),
    );
    if (j > 0) scores.push(...some.map(({ i, cell }) => `q${i},${quoted(model)},${cell.score}`));
  });
  if (scores.length > 0) files['scores.csv'] = ['custom_id,model,score', ...scores].join('\n');
  return files;
}

/** Ratings are tenths: both turns have the same. */
export function mtBenchLayout(table: PlainTable): Files {
  const files: Record<string, string> = {
    'question.jsonl': jsonLines(
      table.rows.map(({ text, group }, i) => ({
        question_id: i,
        category: group,
        turns: [text, 'And shorter?'],
      })),
    ),
  };
  const judgements = table.models.flatMap((model, j) => {
    const some = answersOf(table, j);
    if (some.length > 0)
      files[`model_answer/${j}.jsonl`] = jsonLines(
        some.map(({ i, cell }) => ({
          question_id: i,
          answer_id: 'a',
          model_id: model,
          choices: [{ index: 0, turns: [cell.answer, 'Shorter.'] }],
        })),
      );
    return some.flatMap(({ i, cell }) =>
      [1, 2].map((turn) => ({
        question_id: i,
        model,
        judge: ['gpt-4', turn === 1 ? 'single-v1' : 'single-v1-multi-turn'],
        user_prompt: 'Rate it.',
        judgment: 'Rating',
        score: 10 * cell.score!,
        turn,
      })),
    );
  });
  files['model_judgment/gpt-4_single.jsonl'] = jsonLines(judgements);
  return files;
}

export function litellmLayout(table: PlainTable): Files {
  const rows = table.models.flatMap((model, j) =>
    answersOf(table, j).map(({ row, i, cell }) => ({
      request_id: `${i}-${j}`,
      call_type: 'acompletion',
      spend: cell.cost,
      total_tokens: 9,
      prompt_tokens: cell.tokensIn,
      completion_tokens: cell.tokensOut,
      startTime: '2025-11-25 15:00:00.000',
      endTime: '2025-11-25 15:00:01.000',
      model: `provider/${model}`,
      model_group: model,
      messages: JSON.stringify([{ role: 'user', content: row.text }]),
      response: JSON.stringify({ choices: [{ message: { role: 'assistant', content: cell.answer } }] }),
      status: 'success',
      feedback: cell.score,
    })),
  );
  return { 'spend_logs.jsonl': jsonLines(rows) };
}

/** Of the first model as a bucket has it, of the others as the API gives it. */
export function langfuseLayout(table: PlainTable): Files {
  const files: Record<string, string> = {};
  table.models.forEach((model, j) => {
    const some = answersOf(table, j);
    if (some.length === 0) return;
    const observations = some.map(({ row, i, cell }) => {
      const usage = { input: cell.tokensIn, output: cell.tokensOut };
      const said = { id: `${i}-${j}`, type: 'GENERATION', input: row.text, output: cell.answer };
      return j === 0
        ? {
            ...said,
            trace_id: `t${i}`,
            trace_name: row.group,
            start_time: '2025-11-25 15:00:00.000000',
            provided_model_name: model,
            usage_details: usage,
            total_cost: cell.cost,
          }
        : {
            ...said,
            traceId: `t${i}`,
            traceName: row.group,
            startTime: '2025-11-25T15:00:00.000Z',
            model,
            usageDetails: usage,
            totalCost: cell.cost,
          };
    });
    const scores = some.map(({ i, cell }) => ({
      id: `s${i}-${j}`,
      name: 'quality',
      value: cell.score,
      ...(j === 0
        ? { trace_id: `t${i}`, observation_id: `${i}-${j}`, data_type: 'NUMERIC' }
        : { traceId: `t${i}`, observationId: `${i}-${j}`, dataType: 'NUMERIC' }),
    }));
    files[`observations-${j}.json`] =
      j === 0 ? jsonLines(observations) : JSON.stringify({ data: observations });
    files[`scores-${j}.json`] = j === 0 ? jsonLines(scores) : JSON.stringify(scores);
  });
  return files;
}
