import { z } from 'zod';

/** A number, or text that stands for one. */
export const amount = z.union([z.int(), z.string()], { error: 'a number' });
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const templateReference = z.strictObject({ templateName: z.string(), clusterScope: z.boolean().default(false) });
const dryRun = z.array(z.strictObject({ metricName: z.string() })).default([]);

/** Of a template, where `value` is the default, and of whoever uses it. */
export const argument = z.strictObject({
  name: z.string(),
  value: text.nullish(),
  valueFrom: z
    .strictObject({
      podTemplateHashValue: z.enum(['Latest', 'Stable']).optional(),
      fieldRef: z.strictObject({ fieldPath: z.string() }).optional(),
      secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }).optional(),
    })
    .optional(),
});

const analysis = z.strictObject({
  templates: z.array(templateReference).default([]),
  args: z.array(argument).default([]),
  dryRun,
});

/** A word of the other tool that has no setting here, or several: looked at as a whole. */
const anything = z.unknown();

const step = z.strictObject({
  setWeight: z.int().optional(),
  pause: z.strictObject({ duration: amount.optional() }).nullish(),
  analysis: analysis.optional(),
  experiment: anything.optional(),
  plugin: anything.optional(),
});

const trafficRouting = z.strictObject({
  istio: anything.optional(),
  nginx: anything.optional(),
  plugins: z.record(z.string(), anything).optional(),
  maxTrafficWeight: z.int().positive().optional(),
});

const canary = z.strictObject({
  steps: z.array(step).nullish(),
  analysis: analysis.extend({ startingStep: z.int().min(0).optional() }).optional(),
  trafficRouting: trafficRouting.optional(),
  scaleDownDelaySeconds: z.int().min(0).optional(),
});

const blueGreen = z.strictObject({
  autoPromotionEnabled: z.boolean().optional(),
  scaleDownDelaySeconds: z.int().min(0).optional(),
  prePromotionAnalysis: analysis.optional(),
  postPromotionAnalysis: analysis.optional(),
});

export const rolloutSpec = z.strictObject({
  replicas: z.int().min(0).optional(),
  progressDeadlineSeconds: z.int().positive().optional(),
  strategy: z.strictObject({ canary: canary.nullish(), blueGreen: blueGreen.optional() }),
});

const prometheus = z.strictObject({ address: z.string().optional(), query: z.string().default('') });

const metric = z.strictObject({
  name: z.string(),
  interval: z.string().optional(),
  count: amount.optional(),
  successCondition: z.string().optional(),
  failureCondition: z.string().optional(),
  // Nought is the default, and ours: the first one is enough.
  failureLimit: amount.optional(),
  provider: z.strictObject({ prometheus: prometheus.optional() }),
});

export const templateSpec = z.strictObject({
  args: z.array(argument).default([]),
  metrics: z.array(metric).default([]),
  dryRun,
  templates: z.array(templateReference).default([]),
});

export type RolloutSpec = z.output<typeof rolloutSpec>;
export type CanarySpec = z.output<typeof canary>;
export type BlueGreenSpec = z.output<typeof blueGreen>;
export type TemplateSpec = z.output<typeof templateSpec>;
export type TemplateMetric = z.output<typeof metric>;
export type TemplateReference = z.output<typeof templateReference>;
export type Argument = z.output<typeof argument>;
export type AnalysisUse = z.output<typeof analysis>;
