import { setHandler } from '@temporalio/workflow';
import {
  alertSignal,
  deploymentStatusQuery,
  environmentSignal,
  eventSignal,
  freezesSignal,
  timelineQuery,
} from '../contracts/messages';
import type { DeploymentInput, DeploymentResult } from '../contracts/workflows';
import { registerCommands } from './commands';
import { DeploymentRun } from './deployment-run';
import { isText, isVerdictReason } from './message-faults';

/**
 * Brings one release into one environment, step by step, watched, and back again when it must. Ends with a result,
 * never with a failure, whatever happens to the release: what serves is in it. A cancelled deployment goes back first.
 */
export async function deployment(input: DeploymentInput): Promise<DeploymentResult> {
  const run = new DeploymentRun(input);
  registerCommands(run);
  setHandler(deploymentStatusQuery, () => run.snapshot());
  setHandler(timelineQuery, () => run.trail.timeline);
  setHandler(environmentSignal, (result) => run.lease.hear(result));
  setHandler(freezesSignal, (freezes) => run.lease.freeze(freezes));
  setHandler(alertSignal, (reason) => {
    if (isVerdictReason(reason)) run.alert(reason);
  });
  setHandler(eventSignal, (event) => {
    if (isText(event?.name)) run.event(event.name, String(event.message ?? ''));
  });
  return run.execute();
}
