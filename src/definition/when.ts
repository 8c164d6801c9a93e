import { Environment } from '@marcbachmann/cel-js';

export type InputValue = string | number | boolean;
type InputType = 'string' | 'number' | 'boolean';

/** The inputs that a workflow defines. */
export type InputTypes = Readonly<Record<string, { readonly type: InputType }>>;

/** What a `when` expression sees. */
export interface WhenScope {
  readonly release: string;
  readonly inputs: Readonly<Record<string, InputValue>>;
}

export type WhenResult =
  | { readonly ok: true; readonly holds: boolean }
  | { readonly ok: false; readonly message: string };

// Numbers are `dyn`: CEL has no `double == int`, and nobody writes 3.0 for a count of replicas.
const celTypes: Readonly<Record<InputType, string>> = { string: 'string', number: 'dyn', boolean: 'bool' };

/** Why the text is no CEL expression over these inputs that is true or false; null when it is one. */
export function conditionFault(text: string, inputs: InputTypes): string | null {
  try {
    const { valid, type, error } = environmentOf(inputs).check(text);
    if (!valid) return `"${text}" is not an expression: ${firstLine(error)}`;
    return type === 'bool' || type === 'dyn' ? null : `"${text}" is a ${type}, which is neither true nor false`;
  } catch (error) {
    return `"${text}" is not an expression: ${firstLine(error)}`;
  }
}

/** Evaluates CEL (https://cel.dev) over the release and its inputs; the answer must be a boolean. */
export function evaluateWhen(text: string, inputs: InputTypes, scope: WhenScope): WhenResult {
  try {
    const answer: unknown = environmentOf(inputs).evaluate(text, {
      release: scope.release,
      inputs: { ...scope.inputs },
    });
    if (typeof answer === 'boolean') return { ok: true, holds: answer };
    return { ok: false, message: `"${text}" gives ${String(answer)}, which is neither true nor false` };
  } catch (error) {
    return { ok: false, message: `"${text}" cannot be evaluated: ${firstLine(error)}` };
  }
}

function environmentOf(inputs: InputTypes): Environment {
  const schema = Object.fromEntries(Object.entries(inputs).map(([name, { type }]) => [name, celTypes[type]]));
  const environment = new Environment().registerVariable('release', 'string');
  return environment.registerVariable({ name: 'inputs', schema });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
