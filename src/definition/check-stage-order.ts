import { actions } from './actions';
import { at, oneOf } from './findings';
import { nearestName } from './nearest-name';
import { manualApproval, type NormalStage } from './normal-stage';
import type { Fault } from './source-map';
import { ancestorsOf, findCycle, type Ordered } from './stage-order';

export function nameFaults(stages: readonly NormalStage[]): Fault[] {
  const first = new Map<string, number>();
  return stages.flatMap((stage) => {
    const { name } = stage.spec;
    if (name === manualApproval)
      return [
        { path: at(stage, 'name'), message: `${manualApproval} is the built-in gate: a stage needs another name` },
      ];
    const before = first.get(name);
    first.set(name, before ?? stage.index);
    if (before === undefined) return [];
    const message = `"${name}" is the name of stage ${before + 1} already`;
    return [{ path: at(stage, 'name'), message, expected: 'a name that no other stage has' }];
  });
}

export function requirementFaults(stage: NormalStage, stages: readonly NormalStage[]): Fault[] {
  const names = [...stages.map(({ spec }) => spec.name), manualApproval];
  const known = new Set(names);
  const listed = stage.spec[stage.requiresField] ?? [];
  return listed.flatMap((name, index) => {
    if (known.has(name)) return [];
    const others = names.filter((other) => other !== stage.spec.name);
    return [
      {
        path: at(stage, stage.requiresField, index),
        message: `there is no stage "${name}"`,
        expected: oneOf(others, manualApproval),
        suggestion: nearestName(name, others),
      },
    ];
  });
}

export function cycleFaults(stages: readonly NormalStage[]): Fault[] {
  const nodes = graphOf(stages);
  const cycle = findCycle(nodes);
  if (!cycle) return [];
  const inside = stages.find(({ spec }) => spec.name === cycle[0]);
  const path = inside ? at(inside, inside.requiresField) : ['spec', 'pipeline_stages'];
  const behind = stages.filter(
    ({ spec }) => !cycle.includes(spec.name) && [...ancestorsOf(spec.name, nodes)].some((name) => cycle.includes(name)),
  );
  return [
    { path, message: `these stages wait for each other: ${cycle.join(' -> ')}`, expected: 'an order that ends' },
    ...behind.map((stage) => ({
      path: at(stage, 'name'),
      message: `"${stage.spec.name}" can never start: it waits for a cycle`,
    })),
  ];
}

/** Everything downstream deploys what a build stage made: one must come first. Told of the first ones that lack it. */
export function artifactFaults(stages: readonly NormalStage[]): Fault[] {
  const nodes = graphOf(stages);
  // A stage behind a cycle is told so; that it never gets an artifact follows from it.
  if (findCycle(nodes)) return [];
  const names = new Set(nodes.map(({ name }) => name));
  const deploys = new Set(stages.filter(({ spec }) => spec.environment !== undefined).map(({ spec }) => spec.name));
  // Nor is anything said of what is behind a requirement that does not exist: the build may be meant by it.
  const settled = new Set(
    stages
      .filter(({ spec, requires }) => spec.uses !== undefined || requires.some((name) => !names.has(name)))
      .map(({ spec }) => spec.name),
  );
  return stages.flatMap((stage) => {
    const { name } = stage.spec;
    const before = [...ancestorsOf(name, nodes)];
    if (!deploys.has(name) || [name, ...before].some((one) => settled.has(one))) return [];
    if (before.some((one) => deploys.has(one))) return [];
    return [
      {
        path: at(stage, 'environment'),
        message: `"${name}" deploys, and no stage before it builds anything`,
        expected: `a stage with uses: ${actions[0]} that this one requires, directly or through others`,
        shape: true,
      },
    ];
  });
}

/** Without names that do not exist, and without second stages of a name: those are faults of their own. */
function graphOf(stages: readonly NormalStage[]): readonly Ordered[] {
  const byName = new Map<string, Ordered>();
  const names = new Set(stages.map(({ spec }) => spec.name));
  for (const { spec, requires } of stages) {
    if (byName.has(spec.name)) continue;
    byName.set(spec.name, { name: spec.name, requires: requires.filter((name) => names.has(name)) });
  }
  return [...byName.values()];
}
