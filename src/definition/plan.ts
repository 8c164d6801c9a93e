import { checkWorkflow } from './check';
import type { Diagnostic, PathSegment } from './diagnostic';
import { hashOf } from './hash';
import { defaultIsolation, type IsolationPolicy, isolationPolicies } from './isolation';
import type { LoadedDocument } from './load';
import { nearestName } from './nearest-name';
import { asList, manualApproval, type NormalStage, normalStages } from './normal-stage';
import { planDeployment } from './plan-deployment';
import { planGate } from './plan-gate';
import { defaultPlatform } from './platform';
import type {
  AppMetrics,
  AppPlan,
  ChannelPlan,
  CommandPlan,
  IsolationPlan,
  ReleasePlan,
  StagePlan,
} from './release-plan';
import { type App, metricsSchema } from './schema/app';
import type { ProductionPlatform } from './schema/production-platform';
import type { ProductionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';
import { stageOrder } from './stage-order';
import { type TimeScale, timeScale } from './time-scale';
import { evaluateWhen } from './when';

type Loaded<Kind> = Extract<LoadedDocument, { kind: Kind }>;
export type InputValue = string | number | boolean;

export interface PlanRequest {
  readonly workflow: Loaded<'ProductionWorkflow'>;
  /** Null: the built-in platform, everything on this machine. */
  readonly platform: Loaded<'ProductionPlatform'> | null;
  readonly app: Loaded<'App'>;
  /** Absolute path of the app's folder. */
  readonly source: string;
  readonly release: string;
  /** As given by a person: text is read as the input's declared type. */
  readonly inputs: Readonly<Record<string, InputValue>>;
  /** Multiplies all durations. @default the platform's, else 1 */
  readonly timeScale?: number;
}

export interface PlanResult {
  /** Null when there are errors. */
  readonly plan: ReleasePlan | null;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

const defaultTimeouts = { command: 3600, deploy: 7 * 86_400 } as const;
const releaseForm = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$/;

interface Room {
  readonly request: PlanRequest;
  readonly workflow: ProductionWorkflow;
  readonly platform: ProductionPlatform;
  readonly app: App;
  readonly appName: string;
  readonly inputs: Readonly<Record<string, InputValue>>;
  readonly policies: Readonly<Record<string, IsolationPolicy>>;
  readonly scale: TimeScale;
  readonly faults: Fault[];
}

/** Makes of a document what it means for one release: defaults filled in, names resolved, durations in seconds. Pure. */
export function planRelease(request: PlanRequest): PlanResult {
  const { workflow, platform, app } = request;
  const faults: Fault[] = [];
  const place = platform?.value ?? defaultPlatform;
  const factor =
    request.timeScale !== undefined && request.timeScale !== 1 ? request.timeScale : (place.spec.time_scale ?? 1);
  const room: Room = {
    request,
    workflow: workflow.value,
    platform: place,
    app: app.value.spec,
    appName: app.value.metadata.name,
    inputs: readInputs(request, faults),
    policies: isolationPolicies(place),
    scale: timeScale(factor),
    faults,
  };
  if (!releaseForm.test(request.release))
    faults.push({
      path: [],
      message: `"${request.release}" cannot be a release`,
      expected: 'letters, digits, ".", "_", "+" or "-", at most 63',
    });
  faults.push(...checkWorkflow(workflow.value, platform?.value ?? null).errors);
  const stages = faults.length > 0 ? [] : orderedStages(room);
  if (faults.length > 0)
    return { plan: null, errors: faults.map((fault) => workflow.source.diagnostic(fault)), warnings: [] };

  const content: Omit<ReleasePlan, 'hash'> = {
    namespace: workflow.value.metadata.namespace,
    name: workflow.value.metadata.name,
    release: request.release,
    documentDigest: hashOf(workflow.value),
    app: planApp(room, request.source),
    inputs: room.inputs,
    maxParallelStages: workflow.value.spec.max_parallel_stages,
    timeScale: factor,
    channels: planChannels(place),
    directory: place.spec.identity
      ? {
          users: Object.fromEntries(
            Object.entries(place.spec.identity.users).map(([name, { roles }]) => [name, roles]),
          ),
        }
      : null,
    stages,
  };
  return { plan: { ...content, hash: hashOf(content) }, errors: [], warnings: [] };
}

function orderedStages(room: Room): readonly StagePlan[] {
  return stageOrder(normalStages(room.workflow).map((stage) => planStage(room, stage)));
}

function planStage(room: Room, stage: NormalStage): StagePlan {
  const { spec } = stage;
  const { workflow, platform, app, scale } = room;
  const environment = spec.environment === undefined ? undefined : workflow.spec.environments[spec.environment];
  const deploys = environment !== undefined;
  const timeoutSeconds = stage.timeoutSeconds ?? (deploys ? defaultTimeouts.deploy : defaultTimeouts.command);
  const asks = stage.asksApproval || (environment?.approval_required ?? false);
  const policy = isolationOf(room, stage);
  const [provider = '', action = ''] = spec.uses?.split('/') ?? [];
  const commands = [...planCommands(stage, policy, timeoutSeconds), ...planTests(room, stage, policy, timeoutSeconds)];
  return {
    name: spec.name,
    kind: deploys ? 'deploy' : spec.uses === undefined ? (commands.length === 0 ? 'gate' : 'command') : 'build',
    requires: stage.requires,
    gates: asks ? [planGate(manualApproval, [environment?.approval, spec.approval], scale)] : [],
    skip: skipReason(room, stage),
    timeoutSeconds,
    retries: spec.retries,
    allowFailure: spec.allow_failure,
    build: spec.uses === undefined ? null : { provider, action, isolation: isolationPlan(policy) },
    commands,
    deployment: environment
      ? planDeployment({ stage, environmentName: spec.environment ?? '', environment, platform, app, scale })
      : null,
  };
}

function planCommands(stage: NormalStage, policy: IsolationPolicy, timeout: number): readonly CommandPlan[] {
  return stage.commands.map((text, index) =>
    command(stage, policy, timeout, index === 0 ? 'run' : `run ${index + 1}`, text),
  );
}

function planTests(room: Room, stage: NormalStage, policy: IsolationPolicy, timeout: number): readonly CommandPlan[] {
  const known = Object.keys(room.app.tests);
  return stage.spec.tests.flatMap((name, index) => {
    const text = Object.hasOwn(room.app.tests, name) ? room.app.tests[name] : undefined;
    if (text !== undefined) return [command(stage, policy, timeout, name, text)];
    const expected =
      known.length > 0
        ? `one of ${known.join(', ')} (tests of app ${room.appName})`
        : `tests in the manifest of app ${room.appName}, which has none`;
    room.faults.push({
      path: at(stage, 'tests', index),
      message: `the app has no test "${name}"`,
      expected,
      suggestion: nearestName(name, known),
    });
    return [];
  });
}

function command(
  stage: NormalStage,
  policy: IsolationPolicy,
  timeout: number,
  name: string,
  text: string,
): CommandPlan {
  return {
    name,
    command: text,
    env: stage.env,
    workingDirectory: stage.spec.working_directory ?? '.',
    image: stage.image,
    isolation: isolationPlan(policy),
    timeoutSeconds: Math.min(timeout, policy.timeoutSeconds),
  };
}

function isolationOf(room: Room, stage: NormalStage): IsolationPolicy {
  const wanted = stage.spec.isolation ?? defaultIsolation;
  const policy = Object.hasOwn(room.policies, wanted) ? room.policies[wanted] : undefined;
  if (policy) return policy;
  const known = Object.keys(room.policies);
  room.faults.push({
    path: at(stage, 'isolation'),
    message: `there is no isolation policy "${wanted}"`,
    expected: `one of ${known.join(', ')}`,
    suggestion: nearestName(wanted, known),
  });
  return room.policies[defaultIsolation] as IsolationPolicy;
}

function isolationPlan({ name, cleanEnvironment, ownDirectory, memoryMiB, outputMiB }: IsolationPolicy): IsolationPlan {
  return { name, cleanEnvironment, ownDirectory, memoryMiB, outputMiB };
}

function skipReason(room: Room, stage: NormalStage): string | null {
  const { when } = stage.spec;
  if (when === undefined) return null;
  const result = evaluateWhen(when, { release: room.request.release, inputs: room.inputs });
  if (!result.ok) {
    room.faults.push({
      path: at(stage, 'when'),
      message: result.message,
      expected: 'an expression over release and inputs that is true or false',
    });
    return null;
  }
  return result.holds ? null : `${when} is false`;
}

function readInputs({ workflow, inputs }: PlanRequest, faults: Fault[]): Readonly<Record<string, InputValue>> {
  const defined = workflow.value.spec.inputs;
  const names = Object.keys(defined);
  for (const name of Object.keys(inputs)) {
    if (names.includes(name)) continue;
    faults.push({
      path: ['spec', 'inputs'],
      message: `there is no input "${name}"`,
      expected: `one of ${names.join(', ') || 'none: the workflow defines no inputs'}`,
      suggestion: nearestName(name, names),
    });
  }
  const values = names.flatMap((name): [string, InputValue][] => {
    const { type = 'string', default: fallback } = defined[name] ?? {};
    const given = Object.hasOwn(inputs, name) ? inputs[name] : fallback;
    const value = given === undefined ? undefined : readInput(given, type);
    if (value !== undefined) return [[name, value]];
    const message =
      given === undefined ? `input "${name}" has no value and no default` : `input "${name}" is "${String(given)}"`;
    faults.push({ path: ['spec', 'inputs', name], message, expected: `a ${type}` });
    return [];
  });
  return Object.fromEntries(values);
}

function readInput(value: InputValue, type: 'string' | 'number' | 'boolean'): InputValue | undefined {
  if (type === 'string') return String(value);
  if (type === 'number') {
    const number = value === '' ? Number.NaN : Number(value);
    return Number.isFinite(number) && typeof value !== 'boolean' ? number : undefined;
  }
  return value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
}

function planApp({ app, appName }: Room, source: string): AppPlan {
  return {
    name: appName,
    source,
    build: asList(app.build),
    start: app.start,
    healthPath: app.health,
    metrics: planMetrics(app),
    ...(app.synthetic_traffic ? { synthetic: planSynthetic(app.synthetic_traffic) } : {}),
  };
}

function planSynthetic({ requests, per_second: perSecond }: NonNullable<App['synthetic_traffic']>) {
  return { paths: requests.map((request) => request.slice('GET '.length)), perSecond };
}

function planMetrics({ metrics }: App): AppMetrics | null {
  if (metrics === undefined) return null;
  const {
    path,
    requests,
    status_label: statusLabel,
    duration,
  } = typeof metrics === 'string' ? metricsSchema.parse({ path: metrics }) : metrics;
  return { path, requests, statusLabel, duration };
}

function planChannels({ spec }: ProductionPlatform): readonly ChannelPlan[] {
  return Object.entries(spec.channels).map(([name, { type, url, to, from, secret }]) => ({
    name,
    type,
    url: url ?? null,
    to,
    from: from ?? null,
    secret: secret ?? null,
  }));
}

function at(stage: NormalStage, ...rest: readonly PathSegment[]): readonly PathSegment[] {
  return ['spec', 'pipeline_stages', stage.index, ...rest];
}
