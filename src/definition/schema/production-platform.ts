import { z } from 'zod';
import { documentOf } from './document';
import { metricSource } from './metric-source';
import { duration, name, secretReference } from './scalars';

/** A name, or `*`: the entry for every name that has none of its own. */
const nameOrAny = z.union([z.literal('*'), name]);

const cluster = z.looseObject({
  type: z.enum(['local', 'kubernetes']).describe('local: processes on this machine behind a reverse proxy.'),
});

const channel = z.strictObject({
  type: z.enum(['console', 'webhook', 'email']),
  url: z.string().optional().describe('Webhook: its URL. E-mail: smtp://host:port.'),
  to: z.array(z.string()).default([]).describe('Recipients of e-mail.'),
  from: z.string().optional().describe('Sender of e-mail.'),
  secret: secretReference
    .optional()
    .describe('A reference such as secret://env/NAME: the key that signs a webhook, or user:password.'),
});

const freeze = z.strictObject({
  name,
  reason: z.string().describe('Shown to whoever waits.'),
  environments: z.array(z.string()).default([]).describe('None named: all.'),
  start: z.iso
    .datetime({ offset: true, error: 'must be a date and time with a zone, such as 2026-12-24T00:00:00Z' })
    .describe('ISO-8601 with zone.'),
  duration,
  rrule: z.string().optional().describe('RFC 5545 recurrence without DTSTART, for example FREQ=WEEKLY;BYDAY=FR.'),
});

const isolation = z.strictObject({
  clean_environment: z.boolean().default(true).describe("Commands see none of the worker's environment."),
  own_directory: z.boolean().default(true).describe('Commands run on a copy of the source.'),
  memory_mib: z.int().min(16).default(1024).describe('What is over it is killed.'),
  output_mib: z.int().min(1).default(16).describe('What is over it is cut.'),
  timeout: duration.default('30m').describe('Of one command.'),
});

export const productionPlatform = documentOf(
  'ProductionPlatform',
  z.strictObject({
    clusters: z
      .record(nameOrAny, cluster)
      .describe('What `cluster` of an environment names; `*` stands for all others.'),
    metric_sources: z
      .record(nameOrAny, metricSource)
      .default({ '*': { type: 'builtin', queries: {} } })
      .describe('What `monitoring` of an environment names.'),
    channels: z.record(name, channel).default({}).describe('Where people are told.'),
    identity: z
      .strictObject({ users: z.record(z.string(), z.strictObject({ roles: z.array(z.string()).default([]) })) })
      .optional()
      .describe(
        'Who may play which role. Left out: any named person counts, and gates that ask for roles are refused.',
      ),
    freezes: z
      .array(freeze)
      .default([])
      .describe('Stretches of time in which nothing is promoted; rollbacks are never held.'),
    isolation: z
      .record(name, isolation)
      .default({})
      .describe('Limits of commands, beside development and production-strict.'),
    time_scale: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe('Multiplies all durations of plans; for demonstrations.'),
  }),
).describe("The operator's side: where things run, what measures them, who may decide, when nothing is promoted.");

export type ProductionPlatform = z.infer<typeof productionPlatform>;
