import { z } from 'zod';
import { documentOf } from './document';
import { duration, name } from './scalars';

/** A name, or `*`: the entry for every name that has none of its own. */
const nameOrAny = z.union([z.literal('*'), name]);
const secretReference = z.string().regex(/^secret:\/\/[a-z0-9-]+\/.+/, {
  error: 'must be a reference such as secret://env/NAME: a value has no place in a document',
});

const cluster = z.looseObject({
  type: z.enum(['local', 'kubernetes']).describe('local: processes on this machine behind a reverse proxy.'),
});

const metricSource = z.strictObject({
  type: z.enum(['builtin', 'prometheus']),
  url: z.url().optional().describe('Needed by prometheus.'),
  secret: secretReference.optional(),
  queries: z
    .record(z.string(), z.string())
    .default({})
    .describe('Query templates by metric; {{app}}, {{environment}}, {{release}}, {{window}} are filled in.'),
});

const channel = z.strictObject({
  type: z.enum(['console', 'webhook', 'email']),
  url: z.string().optional().describe('Webhook: its URL. E-mail: smtp://host:port.'),
  to: z.array(z.string()).default([]),
  from: z.string().optional(),
  secret: secretReference.optional(),
});

const freeze = z.strictObject({
  name,
  reason: z.string(),
  environments: z.array(z.string()).default([]).describe('None named: all.'),
  start: z.iso
    .datetime({ offset: true, error: 'must be a date and time with a zone, such as 2026-12-24T00:00:00Z' })
    .describe('ISO-8601 with zone.'),
  duration,
  rrule: z.string().optional().describe('RFC 5545 recurrence without DTSTART, for example FREQ=WEEKLY;BYDAY=FR.'),
});

const isolation = z.strictObject({
  clean_environment: z.boolean().default(true),
  own_directory: z.boolean().default(true),
  memory_mib: z.int().min(16).default(1024),
  output_mib: z.int().min(1).default(16),
  timeout: duration.default('30m'),
});

export const productionPlatform = documentOf(
  'ProductionPlatform',
  z.strictObject({
    clusters: z.record(nameOrAny, cluster),
    metric_sources: z.record(nameOrAny, metricSource).default({ '*': { type: 'builtin', queries: {} } }),
    channels: z.record(name, channel).default({}),
    identity: z
      .strictObject({ users: z.record(z.string(), z.strictObject({ roles: z.array(z.string()).default([]) })) })
      .optional()
      .describe(
        'Who may play which role. Left out: any named person counts, and gates that ask for roles are refused.',
      ),
    freezes: z.array(freeze).default([]),
    isolation: z.record(name, isolation).default({}),
    time_scale: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe('Multiplies all durations of plans; for demonstrations.'),
  }),
);

export type ProductionPlatform = z.infer<typeof productionPlatform>;
