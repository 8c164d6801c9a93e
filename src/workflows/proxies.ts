import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  AuditActivities,
  BuildActivities,
  CommandActivities,
  CoordinationActivities,
  DeployActivities,
  NotifyActivities,
  ObserveActivities,
} from '../contracts/activities';
import type { AlertActivities } from '../contracts/alerting';
import { TaskQueue } from '../contracts/task-queues';

// Grouped by policy. Retries are Temporal's defaults (without end, capped backoff) inside the total time given here,
// because which errors are worth a retry is decided once, in contracts/errors.

/** Lost worker or hung call: noticed after this long. Activities beat at least every 10 s. */
const heartbeatTimeout = '30 s';
/** A flaky network heals in seconds; beyond 10 s between tries an operator waits for nothing. */
const retry = { initialInterval: '500 ms', maximumInterval: '10 s' } as const;

/**
 * Not the SDK's default, which goes on at once: a step that was cancelled must have stopped before the way back begins,
 * or the two would change the cluster against each other; and a request must be answered before it is taken back.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** Changes to clusters. The caller gives the total time, from the plan's progress deadline. */
export const deploy = proxyActivities<DeployActivities>({
  taskQueue: TaskQueue.deploy,
  startToCloseTimeout: '1 h',
  heartbeatTimeout,
  retry,
  cancellationType,
});

/** Looks at clusters that somebody waits for at a terminal: what cannot be had in two minutes is told as such. */
export const look = proxyActivities<Pick<DeployActivities, 'previewRelease' | 'detectDrift'>>({
  taskQueue: TaskQueue.deploy,
  // No worker of that queue: to wait longer would only say so later.
  scheduleToStartTimeout: '20 s',
  // Charts are rendered, and a namespace is listed for the first time.
  startToCloseTimeout: '90 s',
  scheduleToCloseTimeout: '2 min',
  heartbeatTimeout,
  retry: { ...retry, maximumAttempts: 3 },
});

/**
 * One analysis is one activity, completed from outside by the observer, which beats for it. A run
 * that was stopped does not wait for the observer to notice (it changes nothing): see `analysis-step.ts`.
 */
export const observe = proxyActivities<ObserveActivities>({
  taskQueue: TaskQueue.observe,
  startToCloseTimeout: '30 d',
  // Ten thousand watches beat a few hundred times a second by this. A dead observer is noticed sooner all the same: the
  // others take over its watches by their own lease, in about ten seconds.
  heartbeatTimeout: '2 min',
  retry,
  cancellationType,
});

/** Foreign commands. The caller gives the time limit; tries are the stage's `retries`, so none here for a failure. */
export const operate = proxyActivities<BuildActivities & CommandActivities>({
  taskQueue: TaskQueue.operate,
  startToCloseTimeout: '24 h',
  heartbeatTimeout,
  retry,
  cancellationType,
});

/** The environment entity answers in milliseconds; the retry covers a restart of the whole system. */
export const coordinate = proxyActivities<CoordinationActivities>({
  taskQueue: TaskQueue.integrate,
  startToCloseTimeout: '20 s',
  retry,
  cancellationType,
});

/** A channel that is down for ten minutes has lost this message; the run's page still shows what it said. */
export const notifier = proxyActivities<NotifyActivities>({
  taskQueue: TaskQueue.integrate,
  startToCloseTimeout: '30 s',
  scheduleToCloseTimeout: '10 min',
  retry,
});

/**
 * Marks on graphs. An hour, because a mark is worth as much when the vendor is back; not longer, because Datadog and New
 * Relic take nothing that is a day old.
 */
export const marker = proxyActivities<NotifyActivities>({
  taskQueue: TaskQueue.integrate,
  startToCloseTimeout: '30 s',
  scheduleToCloseTimeout: '1 h',
  retry: { ...retry, maximumInterval: '1 min' },
});

/**
 * Without end, because an audit entry is never dropped: while the database is down the run goes on. On the queue of the
 * workflows: their worker gets the activity with the answer to its workflow task, without the way through the server's
 * queues (docs/adr/0014).
 */
export const audit = proxyActivities<AuditActivities>({
  taskQueue: TaskQueue.orchestrate,
  startToCloseTimeout: '30 s',
  retry,
});

/**
 * Messages to channels: each answer is taken from the activity, so a retry here is one of a worker that died. It beats
 * after each message, and what was sent by then is not sent again.
 */
export const deliverer = proxyActivities<Pick<AlertActivities, 'deliverAlerts'>>({
  taskQueue: TaskQueue.integrate,
  // 50 messages to channels that hang, eight at once, 10 s each; twice that.
  startToCloseTimeout: '2 min',
  heartbeatTimeout: '15 s',
  retry,
});

/** Some tries only: the keeper of the alerts asks again itself, because its history must not wait for a database. */
export const recorder = proxyActivities<Pick<AlertActivities, 'recordAlerts'>>({
  taskQueue: TaskQueue.integrate,
  startToCloseTimeout: '10 s',
  scheduleToStartTimeout: '1 min',
  retry: { ...retry, maximumAttempts: 2 },
});

/** A run does not wait for its alert to be taken in: what could not be told in ten minutes is in its timeline. */
export const raiser = proxyActivities<Pick<AlertActivities, 'raiseAlerts'>>({
  taskQueue: TaskQueue.integrate,
  startToCloseTimeout: '30 s',
  scheduleToCloseTimeout: '10 min',
  retry,
});
