import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { failure } from '../contracts/errors';
import { systemIdentity } from '../contracts/identity';
import { guardianWorkflowId } from '../contracts/ids';
import {
  abortSignal,
  acquireUpdate,
  environmentSignal,
  environmentStatusQuery,
  freezesSignal,
  freezeUpdate,
  releaseEnvironmentUpdate,
  unfreezeUpdate,
} from '../contracts/messages';
import type { DeployedRelease } from '../contracts/status';
import type { EnvironmentInput } from '../contracts/workflows';
import { environmentDetails } from './details';
import { EnvironmentKeeper } from './environment-keeper';
import { acquireFault, freezeFault, releaseFault, senderFault } from './message-faults';
import { coordinate } from './proxies';
import { Trail } from './trail';

/** A deployment that was terminated cannot give its lease back; while others wait, the holders are looked at this often. */
const leaseCheckMs = 60_000;

/**
 * It never ends: pinned, it would need workers of the build that it began on for ever. What changes it therefore goes
 * behind `patched`, like any change to a run that must live on. The server takes a behaviour from versioned workers only;
 * a build has every worker, a deployment those.
 */
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  environment,
);

/**
 * The keeper of one environment: it lives as long as the environment does (a cancellation is ignored, because the
 * memory of what serves would be lost with it). Deployments acquire it and give it back by update; those that had to
 * wait are told by signal.
 */
export async function environment(input: EnvironmentInput): Promise<void> {
  const { namespace, environment: name } = input;
  const keeper = new EnvironmentKeeper(namespace, name, input.state);
  const trail = new Trail({ namespace, environment: name }, input.auditSequence ?? 0);
  /** What handlers leave to the main loop: words to other workflows. */
  const outbox: (() => Promise<void>)[] = [];
  let changed = false;
  const now = () => new Date().toISOString();
  const tell = (notices: ReturnType<EnvironmentKeeper['reclaim']>) => {
    for (const { to, result } of notices)
      outbox.push(() => getExternalWorkflowHandle(to).signal(environmentSignal, result));
  };
  /** Whoever is inside promotes no further either. */
  const tellHolders = () => {
    const { holders, freezes } = keeper.status();
    for (const holder of holders) outbox.push(() => getExternalWorkflowHandle(holder).signal(freezesSignal, freezes));
  };
  const settle = () => {
    changed = true;
    setCurrentDetails(environmentDetails(keeper.status()));
  };

  setHandler(environmentStatusQuery, () => keeper.status());
  setHandler(
    acquireUpdate,
    (request) => {
      const { result, notices, preempted } = keeper.acquire(request, now());
      tell(notices);
      for (const holder of preempted) outbox.push(() => makeRoom(holder, request.release, name));
      settle();
      return result;
    },
    { validator: (request) => refuse(acquireFault(request)) },
  );
  setHandler(
    releaseEnvironmentUpdate,
    (request) => {
      const before = keeper.status().serving;
      tell(keeper.release(request, now()));
      for (const gone of replaced(before, keeper.status().serving)) {
        const { app, release } = gone;
        outbox.push(() => dismiss(guardianWorkflowId({ namespace, environment: name, app, release })));
      }
      settle();
    },
    { validator: (request) => refuse(releaseFault(request)) },
  );
  setHandler(
    freezeUpdate,
    (request) => {
      const until = request.until === null ? null : new Date(request.until).toISOString();
      const freeze = keeper.freeze({ ...request, until }, now());
      const message = `frozen until ${until ?? 'somebody lifts it'}: ${request.reason}`;
      trail.note({ action: 'environment.frozen', actor: request.by, message });
      tellHolders();
      settle();
      return freeze;
    },
    { validator: (request) => refuse(freezeFault(request)) },
  );
  setHandler(
    unfreezeUpdate,
    (request) => {
      const notices = keeper.unfreeze(request.id, now());
      tellHolders();
      tell(notices);
      trail.note({ action: 'environment.unfrozen', actor: request.by, message: request.reason });
      settle();
    },
    { validator: (request) => refuse(senderFault(request)) },
  );

  const renewing = () => workflowInfo().continueAsNewSuggested;
  const keep = async () => {
    settle();
    for (;;) {
      // A deployment that is gone by now does not need the word; its lease is reclaimed at the next look.
      while (outbox.length > 0)
        await outbox
          .shift()?.()
          .catch(() => undefined);
      if (renewing()) trail.hurry();
      if (renewing() && trail.settled && allHandlersFinished()) return;
      changed = false;
      const pause = pauseUntilLook(keeper, now());
      // An audit log that is down holds up the new history, and nobody who waits for the environment.
      const woken = () => changed || (renewing() && trail.settled);
      const told = pause === null ? await condition(woken).then(() => true) : await condition(woken, pause);
      if (!told) tell(keeper.reclaim(await endedOf(keeper.holders), now()));
      if (!told) settle();
    }
  };
  await CancellationScope.nonCancellable(keep);
  const carryOver = { state: keeper.carryOver, auditSequence: trail.sequence };
  await continueAsNew<typeof environment>({ namespace, environment: name, ...carryOver });
}

function pauseUntilLook(keeper: EnvironmentKeeper, now: string): number | null {
  if (!keeper.hasWaiting) return null;
  const thaw = keeper.nextThaw(now);
  const untilThaw = thaw ? Math.max(1, Date.parse(thaw) - Date.parse(now)) : Number.POSITIVE_INFINITY;
  return Math.min(leaseCheckMs, untilThaw);
}

async function endedOf(workflowIds: readonly string[]): Promise<readonly string[]> {
  if (workflowIds.length === 0) return [];
  return (await coordinate.findEnded({ workflowIds })).ended;
}

function replaced(before: readonly DeployedRelease[], after: readonly DeployedRelease[]): DeployedRelease[] {
  return before.filter(({ app, release }) => !after.some((now) => now.app === app && now.release === release));
}

/** A rollback waits for it: whatever that deployment was doing, it goes back and gives the environment up. */
function makeRoom(holder: string, release: string, environment: string): Promise<void> {
  const reason = `the rollback of ${release} needs ${environment}`;
  return getExternalWorkflowHandle(holder).signal(abortSignal, { by: systemIdentity, reason });
}

/** The guardian of a release that no longer serves has nothing to watch; it may have ended long ago. */
function dismiss(guardian: string): Promise<void> {
  return getExternalWorkflowHandle(guardian).cancel();
}

function refuse(fault: string | null): void {
  if (fault) throw failure('InvalidInput', fault);
}
