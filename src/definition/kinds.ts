import { nearestName } from './nearest-name';
import { app } from './schema/app';
import { apiVersion } from './schema/document';
import { productionPlatform } from './schema/production-platform';
import { productionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';

/** By kind; a new kind is one schema and one line here. */
export const schemas = {
  ProductionWorkflow: productionWorkflow,
  ProductionPlatform: productionPlatform,
  App: app,
} as const;

export type Kind = keyof typeof schemas;
const kinds = Object.keys(schemas) as Kind[];

/** Which schema a document is to be read by (null: none is known), and what is wrong with its frame. */
export function readFrame(raw: Readonly<Record<string, unknown>>): {
  readonly kind: Kind | null;
  readonly faults: Fault[];
} {
  const kind = kinds.find((known) => known === raw.kind) ?? null;
  const faults: Fault[] = [];
  if (raw.apiVersion !== apiVersion) {
    const message = unknownOr(raw.apiVersion, 'apiVersion');
    faults.push({ path: ['apiVersion'], message, expected: apiVersion, suggestion: apiVersion });
  }
  if (kind === null) {
    const expected = `one of ${kinds.join(', ')}`;
    const suggestion = nearestName(typeof raw.kind === 'string' ? raw.kind : '', kinds);
    faults.push({ path: ['kind'], message: unknownOr(raw.kind, 'kind'), expected, suggestion });
  }
  return { kind, faults };
}

function unknownOr(found: unknown, field: string): string {
  if (found === undefined || found === null) return `${field} is missing`;
  return typeof found === 'object' ? `${field} is no text` : `"${String(found)}" is not a known ${field}`;
}
