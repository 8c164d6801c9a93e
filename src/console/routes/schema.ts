// What routes say of themselves: it is checked where it comes in, and makes the OpenAPI document.

const failed = { description: 'Why not, and what to do.', $ref: 'ApiError#' } as const;

/** A route whose answer is one of the shapes of the API. */
export function answers(name: string, summary: string) {
  return { summary, response: { 200: { description: summary, $ref: `${name}#` }, default: failed } };
}

/** One that answers with nothing, when it has done what was asked. */
export function done(summary: string) {
  return { summary, response: { 204: { description: summary, type: 'null' }, default: failed } };
}

/** One whose answer is no JSON. */
export function sends(type: string, summary: string) {
  return {
    summary,
    response: { 200: { description: summary, content: { [type]: { schema: { type: 'string' } } } }, default: failed },
  };
}

export function object<Properties extends object>(
  properties: Properties,
  required: readonly (keyof Properties & string)[] = [],
) {
  return { type: 'object', additionalProperties: false, required, properties } as const;
}

export const name = { type: 'string', minLength: 1, maxLength: 200 } as const;
/** People explain themselves here, and auditors read it. */
export const reason = { type: 'string', maxLength: 4_000 } as const;
export const givenReason = { ...reason, minLength: 1 } as const;
export const instant = { type: 'string', format: 'date-time' } as const;
export const runParams = object({ id: { type: 'string', minLength: 1, maxLength: 600 } }, ['id']);
