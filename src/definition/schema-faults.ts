import { z } from 'zod';
import type { PathSegment } from './diagnostic';
import { nearestName } from './nearest-name';
import type { FaultParams } from './schema/scalars';
import type { Fault } from './source-map';

/** Turns zod's issues into faults for people: what was found, what was expected, the nearest valid name. */
export function schemaFaults(schema: z.ZodType, value: unknown): readonly Fault[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => faultsOf(issue, schema, value));
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, root: unknown): readonly Fault[] {
  const path = issue.path.filter((segment): segment is PathSegment => typeof segment !== 'symbol');
  const found = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `"${key}" is not a field here`,
        expected: known.length > 0 ? `one of ${known.join(', ')}` : null,
        suggestion: nearestName(key, known),
        atKey: true,
      }));
    }
    case 'invalid_value': {
      const valid = issue.values.map(String);
      const message = found === undefined ? `${last(path)} is missing` : `${show(found)} is not valid`;
      return [
        {
          path,
          message,
          expected: valid.length === 1 ? (valid[0] ?? null) : `one of ${valid.join(', ')}`,
          suggestion: nearestName(String(found), valid),
        },
      ];
    }
    case 'invalid_type':
      if (found === undefined)
        return [{ path, message: `${last(path)} is missing`, expected: describeType(issue.expected) }];
      return [{ path, message: `${show(found)} is ${typeName(found)}`, expected: describeType(issue.expected) }];
    case 'invalid_union':
      return [unionFault(issue, path, found, schema, root)];
    case 'invalid_key':
      return [
        { path, message: `"${last(path)}" cannot be a name here: ${issue.issues[0]?.message ?? ''}`, atKey: true },
      ];
    case 'custom': {
      const params = (issue.params ?? {}) as Partial<FaultParams>;
      return [
        { path, message: issue.message, expected: params.expected ?? null, suggestion: params.suggestion ?? null },
      ];
    }
    default:
      return [{ path, message: `${show(found)}: ${issue.message}` }];
  }
}

/** Of a union's branches the one that got furthest says best what is wrong; else all of them are what was expected. */
function unionFault(
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  path: readonly PathSegment[],
  found: unknown,
  schema: z.ZodType,
  root: unknown,
): Fault {
  const branches = issue.errors.filter(
    (errors) => !errors.some(({ code, path: inner }) => code === 'invalid_type' && inner.length === 0),
  );
  const [branch] = branches.sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  const [deepest] = branch ?? [];
  if (deepest) {
    const [fault] = faultsOf({ ...deepest, path: [...path, ...deepest.path] } as z.core.$ZodIssue, schema, root);
    if (fault) return fault;
  }
  const expected = issue.errors.flatMap(([first]) =>
    first?.code === 'invalid_type' ? [describeType(first.expected)] : [],
  );
  const message = found === undefined ? `${last(path)} is missing` : `${show(found)} is not valid`;
  return { path, message, expected: expected.length > 0 ? expected.join(' or ') : null };
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(...issues.map(({ path }) => path.length));
}

function valueAt(root: unknown, path: readonly PathSegment[]): unknown {
  return path.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null ? (value as Record<PathSegment, unknown>)[segment] : undefined,
    root,
  );
}

/** The fields that the schema knows at a path; none where anything goes. */
function keysAt(schema: z.ZodType, path: readonly PathSegment[]): readonly string[] {
  let layer: readonly z.ZodType[] = unwrap(schema);
  for (const segment of path) layer = layer.flatMap((one) => childOf(one, segment)).flatMap(unwrap);
  return [...new Set(layer.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : [])))];
}

function childOf(schema: z.ZodType, segment: PathSegment): readonly z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Record<string, z.ZodType>)[String(segment)];
    return child ? [child] : [];
  }
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  return [];
}

function unwrap(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as readonly z.ZodType[]).flatMap(unwrap);
  return [schema];
}

function last(path: readonly PathSegment[]): string {
  return String(path.at(-1) ?? 'the document');
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  return typeof value === 'object' ? 'this' : String(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

function describeType(type: string): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return words[type] ?? type;
}
