import type { AnalysisPlan, ApprovalGatePlan, DeploymentPlan, DeploymentStep, StrategyName } from './release-plan';

/** What a strategy is made from: all it needs to know of the stage and the environment. */
export interface StrategyInput {
  readonly replicas: number;
  /** The stage's own analysis (validation, triggers, judge); null when it has none. */
  readonly analysis: AnalysisPlan | null;
  /** How long the old release stays ready to take the traffic back. */
  readonly retireAfterSeconds: number;
  /** Canary only. */
  readonly canarySteps: readonly CanaryStep[];
}

export type CanaryStep =
  | { readonly kind: 'weight'; readonly weight: number }
  | { readonly kind: 'analyze'; readonly analysis: AnalysisPlan }
  | { readonly kind: 'pause'; readonly durationSeconds: number | null }
  | { readonly kind: 'approve'; readonly gate: ApprovalGatePlan };

/** A strategy is data: one pure function from the input to steps. A new strategy is one more of these. */
const strategies: Readonly<Record<StrategyName, (input: StrategyInput) => readonly DeploymentStep[]>> = {
  rolling: ({ replicas, analysis }) => [
    { kind: 'prepare', replicas, rolling: true },
    ...watched(analysis),
    { kind: 'promote' },
  ],

  blue_green: ({ replicas, analysis, retireAfterSeconds }) => [
    { kind: 'prepare', replicas, rolling: false },
    { kind: 'weight', weight: 100 },
    ...watched(analysis),
    { kind: 'promote' },
    { kind: 'retire', afterSeconds: retireAfterSeconds },
  ],

  canary: ({ replicas, analysis, retireAfterSeconds, canarySteps }) => [
    ...[...canarySteps, ...lastWeight(canarySteps)].flatMap((step): readonly DeploymentStep[] =>
      step.kind === 'weight'
        ? [{ kind: 'prepare', replicas: replicasFor(step.weight, replicas), rolling: false }, step]
        : [step],
    ),
    ...watched(analysis),
    { kind: 'promote' },
    { kind: 'retire', afterSeconds: retireAfterSeconds },
  ],

  recreate: ({ replicas, analysis }) => [
    { kind: 'retire', afterSeconds: 0 },
    { kind: 'prepare', replicas, rolling: false },
    { kind: 'weight', weight: 100 },
    ...watched(analysis),
    { kind: 'promote' },
  ],
};

export function stepsOf(strategy: StrategyName, input: StrategyInput): readonly DeploymentStep[] {
  return strategies[strategy](input);
}

/** The way back, with the roles swapped: the stable release is made ready, gets all traffic, and the candidate goes. */
export function rollbackStepsOf({ replicas }: Pick<DeploymentPlan, 'replicas'>): readonly DeploymentStep[] {
  return [
    { kind: 'prepare', replicas, rolling: false },
    { kind: 'weight', weight: 100 },
    { kind: 'promote' },
    { kind: 'retire', afterSeconds: 0 },
  ];
}

/** How a step is taken back, in words; null: it cannot be (a one-way door). */
export function undoOf(step: DeploymentStep): string | null {
  switch (step.kind) {
    case 'prepare':
      return step.rolling ? 'the old replicas start again and take the traffic' : 'the new replicas are retired';
    case 'weight':
      return 'all traffic goes to the stable release';
    case 'promote':
      return 'the release before becomes the stable one again';
    case 'retire':
      return 'the old release starts again from its artifact';
    case 'pause':
    case 'analyze':
    case 'approve':
      return 'nothing to undo';
  }
}

function watched(analysis: AnalysisPlan | null): readonly DeploymentStep[] {
  return analysis ? [{ kind: 'analyze', analysis }] : [];
}

/** A canary that is promoted has had all of the traffic: what its steps leave out is added. */
function lastWeight(steps: readonly CanaryStep[]): readonly CanaryStep[] {
  const isComplete = steps.some((step) => step.kind === 'weight' && step.weight === 100);
  return isComplete ? [] : [{ kind: 'weight', weight: 100 }];
}

/** Enough replicas for the share of the traffic, at least one. */
function replicasFor(weight: number, replicas: number): number {
  return Math.max(1, Math.ceil((replicas * weight) / 100));
}
