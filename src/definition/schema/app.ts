import { z } from 'zod';
import { documentOf } from './document';
import { listOf, name } from './scalars';

export const metricsSchema = z.strictObject({
  path: z.string().default('/metrics').describe('Where Prometheus metrics are served.'),
  requests: z.string().default('http_requests_total').describe('Counter of requests.'),
  status_label: z.string().default('status').describe('Its label with the HTTP status.'),
  duration: z.string().default('http_request_duration_seconds').describe('Histogram of durations in seconds.'),
});

const spec = z.strictObject({
  build: listOf(z.string()).default([]).describe('Commands; none: nothing to compile.'),
  tests: z.record(name, z.string()).default({}).describe('Commands by the names that stages use.'),
  start: z.string().describe('Starts one replica. It gets PORT, F0_RELEASE and F0_ENVIRONMENT, in a region F0_REGION.'),
  health: z
    .string()
    .regex(/^\//, { error: 'must be a path that begins with /' })
    .default('/healthz')
    .describe('Answers 200 when a replica is ready.'),
  metrics: z
    .union([z.string(), metricsSchema])
    .optional()
    .describe('A path, or where and under which names. Left out: no condition on this app can be measured.'),
  replicas: z.int().min(1).max(1000).default(2).describe('Where the environment says nothing else.'),
  synthetic_traffic: z
    .strictObject({
      requests: z.array(z.string().regex(/^GET \/\S*$/, { error: 'must be a request such as GET /path' })).min(1),
      per_second: z.number().positive().max(1000).default(10),
    })
    .optional()
    .describe('Sent where users send less than this, so that gates have something to measure.'),
});

/** `f0.app.yaml`: how an application is built, tested, started and looked at. */
export const app = documentOf('App', spec).describe(
  'How an application is built, tested, started and looked at: `f0.app.yaml` in its folder.',
);

export type AppDocument = z.infer<typeof app>;
export type App = z.infer<typeof spec>;
