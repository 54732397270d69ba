import type { Usage } from '../core/completion.ts';
import type { Status } from '../core/dataset.ts';

/** What has been seen of an OpenAI chat stream, or of a JSON answer. */
export interface Progress {
  /** Something that the client sees has come. */
  content: boolean;
  usage?: Usage;
  finishReason?: string;
  /** Choices that have begun, and those that have told why they ended. */
  readonly begun: Set<number>;
  readonly finished: Set<number>;
}

export function newProgress(): Progress {
  return { content: false, begun: new Set(), finished: new Set() };
}

/** True once every choice that began has told why it ended. */
export function complete({ begun, finished }: Progress): boolean {
  return finished.size > 0 && finished.size === begun.size;
}

interface WireChoice {
  readonly index?: unknown;
  readonly delta?: unknown;
  readonly message?: unknown;
  readonly finish_reason?: unknown;
}

/** Takes in one parsed event (`delta`) or body (`message`). Whatever is not known is let pass. */
export function observe(progress: Progress, event: Readonly<Record<string, unknown>>): void {
  const { choices, usage } = event;
  if (isRecord(usage)) readUsage(progress, usage);
  if (!Array.isArray(choices)) return;
  for (const choice of choices as readonly unknown[]) {
    if (!isRecord(choice)) continue;
    const { index, delta, message, finish_reason: finish } = choice as WireChoice;
    const place = typeof index === 'number' ? index : 0;
    progress.begun.add(place);
    if (!progress.content) progress.content = hasContent(delta) || hasContent(message);
    if (typeof finish === 'string') {
      progress.finished.add(place);
      progress.finishReason = finish;
      progress.content = true;
    }
  }
}

/** A delta that carries anything but a role: text, reasoning, tool calls, audio, whatever comes next. */
function hasContent(delta: unknown): boolean {
  if (!isRecord(delta)) return false;
  for (const key in delta) {
    const value = delta[key];
    if (key === 'role' || value === null || value === '') continue;
    if (Array.isArray(value) && value.length === 0) continue;
    return true;
  }
  return false;
}

function readUsage(progress: Progress, usage: Readonly<Record<string, unknown>>): void {
  const { prompt_tokens: tokensIn, completion_tokens: tokensOut, prompt_tokens_details: details } = usage;
  if (typeof tokensIn !== 'number' || typeof tokensOut !== 'number') return;
  const cached = isRecord(details) ? details['cached_tokens'] : undefined;
  progress.usage = { tokensIn, tokensOut, ...(typeof cached === 'number' && { tokensCached: cached }) };
}

/** The status of a table's row for a finish reason. */
export function statusOf(finishReason: string | undefined): Status {
  if (finishReason === 'length') return 'truncated';
  if (finishReason === 'content_filter') return 'refused';
  return 'ok';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
