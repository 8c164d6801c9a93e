import { actions } from './actions';
import { parseDuration } from './duration';
import { at, oneOf, type Surroundings } from './findings';
import { isolationPolicies } from './isolation';
import { nearestName } from './nearest-name';
import type { NormalStage } from './normal-stage';
import type { ProductionWorkflow, StrategySpec } from './schema/production-workflow';
import type { Fault } from './source-map';
import { conditionFault } from './when';

/** Fields of one stage that name something, contradict each other, or have no meaning where they are. */
export function stageFaults(
  stage: NormalStage,
  workflow: ProductionWorkflow,
  { platform, app }: Surroundings,
): Fault[] {
  const { spec: own } = stage;
  const environments = Object.keys(workflow.spec.environments);
  const when = own.when === undefined ? null : conditionFault(own.when, workflow.spec.inputs);
  const whenForm = 'a CEL expression over release and inputs that is true or false, such as inputs.region == "eu"';
  return [
    ...unknown(stage, 'environment', own.environment, environments, 'none: spec.environments is empty'),
    ...unknown(stage, 'uses', own.uses, actions, '', 'action'),
    ...(platform
      ? unknown(stage, 'isolation', own.isolation, Object.keys(isolationPolicies(platform)), '', 'isolation policy')
      : []),
    ...(app ? testFaults(stage, app.metadata.name, Object.keys(app.spec.tests)) : []),
    ...contradictions(stage),
    ...misplaced(stage),
    ...strategyFaults(own.strategy, at(stage, 'strategy')),
    ...intervalFaults(stage),
    ...modeFaults(stage),
    ...(when ? [{ path: at(stage, 'when'), expected: whenForm, ...when }] : []),
  ];
}

function unknown(
  stage: NormalStage,
  field: string,
  found: string | undefined,
  valid: readonly string[],
  otherwise: string,
  what = field,
): Fault[] {
  if (found === undefined || valid.includes(found)) return [];
  return [
    {
      path: at(stage, field),
      message: `there is no ${what} "${found}"`,
      expected: oneOf(valid, otherwise),
      suggestion: nearestName(found, valid),
    },
  ];
}

function testFaults(stage: NormalStage, appName: string, known: readonly string[]): Fault[] {
  return stage.spec.tests.flatMap((name, index) => {
    if (known.includes(name)) return [];
    return [
      {
        path: at(stage, 'tests', index),
        message: `the app has no test "${name}"`,
        expected: oneOf(known, `tests in the manifest of app ${appName}, which has none`),
        suggestion: nearestName(name, known),
      },
    ];
  });
}

/** Two of these in one stage: nobody can tell which one is meant. */
const exclusive = [
  ['requires', 'depends_on'],
  ['run', 'command'],
  ['run', 'script'],
  ['command', 'script'],
  ['timeout', 'timeout_seconds'],
  ['image', 'container_image'],
  ['uses', 'environment'],
] as const;

function contradictions(stage: NormalStage): Fault[] {
  const { spec: own } = stage;
  const faults: Fault[] = exclusive.flatMap(([one, other]) => {
    if (own[one] === undefined || own[other] === undefined) return [];
    const message = `${one} and ${other} contradict each other`;
    return [{ path: at(stage, other), message, expected: 'one of the two', atKey: true }];
  });
  for (const name of Object.keys(own.environment_variables ?? {})) {
    const before = own.env[name];
    if (before === undefined || String(before) === String(own.environment_variables?.[name])) continue;
    const message = `${name} has another value in env`;
    faults.push({ path: at(stage, 'environment_variables', name), message, expected: 'one value', atKey: true });
  }
  if (own.stage_type === 'deploy' && own.environment === undefined) {
    const expected = 'environment beside it';
    faults.push({ path: at(stage, 'stage_type'), message: 'a deploy stage deploys nowhere', expected, shape: true });
  }
  return faults;
}

function misplaced(stage: NormalStage): Fault[] {
  const { spec: own } = stage;
  const faults: Fault[] = [];
  if (own.environment === undefined) {
    for (const field of ['validation', 'strategy', 'monitoring'] as const) {
      if (own[field] === undefined) continue;
      const message = `${field} has a meaning only where a stage deploys`;
      faults.push({ path: at(stage, field), message, expected: 'environment beside it', atKey: true, shape: true });
    }
  }
  const hasWork = own.uses !== undefined || own.environment !== undefined || stage.commands.length > 0;
  if (!hasWork && own.tests.length === 0 && !stage.asksApproval) {
    const message = `stage "${own.name}" has nothing to do`;
    const expected = 'one of uses, environment, run, tests, or manual_approval in requires';
    faults.push({ path: at(stage), message, expected, shape: true });
  }
  return faults;
}

/** A strategy object names one strategy; a canary only ever takes more of the traffic. */
export function strategyFaults(strategy: StrategySpec | undefined, path: Fault['path']): Fault[] {
  if (strategy === undefined || typeof strategy === 'string') return [];
  if (Object.keys(strategy).length !== 1) {
    const expected = 'exactly one of rolling, blue_green, canary, recreate';
    return [{ path, message: 'a strategy is one of the strategies', expected }];
  }
  let reached = 0;
  return (strategy.canary?.steps ?? []).flatMap((step, index) => {
    if (!('weight' in step)) return [];
    if (step.weight > reached) {
      reached = step.weight;
      return [];
    }
    return [
      {
        path: [...path, 'canary', 'steps', index, 'weight'],
        message: `a weight of ${step.weight} does not come after ${reached}`,
        expected: `more than ${reached}: a canary grows, going back is the rollback`,
      },
    ];
  });
}

function intervalFaults(stage: NormalStage): Fault[] {
  const { monitoring, validation } = stage.spec;
  const interval = parseDuration(monitoring?.interval ?? '');
  const lengths = [monitoring?.duration, validation?.duration].flatMap((text) => parseDuration(text ?? '') ?? []);
  const longest = Math.max(...lengths);
  if (interval === null || lengths.length === 0 || interval <= longest) return [];
  const message = `one sample every ${monitoring?.interval} is none in the whole watch`;
  return [{ path: at(stage, 'monitoring', 'interval'), message, expected: `at most ${longest}s` }];
}

/** Validation and triggers are one analysis: it cannot both go back and only record. */
function modeFaults(stage: NormalStage): Fault[] {
  const { monitoring, validation } = stage.spec;
  if (!validation || !monitoring || monitoring.rollback_triggers.length === 0) return [];
  return (['mode', 'on_inconclusive'] as const).flatMap((field) => {
    if (validation[field] === monitoring[field]) return [];
    const message = `validation has ${field} ${validation[field]} and monitoring ${monitoring[field]}, and they are one analysis`;
    return [{ path: at(stage, 'validation', field), message, expected: `the same ${field} in both` }];
  });
}
