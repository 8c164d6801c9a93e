import { evaluate, parse } from '@marcbachmann/cel-js';

/** What a `when` expression sees. */
export interface WhenScope {
  readonly release: string;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
}

/** Why the text is no CEL expression; null when it is one. */
export function conditionFault(text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    return `"${text}" is not an expression: ${firstLine(error)}`;
  }
}

export type WhenResult =
  | { readonly ok: true; readonly holds: boolean }
  | { readonly ok: false; readonly message: string };

/** Evaluates CEL (https://cel.dev) over the release and its inputs; the answer must be a boolean. */
export function evaluateWhen(text: string, scope: WhenScope): WhenResult {
  try {
    const answer: unknown = evaluate(text, { release: scope.release, inputs: { ...scope.inputs } });
    if (typeof answer === 'boolean') return { ok: true, holds: answer };
    return { ok: false, message: `"${text}" gives ${String(answer)}, which is neither true nor false` };
  } catch (error) {
    return { ok: false, message: `"${text}" cannot be evaluated: ${firstLine(error)}` };
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
