import { z } from 'zod';
import { documentOf } from './document';
import { condition, duration, durationOrZero, environmentVariables, listOf, name, trigger } from './scalars';

export const strategyNames = ['rolling', 'blue_green', 'canary', 'recreate'] as const;

export const approval = z
  .strictObject({
    approvers: z.array(z.string()).optional().describe('These people may decide. Default: none named.'),
    roles: z
      .array(z.string())
      .optional()
      .describe(
        'Whoever has one of these roles in the platform may decide. With neither approvers nor roles: anyone but the author.',
      ),
    quorum: z.int().min(1).max(20).optional().describe('How many different people must approve. Default 1.'),
    expires_in: duration.optional().describe('Undecided after this time counts as rejected. Default 24h.'),
    remind_every: duration.optional().describe('Tells the channels again. Default: never.'),
    escalate_to: z
      .array(z.string())
      .optional()
      .describe('Told at half time; may decide from then on. Default: nobody.'),
    allow_author: z
      .boolean()
      .optional()
      .describe('Whether the person who started the release may approve it. Default false.'),
  })
  .describe('Who decides at the gate of a stage or an environment.');

const gateMode = z
  .enum(['enforce', 'pause', 'observe'])
  .default('enforce')
  .describe('enforce: a failure goes back. pause: it asks a person. observe: it is recorded only.');
const onInconclusive = z
  .enum(['ask', 'fail', 'pass'])
  .default('ask')
  .describe('What happens when nothing can be concluded after the extensions.');

const monitoring = z
  .strictObject({
    analytics_engine: z
      .string()
      .optional()
      .describe('The metric source, when it is another than the environment names.'),
    real_time: z.boolean().optional().describe('Samples every second instead of every five.'),
    alerts: z.array(condition).default([]).describe('Told, and the release goes on.'),
    rollback_triggers: z.array(trigger).default([]).describe('Go back as soon as one is true.'),
    duration: duration
      .optional()
      .describe('How long the triggers are watched before the release counts as good. Default 10m.'),
    interval: duration.optional().describe('Between two samples. Default 5s, with real_time 1s.'),
    watch_after: durationOrZero
      .optional()
      .describe('Watched on after the release is live. Default 24h; 0s: not at all.'),
    mode: gateMode,
    on_inconclusive: onInconclusive,
  })
  .describe('What is watched while and after the release gets traffic.');

const validation = z
  .strictObject({
    duration: duration.describe('The soak.'),
    success_criteria: listOf(condition).describe('All must hold over the duration.'),
    mode: gateMode,
    on_inconclusive: onInconclusive,
  })
  .describe('What must hold before the release counts as good here.');

const canaryStep = z.union([
  z.strictObject({
    weight: z.number().min(0).max(100).describe('Percent of the traffic; each more than the one before.'),
  }),
  z.strictObject({ analyze: duration.describe('The conditions of the stage must hold for this long.') }),
  z.strictObject({
    pause: z.union([duration, z.strictObject({})]).describe('For this long; {}: until somebody resumes.'),
  }),
  z.strictObject({ approve: approval }),
]);

const retireAfter = durationOrZero
  .optional()
  .describe('How long the old release stays ready to take the traffic back. Default 5m.');

const strategyObject = z.strictObject({
  rolling: z.strictObject({}).optional(),
  recreate: z.strictObject({}).optional(),
  blue_green: z.strictObject({ retire_after: retireAfter }).optional(),
  canary: z.strictObject({ steps: z.array(canaryStep).min(1).optional(), retire_after: retireAfter }).optional(),
});

export const strategy = z
  .union([z.enum(strategyNames), strategyObject])
  .describe(
    'How traffic moves: a name, or an object with settings such as { canary: { steps: [{ weight: 5 }, { analyze: 5m }, { weight: 100 }] } }.',
  );

const region = z
  .strictObject({
    cluster: z.string().describe('A cluster of the platform, of this region alone.'),
    replicas: z.int().min(1).max(1000).optional().describe('Default: those of the environment.'),
    monitoring: z.string().optional().describe('A metric source of the platform. Default: that of the environment.'),
  })
  .describe('A part of an environment: one cluster, with traffic of its own.');

const wave = z
  .strictObject({
    regions: z.array(z.string()).min(1).describe('Regions of the environment, deployed to in this order.'),
    max_parallel: z.int().min(1).max(100).default(1).describe('How many of them at once.'),
    soak: duration
      .optional()
      .describe('Before the next wave the triggers of the stage are watched for this long; without any it is waited.'),
  })
  .describe('Regions that get the release when the waves before have it.');

