import { z } from 'zod';
import { schemas } from './kinds';

/** JSON Schema (draft 2020-12) by kind, for editors: what a person may write, before defaults are filled in. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(schemas).map(([kind, schema]) => [
      kind,
      { title: kind, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) },
    ]),
  );
}
