import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import {
  acknowledge,
  addSilence,
  advance,
  bookOf,
  compacted,
  emptyAlerting,
  endSilence,
  findAlert,
  hasRecords,
  keepForLater,
  nextDue,
  takeIn,
  takeMessages,
  takeOutcomes,
  takeRecords,
} from '../analytics/alerting';
import {
  type AlertingInput,
  type AlertingState,
  type AlertMessage,
  acknowledgeUpdate,
  alertBookQuery,
  alertsSignal,
  expireSilenceUpdate,
  silenceUpdate,
} from '../contracts/alerting';
import type { Silence } from '../contracts/alerts';
import { failure, rootMessage } from '../contracts/errors';
import type { Identity } from '../contracts/identity';
import { alertingDetails } from './alerting-details';
import { acknowledgeFault, isAlertBatch, senderFault, silenceFault } from './alerting-faults';
import { deliverer, recorder } from './proxies';
import { Trail } from './trail';

/** An activity's worth: some seconds of sending, and small beside the limit of a payload. */
const messagesAtOnce = 50;
const recordsAtOnce = 200;
/** The database is asked again after this; alerts go out meanwhile. */
const recordPause = '15 s';
/** People first: what is being told is recorded when it has been, or when that takes longer than this. */
const recordWaitMs = 10_000;

/** It never ends: as with the keeper of an environment, what changes it goes behind `patched`. */
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  alerting,
);

/**
 * The keeper of a namespace's alerts: groups them, tells people, repeats and escalates until somebody acknowledges or it
 * is over. Fed by signal, in batches; what it knows is recorded in the database by an activity that nothing waits for.
 */
export async function alerting(input: AlertingInput): Promise<void> {
  const trail = new Trail({ namespace: input.namespace }, input.auditSequence ?? 0);
  const keeper = new AlertKeeper(input.namespace, input.state ?? emptyAlerting(), trail);
  setHandler(alertsSignal, (batch) => {
    if (isAlertBatch(batch)) keeper.change((now) => takeIn(keeper.state, batch, now));
  });
  setHandler(alertBookQuery, () => bookOf(keeper.state));
  setHandler(acknowledgeUpdate, ({ fingerprint, by, reason }) => keeper.acknowledge(fingerprint, by, reason), {
    validator: (request) => refuse(acknowledgeFault(request)),
  });
  setHandler(silenceUpdate, ({ silence, by }) => keeper.silence(silence, by), {
    validator: (request) => refuse(silenceFault(request)),
  });
  setHandler(expireSilenceUpdate, ({ id, by }) => keeper.expireSilence(id, by), {
    validator: (request) => refuse(senderFault(request)),
  });
  await CancellationScope.nonCancellable(() => keeper.keep());
  const carryOver = { state: compacted(keeper.state), auditSequence: trail.sequence };
  await continueAsNew<typeof alerting>({ namespace: input.namespace, ...carryOver });
}

class AlertKeeper {
  private isChanged = true;
  private isRecording = false;
  private sending = 0;
  /** Milliseconds since 1970. */
  private recordedAt = Date.now();

  constructor(
    private readonly namespace: string,
    readonly state: AlertingState,
    private readonly trail: Trail,
  ) {
    // Whoever was sending is gone with the run before: it waited for them.
    for (const outgoing of state.outgoing) outgoing.underWay = false;
  }

  /** Until a new history is due and nothing is under way. */
  async keep(): Promise<void> {
    const renewing = () => workflowInfo().continueAsNewSuggested;
    for (;;) {
      this.isChanged = false;
      const now = new Date().toISOString();
      advance(this.state, now);
      if (!renewing()) this.send(now);
      if (!renewing()) this.record();
      if (renewing()) this.trail.hurry();
      setCurrentDetails(alertingDetails(this.state));
      const isDone = () => renewing() && this.isIdle && this.trail.settled && allHandlersFinished();
      if (isDone()) return;
      const due = nextDue(this.state);
      const woken = () => this.isChanged || isDone();
      if (due === null || renewing()) await condition(woken);
      else await condition(woken, Math.max(1, Date.parse(due) - Date.now()));
    }
  }

