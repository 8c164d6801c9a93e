import { z } from 'zod';
import type { PathSegment } from '../diagnostic';
import { schemaFaults } from '../schema-faults';
import type { ForeignObject } from './foreign-object';
import type { ImportReport } from './report';

/** What to do about fields without a counterpart: by path without indices, or by the name of the field alone. */
export type Remedies = Readonly<Record<string, string>>;

/** Filled in by the other tool or the cluster, and so nothing that a person has set. */
const written = ['status'];
const writtenMetadata = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'];

const nameForm = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
const name = z
  .string({ error: 'a name' })
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, { error: `must be a name: ${nameForm}` });
const metadata = z.strictObject({ name, namespace: name.max(63).optional() });
/** What becomes a document keeps its labels. */
const labelled = metadata.extend({ labels: z.record(z.string(), z.string()).optional() });
const kindsWithLabels = ['Rollout', 'Canary'];

const commonRemedies: Remedies = {
  'metadata.annotations': 'keep them on the objects that the manifests of the app describe',
  'metadata.generateName': 'give it a name',
  'metadata.labels': 'write them into metadata.labels of the workflow',
};

/**
 * Reads the part of an object that its schema names. What the schema does not name is told, field by field, so that
 * nothing is lost unseen; what is of a wrong type is an error, and then the answer is null.
 */
export function readFields<Schema extends z.ZodType>(
  spec: Schema,
  object: ForeignObject,
  remedies: Remedies,
  report: ImportReport,
): z.output<Schema> | null {
  const about = kindsWithLabels.includes(object.kind) ? labelled : metadata;
  const schema = z.strictObject({ apiVersion: z.string(), kind: z.string(), metadata: about, spec });
  const raw = withoutWritten(object.raw);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return specOf<Schema>(parsed.data);
  for (const { path, key } of unknownKeys(parsed.error.issues)) {
    const whole = [...path, key];
    const remedy = remedyFor(whole, { ...commonRemedies, ...remedies });
    report.unsupported({ object, path: whole }, `"${String(key)}" has no counterpart`, remedy);
    leaveOut(raw, path, key);
  }
  const known = schema.safeParse(raw);
  if (known.success) return specOf<Schema>(known.data);
  for (const { path, message, expected, suggestion } of schemaFaults(schema, raw)) {
    report.error({ object, path }, message, expected ?? `what a ${object.kind} has here`, suggestion ?? null);
  }
  return null;
}

/** The compiler loses the schema of one field among others that it knows. */
function specOf<Schema extends z.ZodType>(data: object): z.output<Schema> {
  return (data as { readonly spec: z.output<Schema> }).spec;
}

/** By the whole path first; then what is true of the field wherever it stands. */
function remedyFor(path: readonly PathSegment[], remedies: Remedies): string {
  const names = path.filter((segment) => typeof segment === 'string');
  const around = names.map((_, index) => names.slice(0, names.length - index).join('.'));
  const found = around.find((one) => Object.hasOwn(remedies, one));
  const last = names.at(-1) ?? '';
  const remedy = (found === undefined ? undefined : remedies[found]) ?? remedies[last];
  return remedy ?? 'leave it out, or ask whether the release needs it: nothing here does the same';
}

interface UnknownKey {
  readonly path: readonly PathSegment[];
  readonly key: PathSegment;
}

function unknownKeys(issues: readonly z.core.$ZodIssue[]): readonly UnknownKey[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const path = issue.path.filter((segment): segment is PathSegment => typeof segment !== 'symbol');
    return issue.keys.map((key) => ({ path, key }));
  });
}

function leaveOut(root: Record<string, unknown>, path: readonly PathSegment[], key: PathSegment): void {
  const parent = path.reduce<unknown>((value, segment) => (value as Record<PathSegment, unknown>)[segment], root);
  delete (parent as Record<PathSegment, unknown>)[key];
}

/** A copy, from which fields may be taken. */
function withoutWritten(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copied = copy(raw) as Record<string, unknown>;
  for (const key of written) delete copied[key];
  const about = copied.metadata;
  if (typeof about === 'object' && about !== null) {
    for (const key of writtenMetadata) delete (about as Record<string, unknown>)[key];
  }
  return copied;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
}
