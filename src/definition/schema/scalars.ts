import { z } from 'zod';
import { conditionForm, conditionPattern, parseCondition } from '../condition-text';
import { durationForm, durationPattern, parseDuration } from '../duration';
import { metricNames, unitFault } from '../metrics';

/** What the error printer finds in a custom issue besides its message. */
export interface FaultParams {
  readonly expected: string | null;
  readonly suggestion: string | null;
}

const nameForm = 'letters, digits, "-", "_" or ".", at most 63, beginning with a letter or digit';

/** Names end up in workflow ids, labels and file paths. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, { error: `must be a name: ${nameForm}` })
  .meta({ title: 'name' });

export const secretReference = z.string().regex(/^secret:\/\/[a-z0-9-]+\/.+/, {
  error: 'must be a reference such as secret://env/NAME: a value has no place in a document',
});

// A title and a pattern are for the JSON Schema: editors check what they can, and the reference has a name for it.
const whenever = z
  .string({ error: durationForm })
  .superRefine((text, context) => {
    if (parseDuration(text) !== null) return;
    fault(context, `"${text}" is not a duration`, { expected: durationForm, suggestion: null });
  })
  .meta({ title: 'duration', pattern: durationPattern });

/** Where no time at all has a meaning. */
export const durationOrZero = whenever.describe('A duration such as 30s, 10m, 1h30m or 7d; 0s: none.');

export const duration = whenever
  .superRefine((text, context) => {
    if (parseDuration(text) !== 0) return;
    fault(context, `"${text}" is no time at all`, { expected: 'more than 0s', suggestion: null });
  })
  .describe('A duration such as 30s, 10m, 1h30m or 7d.');

export const condition = z
  .string({ error: conditionForm })
  .superRefine((text, context) => checkCondition(text, context, conditionForm))
  .meta({ title: 'condition', pattern: conditionPattern })
  .describe(`${conditionForm}.`);

const eventPattern = '^[A-Za-z][\\w.-]*$';

/** A condition, or a bare name: an event that the anomaly detector or another system raises. */
export const trigger = z
  .string({ error: `${conditionForm}, or the bare name of an event` })
  .superRefine((text, context) => {
    if (!isEventName(text)) checkCondition(text, context, `${conditionForm}, or the bare name of an event`);
    else if (metricNames.includes(text) || text === 'latency') {
      const message = `"${text}" is a metric and no event: as a trigger it would never come`;
      fault(context, message, { expected: conditionForm, suggestion: null });
    }
  })
  .meta({ title: 'condition or event', pattern: `${eventPattern}|${conditionPattern}` })
  .describe('A condition, or the bare name of an event such as exercise7_anomaly_detected.');

export function isEventName(text: string): boolean {
  return new RegExp(eventPattern).test(text);
}

function checkCondition(text: string, context: z.core.$RefinementCtx, expected: string): void {
  const parsed = parseCondition(text);
  if (!parsed.ok) fault(context, parsed.message, { expected, suggestion: parsed.suggestion });
  const message = parsed.ok ? unitFault(parsed.condition) : null;
  if (message) fault(context, message, { expected: 'a threshold that the metric can reach', suggestion: null });
}

/** One or many. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.union([item, z.array(item)]);
}

export const environmentVariables = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of an environment variable' }),
  z.union([z.string(), z.number(), z.boolean()]),
);

function fault(context: z.core.$RefinementCtx, message: string, params: FaultParams): void {
  context.addIssue({ code: 'custom', message, params: { ...params } });
}
