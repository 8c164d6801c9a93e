import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { checkPlatform, checkWorkflow } from './check';
import type { Diagnostic } from './diagnostic';
import { nearestName } from './nearest-name';
import { type AppDocument, app } from './schema/app';
import { apiVersion } from './schema/document';
import { type ProductionPlatform, productionPlatform } from './schema/production-platform';
import { type ProductionWorkflow, productionWorkflow } from './schema/production-workflow';
import { schemaFaults } from './schema-faults';
import { type Fault, SourceMap } from './source-map';

/** A document that is right by itself; `source` places later findings. */
export type LoadedDocument =
  | { readonly kind: 'ProductionWorkflow'; readonly value: ProductionWorkflow; readonly source: SourceMap }
  | { readonly kind: 'ProductionPlatform'; readonly value: ProductionPlatform; readonly source: SourceMap }
  | { readonly kind: 'App'; readonly value: AppDocument; readonly source: SourceMap };

export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface LoadResult {
  readonly documents: readonly LoadedDocument[];
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** By kind; a new kind is one schema and one line here. */
export const schemas = {
  ProductionWorkflow: productionWorkflow,
  ProductionPlatform: productionPlatform,
  App: app,
} as const;
type Kind = keyof typeof schemas;
const kinds = Object.keys(schemas) as Kind[];

/** Larger documents are not written by people, and cost memory before they can be refused. */
const maxBytes = 1024 * 1024;
/** Each alias copies what it names: more than this is an attack or an accident. */
const maxAliases = 100;

/** Reads YAML or JSON, several documents a file. Gives all faults of all files at once; never throws. */
export function loadDocuments(sources: readonly Source[]): LoadResult {
  const documents: LoadedDocument[] = [];
  const errors: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  for (const source of sources) {
    const loaded = loadFile(source);
    documents.push(...loaded.documents);
    errors.push(...loaded.errors);
  }
  errors.push(...repeatedDocuments(documents));
  const platforms = documents.filter((document) => document.kind === 'ProductionPlatform');
  for (const document of documents) {
    const platform = platforms.length === 1 ? (platforms[0]?.value ?? null) : null;
    const findings =
      document.kind === 'ProductionWorkflow'
        ? checkWorkflow(document.value, platform)
        : document.kind === 'ProductionPlatform'
          ? checkPlatform(document.value)
          : { errors: [], warnings: [] };
    errors.push(...findings.errors.map((fault) => document.source.diagnostic(fault)));
    warnings.push(...findings.warnings.map((fault) => document.source.diagnostic(fault)));
  }
  return { documents, errors, warnings };
}

function loadFile({ file, text }: Source): { documents: LoadedDocument[]; errors: Diagnostic[] } {
  const whole = (message: string, expected: string | null = null): Diagnostic => ({
    file,
    line: 1,
    column: 1,
    path: '',
    message,
    expected,
    suggestion: null,
  });
  if (text.length > maxBytes)
    return { documents: [], errors: [whole(`the file has ${Math.ceil(text.length / 1024)} KiB`, 'at most 1 MiB')] };
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, version: '1.2' });
  const present = Array.isArray(parsed)
    ? parsed.filter(({ contents, errors }) => contents !== null || errors.length > 0)
    : [];
  if (present.length === 0) return { documents: [], errors: [whole('the file is empty', 'at least one document')] };

  const documents: LoadedDocument[] = [];
  const errors: Diagnostic[] = [];
  for (const document of present) {
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0]);
      errors.push({
        file,
        line,
        column: col,
        path: '',
        message: yamlMessage(error.message),
        expected: null,
        suggestion: null,
      });
    }
    if (document.errors.length > 0) continue;
    const source = new SourceMap(file, document, lines);
    const loaded = loadDocument(document, source);
    if ('faults' in loaded) errors.push(...loaded.faults.map((fault) => source.diagnostic(fault)));
    else documents.push(loaded);
  }
  return { documents, errors };
}

function loadDocument(document: Document, source: SourceMap): LoadedDocument | { readonly faults: readonly Fault[] } {
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: maxAliases });
  } catch {
    return {
      faults: [
        {
          path: [],
          message: 'the aliases of this document multiply beyond reason',
          expected: `at most ${maxAliases} repetitions`,
        },
      ],
    };
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return {
      faults: [
        { path: [], message: 'this is no document', expected: 'a map with apiVersion, kind, metadata and spec' },
      ],
    };
  }
  const frame = frameFaults(raw as Record<string, unknown>);
  if (frame.length > 0) return { faults: frame };
  const kind = (raw as { kind: Kind }).kind;
  const schema: z.ZodType = schemas[kind];
  const faults = schemaFaults(schema, raw);
  if (faults.length > 0) return { faults };
  return { kind, value: schema.parse(raw), source } as LoadedDocument;
}

function frameFaults(raw: Record<string, unknown>): Fault[] {
  const faults: Fault[] = [];
  if (raw.apiVersion !== apiVersion) {
    const found =
      raw.apiVersion === undefined ? 'apiVersion is missing' : `"${String(raw.apiVersion)}" is not a known apiVersion`;
    faults.push({ path: ['apiVersion'], message: found, expected: apiVersion, suggestion: apiVersion });
  }
  if (!kinds.some((kind) => kind === raw.kind)) {
    const found = raw.kind === undefined ? 'kind is missing' : `"${String(raw.kind)}" is not a known kind`;
    faults.push({
      path: ['kind'],
      message: found,
      expected: `one of ${kinds.join(', ')}`,
      suggestion: nearestName(String(raw.kind ?? ''), kinds),
    });
  }
  return faults;
}

function repeatedDocuments(documents: readonly LoadedDocument[]): Diagnostic[] {
  const seen = new Set<string>();
  return documents.flatMap(({ kind, value, source }) => {
    const identity = `${kind} ${value.metadata.namespace}/${value.metadata.name}`;
    if (!seen.has(identity)) {
      seen.add(identity);
      return [];
    }
    return [source.diagnostic({ path: ['metadata', 'name'], message: `${identity} is defined twice` })];
  });
}

function yamlMessage(message: string): string {
  if (message.includes('Map keys must be unique')) return 'this key is given twice';
  if (/tab/i.test(message)) return 'a tab is used for indentation: YAML wants spaces';
  return message;
}
