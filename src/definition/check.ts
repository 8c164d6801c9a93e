import type { PathSegment } from './diagnostic';
import { recurrenceFault } from './freeze';
import { nearestName } from './nearest-name';
import { manualApproval, type NormalStage, normalStages } from './normal-stage';
import { lookUp } from './platform';
import type { ProductionPlatform } from './schema/production-platform';
import type { ApprovalSpec, ProductionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';
import { ancestorsOf, findCycle } from './stage-order';
import { conditionFault } from './when';

/** The built-in actions, as `uses` names them. */
export const actions = ['exercise8/container-build'] as const;

export interface Findings {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** What a schema cannot say: names that must exist, orders that must end, settings that contradict each other. */
export function checkWorkflow(workflow: ProductionWorkflow, platform: ProductionPlatform | null): Findings {
  const stages = normalStages(workflow);
  const errors = [
    ...nameFaults(stages),
    ...stages.flatMap((stage) => requirementFaults(stage, stages)),
    ...cycleFaults(stages),
    ...stages.flatMap((stage) => stageFaults(stage, workflow)),
    ...artifactFaults(stages),
    ...environmentFaults(workflow, platform),
    ...approvalFaults(workflow, stages, platform),
  ];
  return { errors, warnings: unusedEnvironments(workflow, stages) };
}

export function checkPlatform({ spec }: ProductionPlatform): Findings {
  const errors: Fault[] = [];
  const needs = (path: readonly PathSegment[], holds: boolean, message: string) => {
    if (!holds) errors.push({ path, message });
  };
  for (const [name, source] of Object.entries(spec.metric_sources)) {
    needs(
      ['spec', 'metric_sources', name],
      source.type !== 'prometheus' || source.url !== undefined,
      'a prometheus source needs a url',
    );
  }
  for (const [name, channel] of Object.entries(spec.channels)) {
    const path = ['spec', 'channels', name];
    needs(path, channel.type === 'console' || channel.url !== undefined, `a ${channel.type} channel needs a url`);
    needs(
      path,
      channel.type !== 'email' || (channel.to.length > 0 && channel.from !== undefined),
      'an email channel needs to and from',
    );
  }
  for (const [index, freeze] of spec.freezes.entries()) {
    const fault = freeze.rrule === undefined ? null : recurrenceFault(freeze.rrule);
    if (fault)
      errors.push({
        path: ['spec', 'freezes', index, 'rrule'],
        message: fault,
        expected: 'an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=FR',
      });
  }
  return { errors, warnings: [] };
}

function at(stage: NormalStage, ...rest: readonly PathSegment[]): readonly PathSegment[] {
  return ['spec', 'pipeline_stages', stage.index, ...rest];
}

function nameFaults(stages: readonly NormalStage[]): Fault[] {
  const first = new Map<string, number>();
  return stages.flatMap((stage) => {
    const { name } = stage.spec;
    if (name === manualApproval)
      return [
        { path: at(stage, 'name'), message: `${manualApproval} is the built-in gate: a stage needs another name` },
      ];
    const before = first.get(name);
    first.set(name, before ?? stage.index);
    return before === undefined
      ? []
      : [{ path: at(stage, 'name'), message: `"${name}" is the name of stage ${before + 1} already` }];
  });
}

function requirementFaults(stage: NormalStage, stages: readonly NormalStage[]): Fault[] {
  const names = [...stages.map(({ spec }) => spec.name), manualApproval];
  const listed = stage.spec[stage.requiresField] ?? [];
  return listed.flatMap((name, index) => {
    if (names.includes(name)) return [];
    const others = names.filter((known) => known !== stage.spec.name);
    return [
      {
        path: at(stage, stage.requiresField, index),
        message: `there is no stage "${name}"`,
        expected: `one of ${others.join(', ')}`,
        suggestion: nearestName(name, others),
      },
    ];
  });
}

function cycleFaults(stages: readonly NormalStage[]): Fault[] {
  const names = new Set(stages.map(({ spec }) => spec.name));
  const nodes = stages.map(({ spec, requires }) => ({
    name: spec.name,
    requires: requires.filter((name) => names.has(name)),
  }));
  const cycle = findCycle(nodes);
  if (!cycle) return [];
  const inside = stages.find(({ spec }) => spec.name === cycle[0]);
  const behind = stages.filter(
    ({ spec }) => !cycle.includes(spec.name) && [...ancestorsOf(spec.name, nodes)].some((name) => cycle.includes(name)),
  );
  const path = inside ? at(inside, inside.requiresField) : ['spec', 'pipeline_stages'];
  return [
    { path, message: `these stages wait for each other: ${cycle.join(' -> ')}`, expected: 'an order that ends' },
    ...behind.map((stage) => ({
      path: at(stage, 'name'),
      message: `"${stage.spec.name}" can never start: it waits for a cycle`,
    })),
  ];
}

function stageFaults(stage: NormalStage, { spec }: ProductionWorkflow): Fault[] {
  const { spec: own } = stage;
  const faults: Fault[] = [];
  const environments = Object.keys(spec.environments);
  if (own.environment !== undefined && !environments.includes(own.environment)) {
    faults.push({
      path: at(stage, 'environment'),
      message: `there is no environment "${own.environment}"`,
      expected: `one of ${environments.join(', ') || 'none: spec.environments is empty'}`,
      suggestion: nearestName(own.environment, environments),
    });
  }
  if (own.uses !== undefined && !actions.some((action) => action === own.uses)) {
    faults.push({
      path: at(stage, 'uses'),
      message: `there is no action "${own.uses}"`,
      expected: `one of ${actions.join(', ')}`,
      suggestion: nearestName(own.uses, actions),
    });
  }
  const pairs = [
    ['requires', 'depends_on'],
    ['run', 'command'],
    ['run', 'script'],
    ['command', 'script'],
    ['timeout', 'timeout_seconds'],
    ['image', 'container_image'],
    ['uses', 'environment'],
  ] as const;
  for (const [one, other] of pairs) {
    if (own[one] === undefined || own[other] === undefined) continue;
    faults.push({
      path: at(stage, other),
      message: `${one} and ${other} contradict each other`,
      expected: 'one of the two',
      atKey: true,
    });
  }
  for (const field of ['validation', 'strategy', 'monitoring'] as const) {
    if (own[field] === undefined || own.environment !== undefined) continue;
    faults.push({
      path: at(stage, field),
      message: `${field} has a meaning only where a stage deploys`,
      expected: 'environment beside it',
      atKey: true,
    });
  }
  if (typeof own.strategy === 'object' && Object.keys(own.strategy).length !== 1) {
    faults.push({
      path: at(stage, 'strategy'),
      message: 'a strategy is one of the strategies',
      expected: 'exactly one of rolling, blue_green, canary, recreate',
    });
  }
  const idle =
    own.uses === undefined && own.environment === undefined && stage.commands.length === 0 && own.tests.length === 0;
  if (idle && !stage.asksApproval)
    faults.push({
      path: at(stage),
      message: `stage "${own.name}" has nothing to do`,
      expected: 'one of uses, environment, run, tests',
    });
  const when = own.when === undefined ? null : conditionFault(own.when);
  if (when)
    faults.push({ path: at(stage, 'when'), message: when, expected: 'a CEL expression such as inputs.region == "eu"' });
  return faults;
}

/** Everything downstream deploys what a build stage made: one must come first. */
function artifactFaults(stages: readonly NormalStage[]): Fault[] {
  const nodes = stages.map(({ spec, requires }) => ({ name: spec.name, requires }));
  const builds = stages.filter(({ spec }) => spec.uses !== undefined).map(({ spec }) => spec.name);
  return stages.flatMap((stage) => {
    if (stage.spec.environment === undefined) return [];
    const before = ancestorsOf(stage.spec.name, nodes);
    if (builds.some((build) => before.has(build))) return [];
    return [
      {
        path: at(stage, 'environment'),
        message: `"${stage.spec.name}" deploys, and no stage before it builds anything`,
        expected: `a stage with uses: ${actions[0]} that this one requires, directly or through others`,
      },
    ];
  });
}

function environmentFaults({ spec }: ProductionWorkflow, platform: ProductionPlatform | null): Fault[] {
  if (!platform) return [];
  const faults: Fault[] = [];
  const exists = (
    path: readonly PathSegment[],
    what: string,
    name: string,
    known: Readonly<Record<string, unknown>>,
  ) => {
    if (lookUp(known, name) !== undefined) return;
    const names = Object.keys(known);
    faults.push({
      path,
      message: `the platform has no ${what} "${name}"`,
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(name, names),
    });
  };
  for (const [name, environment] of Object.entries(spec.environments)) {
    const path = ['spec', 'environments', name];
    exists([...path, 'cluster'], 'cluster', environment.cluster, platform.spec.clusters);
    if (environment.monitoring !== undefined)
      exists([...path, 'monitoring'], 'metric source', environment.monitoring, platform.spec.metric_sources);
  }
  return faults;
}

function approvalFaults(
  { spec }: ProductionWorkflow,
  stages: readonly NormalStage[],
  platform: ProductionPlatform | null,
): Fault[] {
  const places: (readonly [readonly PathSegment[], ApprovalSpec | undefined])[] = [
    ...Object.entries(spec.environments).map(
      ([name, { approval }]) => [['spec', 'environments', name, 'approval'], approval] as const,
    ),
    ...stages.map((stage) => [at(stage, 'approval'), stage.spec.approval] as const),
  ];
  return places.flatMap(([path, approval]) => {
    const { approvers = [], roles = [], quorum = 1 } = approval ?? {};
    const faults: Fault[] = [];
    if (roles.length === 0 && approvers.length > 0 && new Set(approvers).size < quorum) {
      faults.push({
        path: [...path, 'quorum'],
        message: `${quorum} approvals are asked and ${new Set(approvers).size} people may give one`,
      });
    }
    if (roles.length > 0 && platform) {
      const granted = new Set(Object.values(platform.spec.identity?.users ?? {}).flatMap((user) => user.roles));
      for (const [index, role] of roles.entries()) {
        if (granted.has(role)) continue;
        faults.push({
          path: [...path, 'roles', index],
          message: `nobody in the platform has the role "${role}"`,
          suggestion: nearestName(role, [...granted]),
        });
      }
    }
    return faults;
  });
}

function unusedEnvironments({ spec }: ProductionWorkflow, stages: readonly NormalStage[]): Fault[] {
  const used = new Set(stages.map((stage) => stage.spec.environment));
  return Object.keys(spec.environments)
    .filter((name) => !used.has(name))
    .map((name) => ({ path: ['spec', 'environments', name], message: `no stage deploys to "${name}"`, atKey: true }));
}
