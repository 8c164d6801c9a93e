import { z } from 'zod';
import { type PathSegment, printPath } from './diagnostic';
import { nearestName } from './nearest-name';
import type { FaultParams } from './schema/scalars';
import type { Fault } from './source-map';

/** Turns zod's issues into faults for people: what was found, what was expected, the nearest valid name. */
export function schemaFaults(schema: z.ZodType, value: unknown): readonly Fault[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return withoutMisspelt(parsed.error.issues.flatMap((issue) => faultsOf(issue, schema, value)));
}

/** A field that is there under a wrong name is one fault, and not a second one that is missing. */
function withoutMisspelt(faults: readonly Fault[]): readonly Fault[] {
  const meant = new Set(
    faults.flatMap(({ path, suggestion, atKey }) =>
      atKey && suggestion ? [printPath([...path.slice(0, -1), suggestion])] : [],
    ),
  );
  return faults.filter(({ path, message }) => !message.endsWith(' is missing') || !meant.has(printPath(path)));
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, root: unknown): readonly Fault[] {
  const path = issue.path.filter((segment): segment is PathSegment => typeof segment !== 'symbol');
  const found = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path, root);
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
      const message = found === undefined ? `${last(path)} is missing` : wrongType(path, found, 'not valid');
      return [
        {
          path,
          message,
          expected: valid.length === 1 ? (valid[0] ?? null) : `one of ${valid.join(', ')}`,
          suggestion: typeof found === 'string' ? nearestName(found, valid) : null,
        },
      ];
    }
    case 'invalid_type': {
      const expected = expectedType(issue);
      if (found === undefined) return [{ path, message: `${last(path)} is missing`, expected }];
      return [{ path, message: wrongType(path, found), expected, suggestion: asType(found, issue.expected) }];
    }
    case 'invalid_union':
      return unionFaults(issue, path, found, schema, root);
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
    case 'too_small':
    case 'too_big': {
      const [limit, word] = issue.code === 'too_small' ? [issue.minimum, 'least'] : [issue.maximum, 'most'];
      const bound = issue.inclusive === false ? `${word === 'least' ? 'more' : 'less'} than` : `at ${word}`;
      const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' letters' : '';
      const size = Array.isArray(found) ? `${found.length} entries` : show(found);
      const message = `${size} is ${word === 'least' ? 'too little' : 'too much'}`;
      return [{ path, message, expected: `${bound} ${limit}${unit}` }];
    }
    case 'invalid_format':
      return [
        { path, message: `${shown(path, found)} is not valid`, expected: issue.message.replace(/^must be /, '') },
      ];
    default:
      return [{ path, message: `${show(found)}: ${issue.message}` }];
  }
}

/** Of a union's branches the one that was meant says what is wrong; where none was, all of them are what was expected. */
function unionFaults(
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  path: readonly PathSegment[],
  found: unknown,
  schema: z.ZodType,
  root: unknown,
): readonly Fault[] {
  const names = discriminatorsAt(issue, path, schema, root);
  if (names.length > 0) {
    const message = found === undefined ? `${last(path)} is missing` : wrongType(path, found, 'not valid');
    const suggestion = typeof found === 'string' ? nearestName(found, names) : null;
    return [{ path, message, expected: `one of ${names.join(', ')}`, suggestion }];
  }
  const branches = issue.errors.filter(
    (errors) => !errors.some(({ code, path: inner }) => code === 'invalid_type' && inner.length === 0),
  );
  const meant = branches.filter((errors) => !errors.some(isForeign));
  const [branch] = [...(meant.length > 0 ? meant : branches)].sort(
    (a, b) => depth(b) - depth(a) || a.length - b.length,
  );
  if (branch && (meant.length > 0 || branches.length === 1)) {
    return branch.flatMap((one) =>
      faultsOf({ ...one, path: [...path, ...one.path] } as z.core.$ZodIssue, schema, root),
    );
  }
  if (branch && typeof found === 'object' && found !== null) return foreignKeys(path, found, schema, root);
  const expected = [...new Set(issue.errors.flatMap(([first]) => (first ? describeExpected(first) : [])))];
  const message = found === undefined ? `${last(path)} is missing` : wrongType(path, found, 'not valid');
  const valid = issue.errors.flatMap(([first]) => (first?.code === 'invalid_value' ? first.values.map(String) : []));
  const suggestion = typeof found === 'string' ? nearestName(found, valid) : null;
  return [{ path, message, expected: expected.length > 0 ? expected.join(' or ') : null, suggestion }];
}

/** The values that tell the branches apart, where that is what is wrong; none for other unions. */
function discriminatorsAt(
  { discriminator }: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  path: readonly PathSegment[],
  schema: z.ZodType,
  root: unknown,
): readonly string[] {
  if (discriminator === undefined || path.at(-1) !== discriminator) return [];
  return literalsAt(schemasAt(schema, path.slice(0, -1), root), discriminator).map(String);
}

