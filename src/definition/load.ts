import { type Document, LineCounter } from 'yaml';
import type { z } from 'zod';
import { checkWorkflow } from './check';
import { checkPlatform } from './check-platform';
import { byPosition, type Diagnostic } from './diagnostic';
import type { Findings, Surroundings } from './findings';
import { type Kind, readFrame, schemas } from './kinds';
import { independentOf, readablePart } from './readable';
import type { AppDocument } from './schema/app';
import { apiVersion } from './schema/document';
import type { ProductionPlatform } from './schema/production-platform';
import type { ProductionWorkflow } from './schema/production-workflow';
import { schemaFaults } from './schema-faults';
import { type Fault, SourceMap } from './source-map';
import { aliasFaults, syntaxFaults } from './syntax-faults';
import { byteLength, isEmpty, isFlat, maxDepth, parseText, repeatedKeys } from './yaml-text';

interface Values {
  readonly ProductionWorkflow: ProductionWorkflow;
  readonly ProductionPlatform: ProductionPlatform;
  readonly App: AppDocument;
}

/** A document whose fields are right by themselves; `source` places later findings. */
export type LoadedDocument = {
  [K in Kind]: { readonly kind: K; readonly value: Values[K]; readonly source: SourceMap };
}[Kind];

export interface Source {
  /** How messages name it; nothing is read. */
  readonly file: string;
  readonly text: string;
}