const environment = z
  .strictObject({
    cluster: z.string().optional().describe('A cluster of the platform. Needed, unless there are regions.'),
    regions: z.record(name, region).optional().describe('Instead of cluster: several of them, by name.'),
    waves: z
      .array(wave)
      .min(1)
      .optional()
      .describe('The order of the regions, each in one wave. Default: one wave of all, one region after the other.'),
    on_unreachable: z
      .enum(['skip', 'wait', 'fail'])
      .optional()
      .describe(
        'A region that does not answer when its turn comes. skip: it keeps its old release, and the result names it. wait: for unreachable_after, then as fail. fail: all regions go back. Default fail.',
      ),
    unreachable_after: duration
      .optional()
      .describe(
        'How long a region is asked before it counts as unreachable. Default 1m, with on_unreachable: wait 1h.',
      ),
    monitoring: z.string().optional().describe('A metric source of the platform. Default: the built-in analytics.'),
    deployment: z
      .string()
      .optional()
      .describe('A label for people, such as exercise8-containers: what deploys is the type of the cluster.'),
    approval_required: z.boolean().default(false).describe('Adds the manual_approval gate, once.'),
    approval: approval.optional(),
    auto_promote: z
      .boolean()
      .optional()
      .describe(
        'true: what comes after this environment starts with no human, unless it asks for one itself. false: it asks, by the manual_approval gate. Left out: as it says itself.',
      ),
    deployment_strategy: strategy.optional(),
    rollback_threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Least canary score of the judge; below it, back.'),
    replicas: z.int().min(1).max(1000).optional().describe('Default: what the app says.'),
    env: environmentVariables.default({}).describe('For the replicas.'),
    concurrency: z
      .enum(['queue', 'supersede', 'parallel'])
      .default('queue')
      .describe('What a newer release does while an older one is here.'),
    progress_deadline: duration.optional().describe('A step without progress for this long has failed. Default 10m.'),
  })
  .describe('A place releases travel through.');

const stage = z
  .strictObject({
    name: name.describe('Unique in the pipeline.'),
    uses: z.string().optional().describe('A built-in action, <provider>/<action>: exercise8/container-build.'),
    environment: z.string().optional().describe('Deploys there.'),
    requires: z
      .array(z.string())
      .optional()
      .describe('Stages, and manual_approval. Left out: the stage before. []: starts at once.'),
    run: listOf(z.string()).optional().describe('Commands.'),
    tests: z.array(z.string()).default([]).describe('Names of tests in the app manifest.'),
    monitoring: monitoring.optional(),
    validation: validation.optional(),
    strategy: strategy.optional(),
    approval: approval.optional(),
    env: environmentVariables.default({}).describe('For the commands, and for the replicas of a deployment.'),
    working_directory: z.string().optional().describe('Of the commands, relative to the app. Default: the app itself.'),
    image: z.string().optional().describe('A container image to run in, where the runner has an engine.'),
    timeout: duration.optional().describe('The whole stage, its gates excepted. Default 1h, for deployments 7d.'),
    retries: z.int().min(0).max(10).default(0).describe('Further tries of a failed command.'),
    allow_failure: z.boolean().default(false).describe('The run goes on when the stage fails.'),
    when: z.string().optional().describe('A CEL expression over inputs and release; false: the stage is skipped.'),
    isolation: z
      .string()
      .optional()
      .describe('An isolation policy: development, production-strict, or one of the platform.'),
    depends_on: z.array(z.string()).optional().describe('Older form of requires.'),
    command: z.string().optional().describe('Older form of run.'),
    script: z.string().optional().describe('Older form of run.'),
    container_image: z.string().optional().describe('Older form of image.'),
    environment_variables: environmentVariables.optional().describe('Older form of env.'),
    timeout_seconds: z.number().positive().optional().describe('Older form of timeout.'),
    stage_type: z
      .enum(['build', 'test', 'deploy', 'approval', 'command'])
      .optional()
      .describe('Older form: what the stage is for. approval adds the manual_approval gate.'),
  })
  .describe('A step of the release.');

const inputDefinition = z.strictObject({
  type: z.enum(['string', 'number', 'boolean']).default('string'),
  default: z.union([z.string(), z.number(), z.boolean()]).optional().describe('Left out: it must be given.'),
  description: z.string().optional().describe('For people.'),
});

export const maxStages = 1000;

export const productionWorkflow = documentOf(
  'ProductionWorkflow',
  z.strictObject({
    environments: z.record(name, environment).default({}).describe('Where stages deploy, by name.'),
    pipeline_stages: z
      .array(stage)
      .min(1)
      .max(maxStages)
      .describe('What is done, in this order where nothing else is said.'),
    max_parallel_stages: z.int().min(1).max(100).default(3).describe('Stages that may run side by side.'),
    inputs: z.record(name, inputDefinition).default({}).describe('What `f0 run --input NAME=VALUE` may set.'),
  }),
).describe('How a release travels: environments, and stages in their order.');

export type ProductionWorkflow = z.infer<typeof productionWorkflow>;
export type StageSpec = ProductionWorkflow['spec']['pipeline_stages'][number];
export type EnvironmentSpec = ProductionWorkflow['spec']['environments'][string];
export type RegionSpec = z.infer<typeof region>;
export type StrategySpec = z.infer<typeof strategy>;
export type ApprovalSpec = z.infer<typeof approval>;
export type MonitoringSpec = z.infer<typeof monitoring>;
export type ValidationSpec = z.infer<typeof validation>;