/** The map has a key that this branch does not know: another branch was meant. */
function isForeign({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'unrecognized_keys' && path.length === 0;
}

/** No branch knows all of these keys: some are of none, or they are of several. */
function foreignKeys(path: readonly PathSegment[], found: object, schema: z.ZodType, root: unknown): readonly Fault[] {
  const keys = Object.keys(found);
  const known = keysAt(schema, path, root);
  const expected = `one of ${known.join(', ')}`;
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length === 0) return [{ path, message: `${keys.join(' and ')} contradict each other`, expected }];
  return unknown.map((key) => ({
    path: [...path, key],
    message: `"${key}" is not a field here`,
    expected,
    suggestion: nearestName(key, known),
    atKey: true,
  }));
}

function describeExpected(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_type') return [expectedType(issue)];
  return issue.code === 'invalid_value' ? [`one of ${issue.values.map(String).join(', ')}`] : [];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

function valueAt(root: unknown, path: readonly PathSegment[]): unknown {
  return path.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null ? (value as Record<PathSegment, unknown>)[segment] : undefined,
    root,
  );
}

/** The fields that the schema knows at a path; none where anything goes. */
function keysAt(schema: z.ZodType, path: readonly PathSegment[], root: unknown): readonly string[] {
  const layer = schemasAt(schema, path, root);
  return [...new Set(layer.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : [])))];
}

/** The schemas of what is at a path; of a union's branches the one that is meant, where what is there tells it. */
function schemasAt(schema: z.ZodType, path: readonly PathSegment[], root: unknown): readonly z.ZodType[] {
  let layer: readonly z.ZodType[] = unwrap(schema, root);
  for (const [index, segment] of path.entries()) {
    const value = valueAt(root, path.slice(0, index + 1));
    layer = layer.flatMap((one) => childOf(one, segment)).flatMap((one) => unwrap(one, value));
  }
  return layer;
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

function unwrap(schema: z.ZodType, value: unknown): readonly z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return unwrap(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const branches = schema.options as readonly z.ZodType[];
    const meant = branches.filter((branch) => isMeant(branch, schema.def.discriminator, value));
    return (meant.length > 0 ? meant : branches).flatMap((branch) => unwrap(branch, value));
  }
  if (schema instanceof z.ZodUnion)
    return (schema.options as readonly z.ZodType[]).flatMap((branch) => unwrap(branch, value));
  return [schema];
}

/** The branch whose discriminator has the value that was written. */
function isMeant(branch: z.ZodType, discriminator: string, value: unknown): boolean {
  const written = valueAt(value, [discriminator]);
  return literalsAt([branch], discriminator).some((literal) => literal === written);
}

function literalsAt(branches: readonly z.ZodType[], field: string): readonly unknown[] {
  return branches
    .flatMap((branch) => childOf(branch, field))
    .flatMap((child) => (child instanceof z.ZodLiteral ? [...child.values] : []));
}

function last(path: readonly PathSegment[]): string {
  const segment = path.at(-1);
  return typeof segment === 'number'
    ? `entry ${segment + 1} of ${last(path.slice(0, -1))}`
    : (segment ?? 'the document');
}

/** What was written where only the name of a secret belongs may be one: errors end up in logs. */
function shown(path: readonly PathSegment[], value: unknown): string {
  return /(^|_)secret$/.test(String(path.at(-1))) ? 'what is written here' : show(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  return typeof value === 'object' ? 'this' : String(value);
}

/** What has no short text of its own is called by the name of its field. */
function wrongType(path: readonly PathSegment[], found: unknown, otherwise?: string): string {
  if (found === null) return `${last(path)} is empty`;
  if (Array.isArray(found)) return `${last(path)} is a list`;
  if (typeof found === 'object') return `${last(path)} is a map`;
  const type = typeof found === 'string' ? 'text' : typeof found === 'boolean' ? 'true or false' : 'a number';
  return `${shown(path, found)} is ${otherwise ?? type}`;
}

/** What was probably meant: a number in quotes, a word for true, one thing where a list of such things belongs. */
function asType(found: unknown, expected: string): string | null {
  if (typeof found === 'string') {
    if (expected === 'number' && found.trim() !== '' && Number.isFinite(Number(found))) return found.trim();
    if (expected === 'boolean' && /^(true|yes|on)$/i.test(found)) return 'true';
    if (expected === 'boolean' && /^(false|no|off)$/i.test(found)) return 'false';
    if (expected === 'array' && /^[\w./-]+$/.test(found)) return `[${found}]`;
  }
  return expected === 'string' && typeof found === 'boolean' ? `"${found}"` : null;
}

/** A schema may say itself what it expects, such as a duration where zod knows only of text. */
function expectedType({ expected, message }: z.core.$ZodIssueInvalidType): string {
  if (!message.startsWith('Invalid input')) return message;
  const words: Readonly<Record<string, string>> = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return words[expected] ?? expected;
}