  change(act: (now: string) => void): void {
    act(new Date().toISOString());
    this.isChanged = true;
  }

  acknowledge(fingerprint: string, by: Identity, reason: string): void {
    const alert = findAlert(this.state, fingerprint);
    if (!alert)
      throw failure('NotFound', `no alert ${fingerprint} fires in ${this.namespace}: look with \`f0 alerts\``);
    if (alert.state === 'resolved') throw failure('Conflict', `the alert ${alert.name} is over since ${alert.endedAt}`);
    this.change((now) => acknowledge(this.state, alert, by.name, reason, now));
    const message = `${alert.name} (${alert.summary}) acknowledged: ${reason || 'no reason given'}`;
    this.trail.note({ action: 'alert.acknowledged', actor: by, message, details: { fingerprint: alert.fingerprint } });
  }

  silence(request: Omit<Silence, 'id' | 'by' | 'from'>, by: Identity): Silence {
    const from = new Date().toISOString();
    const { matchers, reason } = request;
    const until = new Date(request.until).toISOString();
    const silence: Silence = { id: uuid4().slice(0, 8), matchers, reason, by: by.name, from, until };
    this.change(() => addSilence(this.state, silence));
    const message = `silenced until ${until}: ${reason}`;
    this.trail.note({ action: 'alert.silenced', actor: by, message, details: { ...silence } });
    return silence;
  }

  expireSilence(id: string, by: Identity): void {
    let isThere = false;
    this.change((now) => {
      isThere = endSilence(this.state, id, now);
    });
    if (!isThere) throw failure('NotFound', `there is no silence ${id} in ${this.namespace}: look with \`f0 alerts\``);
    this.trail.note({ action: 'alert.silence_ended', actor: by, message: `silence ${id} ended` });
  }

  private get recordsAreDue(): boolean {
    if (!hasRecords(this.state)) return false;
    return this.sending === 0 || Date.now() - this.recordedAt > recordWaitMs;
  }

  private get isIdle(): boolean {
    return this.sending === 0 && !this.isRecording;
  }

  private send(now: string): void {
    const messages = takeMessages(this.state, this.namespace, now);
    for (let from = 0; from < messages.length; from += messagesAtOnce) {
      void this.deliver(messages.slice(from, from + messagesAtOnce));
    }
  }

  private async deliver(messages: readonly AlertMessage[]): Promise<void> {
    this.sending += 1;
    const summary = `${messages.length} messages`;
    const outcomes = await deliverer.deliverAlerts
      .executeWithOptions({ summary }, [{ messages }])
      // The activity answers for each channel; this is a worker that could not even do that.
      .catch((error) => messages.map(({ key }) => lost(key, rootMessage(error))));
    this.sending -= 1;
    this.change((now) => takeOutcomes(this.state, this.namespace, outcomes, now));
  }

  private record(): void {
    if (this.isRecording || !this.recordsAreDue) return;
    this.isRecording = true;
    void this.recordAll();
  }

  private async recordAll(): Promise<void> {
    while (this.recordsAreDue && !workflowInfo().continueAsNewSuggested) {
      this.recordedAt = Date.now();
      const alerts = takeRecords(this.state, recordsAtOnce);
      const { silences } = this.state;
      try {
        await recorder.recordAlerts({ namespace: this.namespace, alerts, silences });
      } catch (error) {
        log.warn('alerts could not be recorded yet', { reason: rootMessage(error) });
        keepForLater(this.state, alerts);
        await sleep(recordPause, { summary: 'the database is away' });
      }
    }
    this.isRecording = false;
    this.isChanged = true;
  }
}

function lost(key: string, message: string): Parameters<typeof takeOutcomes>[2][number] {
  const because = { code: 'Unavailable', message, retryable: true, retryAfterSeconds: null } as const;
  return { key, at: new Date().toISOString(), reference: null, failure: because };
}

function refuse(fault: string | null): void {
  if (fault) throw failure('InvalidInput', fault);
}
