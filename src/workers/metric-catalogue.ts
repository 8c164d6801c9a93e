// Every metric of ours, and those of Temporal's SDK that dashboards and rules stand on. docs/reference/metrics.md is written
// from this, and what a worker serves is made from it: neither can name what the other does not have.

export interface MetricDescription {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Who counts it, for those who wonder why a process has none of it. */
  readonly countedBy: string;
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const everyWorker = 'every worker';
/** They see each entry of the audit trail when it is written for the first time, so a retry counts nothing twice. */
const auditWriters = 'workers of `f0-orchestrate`, as an entry is added to the audit trail';

const minute = 60;
const hour = 60 * minute;
/** Of releases and deployments: from seconds without soaks to days with approvals. */
const runBuckets = [10, 30, minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour, 24 * hour, 72 * hour];
/** People: from who sits before the screen to who comes back after a weekend. */
const waitBuckets = [10, minute, 5 * minute, 15 * minute, hour, 4 * hour, 8 * hour, 24 * hour, 72 * hour];

export const ourMetrics = {
  f0_worker_ready: {
    type: 'gauge',
    help: 'Whether the process can do its work: 1 or 0.',
    labels: [],
    countedBy: everyWorker,
  },
  f0_worker_draining: {
    type: 'gauge',
    help: 'Whether the process is shutting down: 1 or 0.',
    labels: [],
    countedBy: everyWorker,
  },
  f0_observer: {
    type: 'gauge',
    help: 'The observer of analyses, by figure: watches, groups, samples, results, lagMs, ...',
    labels: ['figure'],
    countedBy: 'workers of `f0-observe`',
  },
  f0_analyses_total: {
    type: 'counter',
    help: 'Analyses that have ended, by verdict.',
    labels: ['verdict'],
    countedBy: 'workers of `f0-observe`, once Temporal has taken the result',
  },
  f0_runs_started_total: {
    type: 'counter',
    help: 'Runs of releases that were started.',
    labels: ['namespace'],
    countedBy: auditWriters,
  },
  f0_runs_finished_total: {
    type: 'counter',
    help: 'Runs of releases that have ended, by the phase that they ended in.',
    labels: ['namespace', 'phase'],
    countedBy: auditWriters,
  },
  f0_run_duration_seconds: {
    type: 'histogram',
    help: 'From the start of a run to its end, people included.',
    labels: ['phase'],
    countedBy: auditWriters,
    buckets: runBuckets,
  },
  f0_deployments_finished_total: {
    type: 'counter',
    help: 'Deployments into an environment that have ended, by the phase that they ended in.',
    labels: ['namespace', 'environment', 'phase'],
    countedBy: auditWriters,
  },
  f0_deployment_duration_seconds: {
    type: 'histogram',
    help: 'From the start of a deployment to its end: waiting for the environment, soaks and the way back included.',
    labels: ['environment', 'phase'],
    countedBy: auditWriters,
    buckets: runBuckets,
  },
  f0_rollbacks_total: {
    type: 'counter',
    help: 'Rollbacks that were decided, by whomever or whatever.',
    labels: ['namespace', 'environment'],
    countedBy: auditWriters,
  },
  f0_approvals_requested_total: {
    type: 'counter',
    help: 'Questions to people.',
    labels: ['namespace'],
    countedBy: auditWriters,
  },
  f0_approval_wait_seconds: {
    type: 'histogram',
    help: 'From a question to its answer: approved, rejected, expired or withdrawn.',
    labels: ['outcome'],
    countedBy: auditWriters,
    buckets: waitBuckets,
  },
  f0_decisions_refused_total: {
    type: 'counter',
    help: 'Decisions of people that did not count: not allowed, too late, on another subject, twice.',
    labels: ['namespace'],
    countedBy: auditWriters,
  },
  f0_notifications_lost_total: {
    type: 'counter',
    help: 'Messages that a channel has not taken until they were given up.',
    labels: ['namespace'],
    countedBy: auditWriters,
  },
  f0_notification_deliveries_total: {
    type: 'counter',
    help: 'Attempts to hand a message to a channel, by the type of the channel and the outcome: delivered or failed.',
    labels: ['type', 'outcome'],
    countedBy: 'workers of `f0-integrate`',
  },
  f0_activity_retries_total: {
    type: 'counter',
    help: 'Attempts after the first, by how long the activity has been tried: under_10m or over_10m.',
    labels: ['activity', 'age'],
    countedBy: everyWorker,
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;

export type OurMetric = keyof typeof ourMetrics;

const sdk = 'every worker, by the SDK of Temporal';
const server = "Temporal's own server, where it is scraped";

/** By the name of the family: a histogram is read as `_bucket`, `_sum` and `_count`. */
export const temporalMetrics: Readonly<Record<string, MetricDescription>> = {
  temporal_activity_schedule_to_start_latency_seconds: {
    type: 'histogram',
    help: 'How long activities wait for a worker: the backlog of a queue, as it is felt.',
    labels: ['namespace', 'task_queue'],
    countedBy: sdk,
  },
  temporal_workflow_task_schedule_to_start_latency_seconds: {
    type: 'histogram',
    help: 'How long decisions of workflows wait for a worker.',
    labels: ['namespace', 'task_queue'],
    countedBy: sdk,
  },
  temporal_activity_execution_latency_seconds: {
    type: 'histogram',
    help: 'How long attempts of activities take.',
    labels: ['namespace', 'task_queue', 'activity_type'],
    countedBy: sdk,
  },
  temporal_activity_execution_failed_total: {
    type: 'counter',
    help: 'Attempts of activities that failed.',
    labels: ['namespace', 'task_queue', 'activity_type'],
    countedBy: sdk,
  },
  temporal_workflow_endtoend_latency_seconds: {
    type: 'histogram',
    help: 'From the start of a workflow to its end.',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    countedBy: sdk,
  },
  temporal_workflow_task_execution_failed_total: {
    type: 'counter',
    help: 'Decisions that failed: the code does not fit the history, or has a fault. The workflow waits until it fits.',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    countedBy: sdk,
  },
  temporal_workflow_task_execution_latency_seconds: {
    type: 'histogram',
    help: 'How long decisions of workflows take.',
    labels: ['namespace', 'task_queue', 'workflow_type'],
    countedBy: sdk,
  },
  temporal_sticky_cache_size: {
    type: 'gauge',
    help: 'Open runs that the process holds in memory.',
    labels: ['namespace', 'task_queue'],
    countedBy: sdk,
  },
  temporal_worker_task_slots_available: {
    type: 'gauge',
    help: 'How much more the process could take on at once.',
    labels: ['namespace', 'task_queue', 'worker_type'],
    countedBy: sdk,
  },
  temporal_worker_task_slots_used: {
    type: 'gauge',
    help: 'What the process is busy with.',
    labels: ['namespace', 'task_queue', 'worker_type'],
    countedBy: sdk,
  },
  temporal_request_total: {
    type: 'counter',
    help: 'Requests to the Temporal server.',
    labels: ['operation'],
    countedBy: sdk,
  },
  temporal_request_failure_total: {
    type: 'counter',
    help: 'Requests to the Temporal server that failed.',
    labels: ['operation'],
    countedBy: sdk,
  },
  approximate_backlog_count: {
    type: 'gauge',
    help: 'Tasks that wait in a queue.',
    labels: ['namespace', 'taskqueue', 'task_type'],
    countedBy: server,
  },
};

/** Those of Node's process and of Prometheus itself that dashboards show. */
export const processMetrics: Readonly<Record<string, MetricDescription>> = {
  up: {
    type: 'gauge',
    help: 'Whether the last scrape of a process succeeded.',
    labels: ['job', 'instance'],
    countedBy: 'Prometheus',
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Memory of the process.',
    labels: [],
    countedBy: everyWorker,
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'Time of processors that the process has used.',
    labels: [],
    countedBy: everyWorker,
  },
  nodejs_eventloop_lag_p99_seconds: {
    type: 'gauge',
    help: 'How late the thread of the process is.',
    labels: [],
    countedBy: everyWorker,
  },
};
