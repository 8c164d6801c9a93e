import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { DeployActivities } from '../../contracts/activities';
import type { DeployContext, DeployTargets } from './port';

/** The activities of the task queue `f0-deploy`: they find the cluster's target, and heartbeat while it works. */
export function createDeployActivities({ targets }: { readonly targets: DeployTargets }): DeployActivities {
  return {
    prepareRelease: async (input) => targets.of(input.cluster).prepare(input, activityContext()),
    shiftTraffic: async (input) => targets.of(input.cluster).shift(input, activityContext()),
    promoteRelease: async (input) => targets.of(input.cluster).promote(input, activityContext()),
    retireRelease: async (input) => targets.of(input.cluster).retire(input, activityContext()),
    describeTraffic: async (input) => targets.of(input.cluster).describe(input),
    previewRelease: async (input) => (await targets.of(input.cluster).preview?.(input, activityContext())) ?? null,
    detectDrift: async (input) => (await targets.of(input.cluster).drift?.(input, activityContext())) ?? null,
  };
}

/** The SDK throttles heartbeats by itself. */
function activityContext(): DeployContext {
  return { signal: cancellationSignal(), progress: heartbeat };
}
