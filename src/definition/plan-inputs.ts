import { oneOf } from './findings';
import { nearestName } from './nearest-name';
import type { ProductionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';
import type { InputValue } from './when';

/** The workflow's inputs for one release: what was given, read as the declared type, else the default. */
export function readInputs(
  { spec }: ProductionWorkflow,
  given: Readonly<Record<string, InputValue>>,
): { readonly values: Readonly<Record<string, InputValue>>; readonly faults: readonly Fault[] } {
  const names = Object.keys(spec.inputs);
  const values: [string, InputValue][] = [];
  const faults: Fault[] = [];
  for (const name of Object.keys(given).filter((one) => !names.includes(one))) {
    const expected = oneOf(names, 'none: the workflow defines no inputs');
    const suggestion = nearestName(name, names);
    faults.push({ path: ['spec', 'inputs'], message: `there is no input "${name}"`, expected, suggestion });
  }
  for (const [name, { type, default: fallback }] of Object.entries(spec.inputs)) {
    const found = Object.hasOwn(given, name) ? given[name] : fallback;
    const value = found === undefined ? undefined : readInput(found, type);
    if (value !== undefined) values.push([name, value]);
    else {
      const message =
        found === undefined ? `input "${name}" has no value and no default` : `input "${name}" is "${String(found)}"`;
      faults.push({ path: ['spec', 'inputs', name], message, expected: `a ${type}` });
    }
  }
  return { values: Object.fromEntries(values), faults };
}

/** A command line gives text; a document gives numbers and booleans too. */
function readInput(value: InputValue, type: 'string' | 'number' | 'boolean'): InputValue | undefined {
  switch (type) {
    case 'string':
      return String(value);
    case 'number': {
      const number = typeof value === 'boolean' || value === '' ? Number.NaN : Number(value);
      return Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      return { true: true, false: false }[String(value)];
  }
}
