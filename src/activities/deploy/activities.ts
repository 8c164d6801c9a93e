import { Context } from '@temporalio/activity';
import type { DeployActivities } from '../../contracts/activities';
import type { DeployContext, DeployTargets } from './port';

/** The activities of the task queue `f0-deploy`: they find the cluster's target, and heartbeat while it works. */
export function createDeployActivities({ targets }: { readonly targets: DeployTargets }): DeployActivities {
  return {
    prepareRelease: async (input) => targets.of(input.cluster).prepare(input, activityContext()),
    shiftTraffic: async (input) => targets.of(input.cluster).shift(input, activityContext()),
    bringBackRelease: async (input) => {
      const target = targets.of(input.cluster);
      await target.prepare(input, activityContext());
      return target.shift({ ...input, weight: 100 }, activityContext());
    },
    promoteRelease: async (input) => targets.of(input.cluster).promote(input, activityContext()),
    retireRelease: async (input) => targets.of(input.cluster).retire(input, activityContext()),
    describeTraffic: async (input) => targets.of(input.cluster).describe(input),
    previewRelease: async (input) => (await targets.of(input.cluster).preview?.(input, activityContext())) ?? null,
    detectDrift: async (input) => (await targets.of(input.cluster).drift?.(input, activityContext())) ?? null,
  };
}

/**
 * The SDK throttles heartbeats by itself. Of this activity, whoever it is that tells of progress: a watch that several
 * activities share, and that an observer may have opened outside of any, calls back in the context it was opened in.
 */
function activityContext(): DeployContext {
  const context = Context.current();
  return { signal: context.cancellationSignal, progress: (detail) => context.heartbeat(detail) };
}
