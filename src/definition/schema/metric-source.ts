import { z } from 'zod';
import { secretReference } from './scalars';

/** Those of Datadog's own API description. */
export const datadogSites = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'uk1.datadoghq.com',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const;

/** A system that measures running releases. Which fields a type needs, `checkMetricSource` says. */
export const metricSource = z.strictObject({
  type: z
    .enum(['builtin', 'prometheus', 'datadog', 'new_relic'])
    .describe("builtin: scrapes the app's own metrics. The others are asked by their APIs."),
  url: z.url().optional().describe("Needed by prometheus. Of the others: a proxy instead of the vendor's address."),
  secret: secretReference
    .optional()
    .describe(
      'A reference such as secret://env/NAME. prometheus: a bearer token, or user:password. datadog: the API key. new_relic: a user key.',
    ),
  application_secret: secretReference.optional().describe('datadog: a reference to the application key.'),
  site: z.enum(datadogSites).optional().describe('datadog: where the organisation is; datadoghq.com when left out.'),
  operation: z
    .string()
    .regex(/^[A-Za-z][\w.]*$/, { error: 'must be the name of a span, such as web.request' })
    .optional()
    .describe("datadog: name of the service's entry span; http.server.request when left out."),
  account: z.int().positive().optional().describe('new_relic: number of the account.'),
  region: z.enum(['us', 'eu']).optional().describe('new_relic: data centre of the account; us when left out.'),
  queries: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Query templates by metric; {{app}}, {{environment}}, {{region}}, {{release}}, {{namespace}}, {{window}} are filled in.',
    ),
});

export type MetricSourceSpec = z.infer<typeof metricSource>;
