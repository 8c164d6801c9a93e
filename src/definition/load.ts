import type { z } from 'zod';
import { checkWorkflow } from './check';
import { checkPlatform } from './check-platform';
import { byPosition, type Diagnostic } from './diagnostic';
import type { Findings, Surroundings } from './findings';
import { type Kind, readFrame, schemas } from './kinds';
import { readText, type Source, type TextDocument } from './read-text';
import { independentOf, readablePart } from './readable';
import type { AppDocument } from './schema/app';
import { apiVersion } from './schema/document';
import type { ProductionPlatform } from './schema/production-platform';
import type { ProductionWorkflow } from './schema/production-workflow';
import { schemaFaults } from './schema-faults';
import type { Fault, SourceMap } from './source-map';

interface Values {
  readonly ProductionWorkflow: ProductionWorkflow;
  readonly ProductionPlatform: ProductionPlatform;
  readonly App: AppDocument;
}

/** A document whose fields are right by themselves; `source` places later findings. */
export type LoadedDocument = {
  [K in Kind]: { readonly kind: K; readonly value: Values[K]; readonly source: SourceMap };
}[Kind];

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

function readFile(file: Source): { readings: Reading[]; errors: readonly Diagnostic[] } {
  const { documents, errors } = readText(file);
  return { readings: documents.map(readDocument), errors };
}

function readDocument({ source, raw, faults: unreadable, isSound }: TextDocument): Reading {
  if (unreadable.length > 0) return { source, content: null, isSound: false, faults: unreadable };
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const fault = {
      path: [],
      message: 'this is no document',
      expected: 'a map with apiVersion, kind, metadata and spec',
    };
    return { source, content: null, isSound: false, faults: [fault] };
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
    isSound: isSound && faults.length === 0,
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
