import { z } from 'zod';
import { parsePercentage, percentageForm, percentagePattern } from '../percentage';
import { duration, name } from './scalars';

const percentage = z
  .string({ error: percentageForm })
  .refine((text) => parsePercentage(text) !== null, { error: `must be ${percentageForm}, at most 100%` })
  .meta({ title: 'percentage', pattern: percentagePattern })
  .describe('A percentage such as 99.9%.');

const query = z.string().min(1);

export const slo = z
  .strictObject({
    name,
    environment: name,
    app: name.optional().describe('Filled in for {{app}} in queries.'),
    objective: percentage.describe('The share of good events, such as 99.9%.'),
    window: duration.default('30d').describe('Whole days, 1d to 90d.'),
    metric_source: z.string().describe('One of `metric_sources`, other than the built-in one.'),
    good: query.optional().describe('Counts the good events of {{window}}; with `total`.'),
    total: query.optional().describe('Counts all events of {{window}}.'),
    indicator: z
      .enum(['error_rate'])
      .optional()
      .describe('Instead of `good` and `total`: the query of this name in the metric source.'),
  })
  .describe('How good an environment is to be for its users. Burn rates and the error budget come from it.');

export const businessKpi = z
  .strictObject({
    name,
    title: z.string().min(1).max(80).optional().describe('As people read it; the name when left out.'),
    source: z.string().describe('One of `metric_sources`, other than the built-in one.'),
    query: query.describe('Gives one figure; {{window}} is filled in.'),
    window: duration.default('1d').describe('What {{window}} stands for.'),
    target: z.number().optional(),
    direction: z.enum(['up', 'down']).describe('Which way is good.'),
    unit: z.string().describe('count, share, percent, seconds, per_day, ..., or a currency such as EUR.'),
    definition: z.string().max(300).optional().describe('One sentence for those who look at it.'),
  })
  .describe('A figure of the business beside those of delivery.');

const targets = z.strictObject({
  deployment_frequency: z.number().positive().optional().describe('A day.'),
  lead_time: duration.optional(),
  change_failure_rate: percentage.optional(),
  recovery_time: duration.optional(),
  rework_rate: percentage.optional(),
  approval_wait: duration.optional(),
  rollback_time: duration.optional(),
  cost_of_delay: z.number().positive().optional().describe('In the currency, over the days that are looked at.'),
});

const costOfDelay = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'must be the ISO 4217 code of a currency, such as EUR' }),
  per_day: z.number().positive().optional().describe('Of a day that a release of any workflow waits for people.'),
  workflows: z.record(name, z.number().positive()).default({}).describe('The same for single workflows.'),
});

export const delivery = z
  .strictObject({
    production: z
      .array(name)
      .min(1)
      .optional()
      .describe('The environments that delivery is measured in; left out: those named like production.'),
    targets: targets.default({}),
    cost_of_delay: costOfDelay.optional(),
  })
  .describe('What the measures of delivery look at, and are held against.');

export type SloSpec = z.infer<typeof slo>;
export type BusinessKpiSpec = z.infer<typeof businessKpi>;
export type DeliverySpec = z.infer<typeof delivery>;
