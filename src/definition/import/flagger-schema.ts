import { z } from 'zod';

const reference = z.strictObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  name: z.string(),
  namespace: z.string().optional(),
});

const metric = z.strictObject({
  name: z.string(),
  /** The window. */
  interval: z.string().optional(),
  thresholdRange: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  /** Older form of thresholdRange. */
  threshold: z.number().optional(),
  /** Older form of templateRef. */
  query: z.string().optional(),
  templateRef: reference.optional(),
  templateVariables: z.record(z.string(), z.string()).default({}),
});

export const webhookTypes = [
  'rollout',
  'pre-rollout',
  'post-rollout',
  'confirm-rollout',
  'confirm-promotion',
  'confirm-traffic-increase',
  'event',
  'rollback',
] as const;

/** Whatever else a webhook says is about the call, which is not made. */
const webhook = z.looseObject({ name: z.string(), type: z.enum(webhookTypes).default('rollout') });

const analysis = z.strictObject({
  interval: z.string().optional(),
  threshold: z.int().optional(),
  iterations: z.int().min(0).default(0),
  maxWeight: z.int().min(0).default(0),
  stepWeight: z.int().min(0).default(0),
  stepWeights: z.array(z.int().min(0)).default([]),
  match: z.unknown().optional(),
  metrics: z.array(metric).default([]),
  webhooks: z.array(webhook).default([]),
});

export const canarySpec = z.strictObject({
  provider: z.string().optional(),
  metricsServer: z.string().optional(),
  targetRef: reference,
  ingressRef: reference.optional(),
  routeRef: reference.optional(),
  progressDeadlineSeconds: z.int().positive().optional(),
  skipAnalysis: z.boolean().default(false),
  /** Its name is what queries ask for. */
  service: z.looseObject({ name: z.string().optional() }).optional(),
  analysis: analysis.optional(),
  /** Older form of analysis. */
  canaryAnalysis: analysis.optional(),
});

export const metricTemplateSpec = z.strictObject({
  provider: z.strictObject({ type: z.string().optional(), address: z.string().optional() }),
  query: z.string().default(''),
});

export type FlaggerSpec = z.output<typeof canarySpec>;
export type FlaggerAnalysis = z.output<typeof analysis>;
export type FlaggerMetric = z.output<typeof metric>;
export type WebhookType = (typeof webhookTypes)[number];
