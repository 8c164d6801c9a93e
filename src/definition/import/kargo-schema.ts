import { z } from 'zod';
import { argument } from './argo-schema';

/** Whatever else a step says is about an action that is not done: it is told as a whole. */
const step = z.looseObject({
  uses: z.string().optional(),
  task: z.strictObject({ name: z.string(), kind: z.string().default('PromotionTask') }).optional(),
});

const request = z.strictObject({
  origin: z.strictObject({ kind: z.string(), name: z.string() }),
  sources: z.strictObject({
    direct: z.boolean().default(false),
    stages: z.array(z.string()).default([]),
    requiredSoakTime: z.string().optional(),
    availabilityStrategy: z.enum(['All', 'OneOf', '']).default(''),
  }),
});

const verification = z.strictObject({
  analysisTemplates: z
    .array(z.strictObject({ name: z.string(), kind: z.string().default('AnalysisTemplate') }))
    .default([]),
  args: z.array(argument).default([]),
});

export const stageSpec = z.strictObject({
  requestedFreight: z.array(request).min(1),
  promotionTemplate: z.strictObject({ spec: z.strictObject({ steps: z.array(step).default([]) }) }).optional(),
  verification: verification.optional(),
});

export const taskSpec = z.strictObject({ steps: z.array(step) });

const policy = z.strictObject({
  stage: z.string().optional(),
  stageSelector: z
    .strictObject({ name: z.string().optional(), matchLabels: z.record(z.string(), z.string()).default({}) })
    .optional(),
  autoPromotionEnabled: z.boolean().default(false),
});

/** Of a Project, as older versions had it, and of a ProjectConfig. */
export const projectSpec = z.strictObject({ promotionPolicies: z.array(policy).default([]) }).optional();

export type KargoStageSpec = z.output<typeof stageSpec>;
export type KargoStep = z.output<typeof step>;
export type KargoPolicy = z.output<typeof policy>;
