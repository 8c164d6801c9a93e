import { defaultIsolation, type IsolationPolicy } from './isolation';
import { manualApproval, type NormalStage } from './normal-stage';
import { planDeployment } from './plan-deployment';
import { planGate } from './plan-gate';
import type { CommandPlan, IsolationPlan, StagePlan } from './release-plan';
import type { AppDocument } from './schema/app';
import type { ProductionPlatform } from './schema/production-platform';
import type { EnvironmentSpec, ProductionWorkflow } from './schema/production-workflow';
import type { TimeScale } from './time-scale';

/** Seconds, never scaled: a command takes as long as it takes. A deployment waits for soaks and for people. */
const defaultTimeouts = { command: 3600, deploy: 7 * 86_400 } as const;

export interface StageContext {
  readonly workflow: ProductionWorkflow;
  readonly stages: readonly NormalStage[];
  readonly platform: ProductionPlatform;
  readonly app: AppDocument;
  readonly policies: Readonly<Record<string, IsolationPolicy>>;
  readonly scale: TimeScale;
  /** Why a stage is not for this release; null: it is. */
  skipReason(stage: NormalStage): string | null;
}

/** The workflow has passed its checks: every name is there. */
export function planStage(stage: NormalStage, context: StageContext): StagePlan {
  const { spec } = stage;
  const { platform, app, scale } = context;
  const environment = environmentOf(stage, context);
  const timeoutSeconds = stage.timeoutSeconds ?? (environment ? defaultTimeouts.deploy : defaultTimeouts.command);
  const policy = context.policies[spec.isolation ?? defaultIsolation] as IsolationPolicy;
  const [provider = '', action = ''] = spec.uses?.split('/') ?? [];
  const commands = planCommands(stage, context, { policy, timeoutSeconds });
  return {
    name: spec.name,
    kind: environment ? 'deploy' : spec.uses === undefined ? (commands.length === 0 ? 'gate' : 'command') : 'build',
    requires: stage.requires,
    gates: isAsked(stage, context) ? [planGate(manualApproval, [environment?.approval, spec.approval], scale)] : [],
    skip: context.skipReason(stage),
    timeoutSeconds,
    retries: spec.retries,
    allowFailure: spec.allow_failure,
    build: spec.uses === undefined ? null : { provider, action, isolation: isolationPlan(policy) },
    commands,
    deployment: environment
      ? planDeployment({ stage, environmentName: spec.environment ?? '', environment, platform, app: app.spec, scale })
      : null,
  };
}

function environmentOf({ spec }: NormalStage, { workflow }: StageContext): EnvironmentSpec | undefined {
  const { environments } = workflow.spec;
  const { environment } = spec;
  return environment !== undefined && Object.hasOwn(environments, environment) ? environments[environment] : undefined;
}

/** However many say so, it is one gate. */
function isAsked(stage: NormalStage, context: StageContext): boolean {
  const environment = environmentOf(stage, context);
  if (stage.asksApproval || environment?.approval_required) return true;
  const before = context.stages.filter(({ spec }) => stage.requires.includes(spec.name));
  return environment !== undefined && before.some((one) => environmentOf(one, context)?.auto_promote === false);
}

function planCommands(
  stage: NormalStage,
  { app }: StageContext,
  limits: { readonly policy: IsolationPolicy; readonly timeoutSeconds: number },
): readonly CommandPlan[] {
  const { policy, timeoutSeconds } = limits;
  const runs = stage.commands.map((command, index) => [index === 0 ? 'run' : `run ${index + 1}`, command] as const);
  const tests = stage.spec.tests.map((name) => [name, app.spec.tests[name] ?? ''] as const);
  return [...runs, ...tests].map(([name, command]) => ({
    name,
    command,
    env: stage.env,
    workingDirectory: stage.spec.working_directory ?? '.',
    image: stage.image,
    isolation: isolationPlan(policy),
    timeoutSeconds: Math.min(timeoutSeconds, policy.timeoutSeconds),
  }));
}

function isolationPlan({ name, cleanEnvironment, ownDirectory, memoryMiB, outputMiB }: IsolationPolicy): IsolationPlan {
  return { name, cleanEnvironment, ownDirectory, memoryMiB, outputMiB };
}
