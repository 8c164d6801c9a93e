import { checkWorkflow } from './check';
import { unsignedWarnings } from './check-identity';
import type { Diagnostic } from './diagnostic';
import { at } from './findings';
import { hashOf } from './hash';
import { isolationPolicies } from './isolation';
import type { LoadedDocument } from './load';
import { type NormalStage, normalStages } from './normal-stage';
import { planApp } from './plan-app';
import { alertingPlanOf, planChannels } from './plan-channels';
import { readInputs } from './plan-inputs';
import { planStage } from './plan-stage';
import { planWarnings } from './plan-warnings';
import { defaultPlatform } from './platform';
import type { Directory, ReleasePlan, SigningPlan } from './release-plan';
import type { ProductionPlatform } from './schema/production-platform';
import type { ProductionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';
import { stageOrder } from './stage-order';
import { type TimeScale, timeScale } from './time-scale';
import { evaluateWhen, type InputValue, type WhenResult, type WhenScope } from './when';

type Loaded<Kind> = Extract<LoadedDocument, { kind: Kind }>;

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
  /** Multiplies all durations. @default the platform's `time_scale`, else 1 */
  readonly timeScale?: number;
}

export interface PlanResult {
  /** Null when there are errors. */
  readonly plan: ReleasePlan | null;
  /** Placed in the workflow's document. */
  readonly errors: readonly Diagnostic[];
  /** Of this plan; those of the documents were told when they were loaded. */
  readonly warnings: readonly Diagnostic[];
}

const releaseForm = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$/;

/**
 * Makes of a document what it means for one release: defaults filled in, names resolved, durations in seconds. Pure: the
 * same request gives the same plan, to the byte, wherever and whenever it is made.
 */
export function planRelease(request: PlanRequest): PlanResult {
  const { workflow, app, release, source } = request;
  const platform = request.platform?.value ?? defaultPlatform;
  const factor = timeScaleOf(request, platform);
  const inputs = readInputs(workflow.value, request.inputs);
  const stages = normalStages(workflow.value);
  const skips = stages.map((stage) => whenOf(stage, workflow.value, { release, inputs: inputs.values }));
  const findings = checkWorkflow(workflow.value, { platform, app: app.value });
  const place = (fault: Fault) => workflow.source.diagnostic(fault);
  const faults = [
    ...releaseFaults(release, factor),
    ...inputs.faults,
    ...findings.errors,
    // An expression that is wrong by itself has been found by the check, and one without its inputs says nothing.
    ...(inputs.faults.length > 0 || findings.errors.length > 0 ? [] : whenFaults(stages, skips)),
  ];
  if (faults.length > 0) return { plan: null, errors: faults.map(place), warnings: [] };

  const context = {
    workflow: workflow.value,
    stages,
    platform,
    app: app.value,
    policies: isolationPolicies(platform),
    scale: timeScale(factor),
    skipReason: ({ index, spec }: NormalStage) => {
      const skip = skips[index];
      return skip?.ok && !skip.holds ? `${spec.when} is false` : null;
    },
  };
  const content: Omit<ReleasePlan, 'hash'> = {
    namespace: workflow.value.metadata.namespace,
    name: workflow.value.metadata.name,
    release,
    documentDigest: hashOf(workflow.value),
    app: planApp(app.value, source),
    inputs: inputs.values,
    maxParallelStages: workflow.value.spec.max_parallel_stages,
    timeScale: factor,
    channels: planChannels(platform),
    ...alertingOf(platform, context.scale),
    directory: planDirectory(platform),
    ...planSigning(platform),
    stages: stageOrder(stages.map((stage) => planStage(stage, context))),
  };
  const doubts = [...planWarnings(stages, content), ...unsignedWarnings(platform, stages, content.stages)];
  const warnings = doubts.map(place);
  return { plan: { ...content, hash: hashOf(content) }, errors: [], warnings };
}

/** A factor of 1 says nothing, so that a platform for demonstrations need not be told again and again. */
function timeScaleOf({ timeScale: asked }: PlanRequest, { spec }: ProductionPlatform): number {
  return asked !== undefined && asked !== 1 ? asked : (spec.time_scale ?? 1);
}

function releaseFaults(release: string, factor: number): Fault[] {
  const faults: Fault[] = [];
  if (!releaseForm.test(release)) {
    const expected = 'letters, digits, ".", "_", "+" or "-", at most 63, beginning with a letter or digit';
    faults.push({ path: [], message: `"${release}" cannot be a release`, expected });
  }
  if (!(factor > 0 && factor <= 1)) {
    faults.push({ path: [], message: `${factor} cannot be a time scale`, expected: 'more than 0, and at most 1' });
  }
  return faults;
}

function whenOf({ spec }: NormalStage, workflow: ProductionWorkflow, scope: WhenScope): WhenResult {
  return spec.when === undefined ? { ok: true, holds: true } : evaluateWhen(spec.when, workflow.spec.inputs, scope);
}

function whenFaults(stages: readonly NormalStage[], results: readonly WhenResult[]): Fault[] {
  return stages.flatMap((stage) => {
    const result = results[stage.index];
    if (!result || result.ok) return [];
    const expected = 'an expression over release and inputs that is true or false';
    return [{ path: at(stage, 'when'), message: result.message, expected }];
  });
}

function planDirectory({ spec: { identity } }: ProductionPlatform): Directory | null {
  if (!identity?.users) return null;
  return { users: Object.fromEntries(Object.entries(identity.users).map(([name, { roles }]) => [name, roles])) };
}

/** Nothing without keys, so that approvals of plans from before stay what they are bound to. */
function planSigning({ spec: { identity } }: ProductionPlatform): { readonly signing?: SigningPlan } {
  if (!identity || identity.signing_keys.length === 0) return {};
  const keys = identity.signing_keys.map((key) => ({
    id: key.id,
    publicKey: key.public_key,
    people: key.people ?? null,
  }));
  return { signing: { unsignedApprovals: identity.unsigned_approvals ?? true, keys } };
}

function alertingOf(platform: ProductionPlatform, scale: TimeScale): Pick<ReleasePlan, 'alerting'> {
  const alerting = alertingPlanOf(platform, scale);
  return alerting ? { alerting } : {};
}
