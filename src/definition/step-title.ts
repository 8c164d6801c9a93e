import { printDuration } from './duration';
import type { DeploymentStep } from './release-plan';

/** A step in a few words: the same in the plan, the live tree, Temporal's UI and the audit trail. */
export function stepTitle(step: DeploymentStep): string {
  switch (step.kind) {
    case 'prepare':
      return step.rolling ? `replace ${step.replicas} replica(s) one by one` : `start ${step.replicas} replica(s)`;
    case 'weight':
      return `${step.weight}% of the traffic`;
    case 'pause':
      return step.durationSeconds === null ? 'pause until resumed' : `pause ${printDuration(step.durationSeconds)}`;
    case 'analyze':
      return `${step.analysis.name} for ${printDuration(step.analysis.durationSeconds)}`;
    case 'approve':
      return `approval ${step.gate.name}`;
    case 'promote':
      return 'becomes the stable release';
    case 'retire':
      return step.afterSeconds > 0
        ? `retire the old release after ${printDuration(step.afterSeconds)}`
        : 'retire the old release';
  }
}

/** The same among those of other regions: `eu-west: 5% of the traffic`. */
export function stepName({ title, region, wave }: { title: string; region?: string; wave?: number }): string {
  const owner = region ?? (wave === undefined ? null : `wave ${wave}`);
  return owner === null ? title : `${owner}: ${title}`;
}
