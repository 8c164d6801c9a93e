import { Environment } from '@marcbachmann/cel-js';
import { nearestName } from './nearest-name';

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

export interface WhenFault {
  readonly message: string;
  /** The nearest input, where one is named that is not there. */
  readonly suggestion: string | null;
}

/** Why the text is no CEL expression over these inputs that is true or false; null when it is one. */
export function conditionFault(text: string, inputs: InputTypes): WhenFault | null {
  try {
    const { valid, type, error } = environmentOf(inputs).check(text);
    if (!valid) return notAnExpression(text, error, inputs);
    if (type === 'bool' || type === 'dyn') return null;
    return { message: `"${text}" is a ${type}, which is neither true nor false`, suggestion: null };
  } catch (error) {
    return notAnExpression(text, error, inputs);
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
    return { ok: false, message: `"${text}" cannot be evaluated: ${reasonOf(error)}` };
  }
}

function notAnExpression(text: string, error: unknown, inputs: InputTypes): WhenFault {
  const reason = reasonOf(error);
  const input = /^there is no input "(.+)"$/.exec(reason)?.[1];
  return {
    message: `"${text}" is not an expression: ${reason}`,
    suggestion: input === undefined ? null : nearestName(input, Object.keys(inputs)),
  };
}

function environmentOf(inputs: InputTypes): Environment {
  const schema = Object.fromEntries(Object.entries(inputs).map(([name, { type }]) => [name, celTypes[type]]));
  const environment = new Environment().registerVariable('release', 'string');
  return environment.registerVariable({ name: 'inputs', schema });
}

/** The first line of an error of the evaluator; where it speaks of its own parts, in the words of a document. */
function reasonOf(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const key = /^No such key: (.+)$/.exec(line)?.[1];
  if (key !== undefined) return `there is no input "${key}"`;
  return line
    .replace(/^Unexpected token: EOF$/, 'it ends too early')
    .replace(/^Unknown variable: (.+)$/, 'there is no "$1", but release and inputs');
}