export interface LoadResult {
  readonly documents: readonly LoadedDocument[];
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** What was read of a document: the faults that its schema found, and what is left without them. */
interface Reading {
  readonly source: SourceMap;
  readonly faults: readonly Fault[];
  /** Null: nothing could be read. */
  readonly content: LoadedDocument | null;
  /** The content is all that was written. */
  readonly isSound: boolean;
}

/** Larger documents are not written by people, and cost memory before they can be refused. */
const maxBytes = 1024 * 1024;
/** Each alias copies what it names: more than this is an attack or an accident. */
const maxAliases = 100;

/**
 * Reads YAML or JSON, several documents a file, and checks them against each other: a workflow against the platform and
 * the app among them, where there is one of each. Gives all faults of all files at once, by place; never throws.
 */
export function loadDocuments(sources: readonly Source[]): LoadResult {
  const files = sources.map(readFile);
  const readings = files.flatMap((file) => file.readings);
  const documents = readings.flatMap(({ content, isSound }) => (content && isSound ? [content] : []));
  const platform = theOnly(documents.filter((document) => document.kind === 'ProductionPlatform'))?.value ?? null;
  const app = theOnly(documents.filter((document) => document.kind === 'App'))?.value ?? null;
  const checked = readings.map(({ content, faults, source }) => {
    const { errors, warnings } = content ? check(content, { platform, app }) : { errors: [], warnings: [] };
    const place = (fault: Fault) => source.diagnostic(fault);
    return {
      errors: [...faults, ...independentOf(faults, errors)].map(place),
      warnings: independentOf(faults, warnings).map(place),
    };
  });
  const errors = [...files.flatMap((file) => file.errors), ...checked.flatMap((one) => one.errors)];
  const order = sources.map(({ file }) => file);
  return {
    documents,
    errors: byPosition([...errors, ...repeatedDocuments(documents)], order),
    warnings: byPosition(
      checked.flatMap((one) => one.warnings),
      order,
    ),
  };
}

/** The manifest of an app (`f0.app.yaml`): one document of kind App. Null where there are errors. */
export function loadApp(source: Source): {
  readonly app: Extract<LoadedDocument, { kind: 'App' }> | null;
  readonly errors: readonly Diagnostic[];
} {
  const { documents, errors } = loadDocuments([source]);
  const apps = documents.filter((document) => document.kind === 'App');
  const app = theOnly(apps);
  if (errors.length > 0) return { app: null, errors };
  if (app && documents.length === 1) return { app, errors: [] };
  const message = `the file holds ${documents.length} documents, ${apps.length} of them of kind App`;
  const expected = 'one document, of kind App';
  return {
    app: null,
    errors: [{ file: source.file, line: 1, column: 1, path: '', message, expected, suggestion: null }],
  };
}

function check(content: LoadedDocument, surroundings: Surroundings): Findings {
  switch (content.kind) {
    case 'ProductionWorkflow':
      return checkWorkflow(content.value, surroundings);
    case 'ProductionPlatform':
      return checkPlatform(content.value);
    case 'App':
      return { errors: [], warnings: [] };
  }
}

function readFile({ file, text }: Source): { readings: Reading[]; errors: Diagnostic[] } {
  const refuse = (message: string, expected: string | null) => ({
    readings: [],
    errors: [{ file, line: 1, column: 1, path: '', message, expected, suggestion: null }],
  });
  const bytes = byteLength(text);
  if (bytes > maxBytes) return refuse(`the file has ${Math.ceil(bytes / 1024)} KiB`, 'at most 1 MiB');
  const lines = new LineCounter();
  const parsed = parseText(text, lines);
  if (parsed === null) return tooDeep(refuse);
  const present = parsed.filter(({ contents, errors }) => !isEmpty(contents) || errors.length > 0);
  if (present.length === 0) return refuse('the file is empty', 'at least one document');

  const errors: Diagnostic[] = [];
  const readings: Reading[] = [];
  for (const document of present) {
    const faults = [...syntaxFaults(document, { file, text }), ...aliasFaults(document)];
    for (const { offset, ...fault } of faults) {
      const { line, col } = lines.linePos(offset);
      errors.push({ file, line, column: col, path: '', suggestion: null, ...fault });
    }
    // After a fault of syntax nothing is where it seems to be.
    if (faults.length > 0) continue;
    const repeated = repeatedKeys(document).map((offset) => lines.linePos(offset));
    const fault = { file, path: '', message: 'this key is given twice', expected: 'each key once', suggestion: null };
    for (const { line, col } of repeated) errors.push({ ...fault, line, column: col });
    const reading = readDocument(document, new SourceMap(file, document, lines));
    readings.push({ ...reading, isSound: reading.isSound && repeated.length === 0 });
  }
  return { readings, errors };
}

function tooDeep<Refused>(refuse: (message: string, expected: string) => Refused): Refused {
  return refuse('this is nested too deep to be read', `at most ${maxDepth} levels`);
}

function readDocument(document: Document, source: SourceMap): Reading {
  const refuse = (message: string, expected: string): Reading => ({
    source,
    content: null,
    isSound: false,
    faults: [{ path: [], message, expected }],
  });
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Merge sources')) {
      return refuse('a "<<" takes over what is no map', 'an alias of a map, or a list of those');
    }
    return refuse('the aliases of this document multiply beyond reason', `at most ${maxAliases} copies by aliases`);
  }
  if (!isFlat(raw, [])) return tooDeep(refuse);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return refuse('this is no document', 'a map with apiVersion, kind, metadata and spec');
  }
  const { kind, faults: frame } = readFrame(raw as Record<string, unknown>);
  if (kind === null) return { source, content: null, isSound: false, faults: frame };
  // A wrong version has been told, and must not hide what else is wrong.
  const framed = { ...raw, apiVersion };
  const schema: z.ZodType = schemas[kind];
  const value = readablePart(schema, framed);
  const faults = [...frame, ...schemaFaults(schema, framed)];
  return {
    source,
    faults,
    isSound: faults.length === 0,
    content: value === null ? null : ({ kind, value, source } as LoadedDocument),
  };
}

function repeatedDocuments(documents: readonly LoadedDocument[]): Diagnostic[] {
  const seen = new Set<string>();
  return documents.flatMap(({ kind, value, source }) => {
    const identity = `${kind} ${value.metadata.namespace}/${value.metadata.name}`;
    const isNew = !seen.has(identity);
    seen.add(identity);
    if (isNew) return [];
    return [source.diagnostic({ path: ['metadata', 'name'], message: `${identity} is defined twice` })];
  });
}

function theOnly<T>(all: readonly T[]): T | null {
  return all.length === 1 ? (all[0] ?? null) : null;
}
