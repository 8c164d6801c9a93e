import { z } from 'zod';
import { name } from './scalars';

export const apiVersion = 'framework0.io/v1';

export const metadata = z
  .strictObject({
    name: name.describe('The name of the document, unique by kind and namespace.'),
    namespace: name.default('default').describe('Keeps teams apart; part of every workflow id.'),
    labels: z.record(z.string(), z.string()).optional().describe('For people and tools; no meaning to the system.'),
    description: z.string().optional(),
  })
  .describe('Who the document is.');

/** The frame that all kinds share. */
export function documentOf<Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec });
}
