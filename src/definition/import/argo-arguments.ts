import type { Argument } from './argo-schema';
import { type ForeignObject, isFields } from './foreign-object';
import type { ImportReport, Place } from './report';

/** What `{{args.NAME}}` stands for in a template; null: an argument whose value no document can hold. */
export type Values = ReadonlyMap<string, string | null>;

const placeholder = /\{\{\s*args\.([\w.-]+)\s*\}\}/g;

/** Values of arguments; later lists win over earlier ones: what a user gives over the defaults of a template. */
export function valuesOf(
  lists: readonly { readonly args: readonly Argument[]; readonly place: Place }[],
  owner: ForeignObject,
  report: ImportReport,
): Values {
  const values = new Map<string, string | null>();
  for (const { args, place } of lists) {
    for (const [index, argument] of args.entries()) {
      const value = given(argument, owner);
      if (value === undefined) continue;
      values.set(argument.name, value);
      const where = { ...place, path: [...place.path, index] };
      if (value === null) {
        report.unsupported(
          where,
          `the value of "${argument.name}" is not in the files: what needs it is left out`,
          'write the query into the platform by hand; a credential belongs into secret of the metric source',
        );
      } else if (argument.valueFrom?.podTemplateHashValue) {
        report.unsupported(
          where,
          `"${argument.name}" is a hash of the pod template: {{release}} stands in its place`,
          'select by the label framework0.io/release in the query',
        );
      }
    }
  }
  return values;
}

/** Undefined: it only says that there is such an argument. */
function given({ value, valueFrom }: Argument, owner: ForeignObject): string | null | undefined {
  // Kargo writes expressions that only its controller can read.
  if (typeof value === 'string') return value.includes('${{') ? null : value;
  if (valueFrom === undefined) return undefined;
  if (valueFrom.podTemplateHashValue === 'Latest') return '{{release}}';
  return valueFrom.fieldRef ? fieldOf(owner, valueFrom.fieldRef.fieldPath) : null;
}

function fieldOf(owner: ForeignObject, fieldPath: string): string | null {
  if (fieldPath === 'metadata.namespace') return owner.namespace ?? '{{namespace}}';
  const [, key] = /^metadata\.labels\['(.+)'\]$/.exec(fieldPath) ?? [];
  if (key !== undefined) return owner.labels[key] ?? null;
  const found = fieldPath
    .split('.')
    .reduce<unknown>((value, name) => (isFields(value) ? value[name] : null), owner.raw);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}

/** The text with its arguments filled in; null when one of them has no value. */
export function filledIn(text: string, values: Values): string | null {
  let complete = true;
  const filled = text.replace(placeholder, (_, name: string) => {
    const value = values.get(name) ?? null;
    if (value === null) complete = false;
    return value ?? '';
  });
  return complete ? filled : null;
}
