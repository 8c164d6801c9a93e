import type { z } from 'zod';
import type { PathSegment } from './diagnostic';
import type { Fault } from './source-map';

type Container = Record<PathSegment, unknown>;

/** Each round takes away what could not be read; what is deeper than this is not worth more rounds. */
const rounds = 8;

/**
 * The part of a faulty document that can be read, so that one fault does not hide others: what the schema refuses is left
 * out, and names that must be there are replaced. Null where too little is left.
 */
export function readablePart<Value>(schema: z.ZodType<Value>, raw: unknown): Value | null {
  const rest = copy(raw) as Container;
  for (let round = 0; round < rounds; round += 1) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) return withNames(parsed.data, raw);
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter((segment): segment is PathSegment => typeof segment !== 'symbol');
      const extra = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
      for (const one of extra) leaveOut(rest, one);
    }
  }
  return null;
}

/** Findings about what is readable, without those that follow from what is not. */
export function independentOf(broken: readonly Fault[], findings: readonly Fault[]): readonly Fault[] {
  if (broken.length === 0) return findings;
  const brokenStages = broken.filter(({ path }) => path[1] === 'pipeline_stages' && path.length <= 4);
  return findings.filter(({ path, shape }) => {
    if (shape && brokenStages.length > 0) return false;
    return !broken.some((fault) => isPrefix(fault.path, path) || isPrefix(path, fault.path));
  });
}

function isPrefix(short: readonly PathSegment[], long: readonly PathSegment[]): boolean {
  return short.every((segment, index) => long[index] === segment);
}

function leaveOut(root: Container, path: readonly PathSegment[]): void {
  const last = path.at(-1);
  const around = path.slice(0, -1);
  const parent = at(root, around);
  if (last === undefined || typeof parent !== 'object' || parent === null) return;
  const standIn = standInFor(path) ?? standInItems[String(around.at(-1))];
  if (standIn !== undefined) (parent as Container)[last] = standIn;
  else if (Array.isArray(parent)) {
    // The places of the others must stay what they are: rather none of them than wrong ones.
    if (parent.length > 0) parent.length = 0;
    else leaveOut(root, around);
  } else if (Object.hasOwn(parent, last)) delete (parent as Container)[last];
  else leaveOut(root, around);
}

/** Items of lists, so that the ones beside them keep their places. */
const standInItems: Readonly<Record<string, string>> = {
  alerts: 'error_rate > 99%',
  rollback_triggers: 'error_rate > 99%',
  success_criteria: 'error_rate < 99%',
  requires: 'manual_approval',
  depends_on: 'manual_approval',
};

const standInFreeze: Readonly<Record<string, string>> = {
  name: 'unreadable',
  reason: 'unreadable',
  start: '2000-01-01T00:00:00Z',
  duration: '1s',
};

/** Without these a whole stage or environment could not be looked at. */
function standInFor([top, section, key, field, ...deeper]: readonly PathSegment[]): unknown {
  if (top === 'metadata' && section === undefined) return { name: 'unreadable' };
  if (top === 'metadata' && section === 'name') return 'unreadable';
  if (top !== 'spec' || deeper.length > 0) return undefined;
  if (section === 'pipeline_stages' && typeof key === 'number') {
    if (field === undefined) return { name: `unreadable-${key}`, run: 'true' };
    if (field === 'name') return `unreadable-${key}`;
  }
  if (section === 'freezes' && field !== undefined) return standInFreeze[field];
  if (section === 'environments' && key !== undefined) {
    if (field === undefined) return { cluster: 'unreadable' };
    if (field === 'cluster') return 'unreadable';
  }
  return undefined;
}

/** A stage whose name breaks the rules is still the one that others mean by it. */
function withNames<Value>(value: Value, raw: unknown): Value {
  const stages = at(value as Container, ['spec', 'pipeline_stages']);
  if (!Array.isArray(stages)) return value;
  for (const [index, stage] of stages.entries()) {
    const name = at(raw as Container, ['spec', 'pipeline_stages', index, 'name']);
    if (typeof name === 'string') (stage as Container).name = name;
  }
  return value;
}

function at(root: Container, path: readonly PathSegment[]): unknown {
  return path.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, segment)
        ? (value as Container)[segment]
        : undefined,
    root,
  );
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
}
