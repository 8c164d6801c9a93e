import { z } from 'zod';
import { duration, durationOrZero, listOf, name } from './scalars';

const labelName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of a label: letters, digits and "_"' });

const matchers = z
  .record(labelName, listOf(z.string()))
  .describe('Label to a value or a list of values, one of which it must have; `severity` counts as a label.');

const channels = z.array(name).min(1).describe('The first one is told; the next one where that fails.');

const escalation = z.strictObject({
  after: duration.describe('Since the group was first told.'),
  channels,
});

const route = z.strictObject({
  name: name.optional().describe('Left out: route-1, route-2 and so on.'),
  match: matchers.default({}).describe('Left out: every alert.'),
  group_by: z
    .array(labelName)
    .default(['namespace', 'environment', 'alertname'])
    .describe('Alerts with the same values of these labels are told together.'),
  group_wait: durationOrZero.default('1s').describe('From the first alert of a group to its first message.'),
  group_interval: durationOrZero.default('30s').describe('Between two messages about news of a group.'),
  repeat_every: durationOrZero.default('4h').describe('While it fires and nobody acknowledges it; 0s: never.'),
  channels,
  escalate: z.array(escalation).default([]).describe('Who is told next, while nobody acknowledges.'),
  continue: z.boolean().default(false).describe('Routes after this one are looked at too.'),
});

const inhibition = z.strictObject({
  source: matchers,
  target: matchers,
  equal: z.array(labelName).default([]).describe('Labels whose values must be the same in both.'),
});

export const alerting = z
  .strictObject({
    routes: z.array(route).default([]).describe('Left out: every channel gets every firing alert.'),
    inhibit: z
      .array(inhibition)
      .default([])
      .describe('While an alert of `source` fires, alerts of `target` are not told.'),
  })
  .describe('Turns on grouping, silences, acknowledgement and escalation of alerts.');

export type Alerting = z.infer<typeof alerting>;
