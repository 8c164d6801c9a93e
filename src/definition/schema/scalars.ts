import { z } from 'zod';
import { conditionForm, parseCondition } from '../condition-text';
import { durationForm, parseDuration } from '../duration';
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

const whenever = z.string().superRefine((text, context) => {
  if (parseDuration(text) !== null) return;
  fault(context, `"${text}" is not a duration`, { expected: durationForm, suggestion: null });
});

/** Where no time at all has a meaning. */
export const durationOrZero = whenever.describe('A duration such as 30s, 10m, 1h30m or 7d; 0s: none.');

export const duration = whenever
  .superRefine((text, context) => {
    if (parseDuration(text) !== 0) return;
    fault(context, `"${text}" is no time at all`, { expected: 'more than 0s', suggestion: null });
  })
  .describe('A duration such as 30s, 10m, 1h30m or 7d.');

export const condition = z
  .string()
  .superRefine((text, context) => checkCondition(text, context, conditionForm))
  .describe('METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW], for example "error_rate > 2%".');

/** A condition, or a bare name: an event that the anomaly detector or another system raises. */
export const trigger = z
  .string()
  .superRefine((text, context) => {
    if (!isEventName(text)) checkCondition(text, context, `${conditionForm}, or the bare name of an event`);
    else if (metricNames.includes(text) || text === 'latency') {
      const message = `"${text}" is a metric and no event: as a trigger it would never come`;
      fault(context, message, { expected: conditionForm, suggestion: null });
    }
  })
  .describe('A condition, or the bare name of an event such as exercise7_anomaly_detected.');

export function isEventName(text: string): boolean {
  return /^[A-Za-z][\w.-]*$/.test(text);
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
