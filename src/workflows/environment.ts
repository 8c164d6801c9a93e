import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { guardianWorkflowId } from '../contracts/ids';
import {
  acquireUpdate,
  environmentSignal,
  environmentStatusQuery,
  freezeUpdate,
  releaseEnvironmentUpdate,
  unfreezeUpdate,
} from '../contracts/messages';
import type { EnvironmentInput } from '../contracts/workflows';
import { environmentDetails } from './details';
import { EnvironmentKeeper, type Notice } from './environment-keeper';
import { coordinate } from './proxies';
import { Trail } from './trail';

/** A deployment that was terminated cannot give its lease back; while others wait, the holders are looked at this often. */
const leaseCheckMs = 60_000;

/**
 * The keeper of one environment: it lives as long as the environment does. Deployments acquire it and give it back by
 * update; those that had to wait are told by signal.
 */
export async function environment(input: EnvironmentInput): Promise<void> {
  const { namespace, environment: name } = input;
  const keeper = new EnvironmentKeeper(namespace, name, input.state);
  const trail = new Trail({ namespace, environment: name }, input.auditSequence ?? 0);
  const outbox: Notice[] = [];
  const guardians: string[] = [];
  const now = () => new Date().toISOString();
  const show = () => setCurrentDetails(environmentDetails(keeper.status()));

  setHandler(environmentStatusQuery, () => keeper.status());
  setHandler(acquireUpdate, (request) => {
    const { result, notices } = keeper.acquire(request, now());
    outbox.push(...notices);
    show();
    return result;
  });
  setHandler(releaseEnvironmentUpdate, (request) => {
    const before = keeper.status().current;
    outbox.push(...keeper.release(request, now()));
    const after = keeper.status().current;
    if (before && before.release !== after?.release) {
      guardians.push(guardianWorkflowId({ namespace, environment: name, app: before.app, release: before.release }));
    }
    show();
  });
  setHandler(freezeUpdate, (request) => {
    const freeze = keeper.freeze(request, now());
    const until = freeze.until ?? 'somebody lifts it';
    trail.note({
      action: 'environment.frozen',
      actor: request.by,
      message: `frozen until ${until}: ${request.reason}`,
    });
    show();
    return freeze;
  });
  setHandler(unfreezeUpdate, (request) => {
    outbox.push(...keeper.unfreeze(request.id, now()));
    trail.note({ action: 'environment.unfrozen', actor: request.by, message: request.reason });
    show();
  });

  show();
  while (!workflowInfo().continueAsNewSuggested) {
    const woken = () => outbox.length > 0 || guardians.length > 0 || workflowInfo().continueAsNewSuggested;
    const pause = pauseUntilLook(keeper, now());
    const busy = pause === null ? await condition(woken).then(() => true) : await condition(woken, pause);
    if (!busy) {
      const { ended } = await coordinate.findEnded({ workflowIds: keeper.holders });
      outbox.push(...keeper.reclaim(ended, now()));
    }
    for (const notice of outbox.splice(0)) await send(notice);
    for (const guardian of guardians.splice(0)) await dismiss(guardian);
  }
  await condition(allHandlersFinished);
  await trail.drain();
  await continueAsNew<typeof environment>({
    namespace,
    environment: name,
    state: keeper.carryOver,
    auditSequence: trail.sequence,
  });
}

function pauseUntilLook(keeper: EnvironmentKeeper, now: string): number | null {
  if (!keeper.hasWaiting) return null;
  const thaw = keeper.nextThaw(now);
  const untilThaw = thaw ? Math.max(1, Date.parse(thaw) - Date.parse(now)) : Number.POSITIVE_INFINITY;
  return Math.min(leaseCheckMs, untilThaw);
}

/** A deployment that is gone by now does not need the word; its lease is reclaimed at the next look. */
async function send({ to, result }: Notice): Promise<void> {
  await getExternalWorkflowHandle(to)
    .signal(environmentSignal, result)
    .catch(() => undefined);
}

/** The guardian of a release that no longer serves has nothing to watch; it may have ended long ago. */
async function dismiss(guardian: string): Promise<void> {
  await getExternalWorkflowHandle(guardian)
    .cancel()
    .catch(() => undefined);
}
