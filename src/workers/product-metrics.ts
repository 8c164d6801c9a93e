import { CompleteAsyncError } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { NotifyInput } from '../contracts/activities';
import type { Verdict } from '../contracts/analysis';
import type { AuditEntry } from '../contracts/audit';
import { BoundedLabels } from './bounded-labels';
import { type OurMetric, ourMetrics } from './metric-catalogue';

/** Entries that are counted by their action alone. */
const countedEntries: Readonly<Record<string, OurMetric>> = {
  'release.started': 'f0_runs_started_total',
  'rollback.decided': 'f0_rollbacks_total',
  'approval.requested': 'f0_approvals_requested_total',
  'approval.refused': 'f0_decisions_refused_total',
  'notification.failed': 'f0_notifications_lost_total',
};

/** A step that is tried for longer is one that somebody should look at. */
const longTriedMs = 10 * 60_000;

/**
 * What a process has seen of the product's own life. Counted where it becomes a fact: an entry as it is added to the audit
 * trail, a verdict as Temporal takes it, a message as its channel does. A process counts what it sees; sums are
 * Prometheus'.
 */
export class ProductMetrics {
  readonly #namespaces = new BoundedLabels();
  readonly #environments = new BoundedLabels();
  readonly #counters = new Map<OurMetric, Counter>();
  readonly #histograms = new Map<OurMetric, Histogram>();

  constructor(registry: Registry) {
    for (const name of Object.keys(ourMetrics) as OurMetric[]) {
      const { type, help, labels } = ourMetrics[name];
      const base = { name, help, labelNames: [...labels], registers: [registry] };
      if (type === 'counter') this.#counters.set(name, new Counter(base));
      if (type === 'histogram') {
        this.#histograms.set(name, new Histogram({ ...base, buckets: [...ourMetrics[name].buckets] }));
      }
    }
  }

  /** Entries that were not in the audit trail before. */
  readonly appended = (entries: readonly AuditEntry[]): void => {
    for (const entry of entries) this.#countEntry(entry);
  };

  readonly analysed = (verdict: Verdict): void => this.#count('f0_analyses_total', { verdict });

  /** Counts what activities do that nothing else tells. */
  readonly activityInterceptor: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const { activityType: activity, attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = info;
        if (attempt > 1) {
          const long = currentAttemptScheduledTimestampMs - scheduledTimestampMs > longTriedMs;
          this.#count('f0_activity_retries_total', { activity, age: long ? 'over_10m' : 'under_10m' });
        }
        if (activity !== 'notify') return next(input);
        const [{ channel }] = input.args as [NotifyInput];
        const delivered = (outcome: string) =>
          this.#count('f0_notification_deliveries_total', { type: channel.type, outcome });
        try {
          const result = await next(input);
          delivered('delivered');
          return result;
        } catch (error) {
          if (!(error instanceof CompleteAsyncError)) delivered('failed');
          throw error;
        }
      },
    },
  });

  #countEntry({ action, at, details = {}, ...entry }: AuditEntry): void {
    const namespace = this.#namespaces.bounded(entry.namespace);
    const environment = this.#environments.bounded(entry.environment ?? '');
    const counted = countedEntries[action];
    if (counted === 'f0_rollbacks_total') this.#count(counted, { namespace, environment });
    else if (counted !== undefined) this.#count(counted, { namespace });
    const [subject, verb = ''] = action.split('.');
    if (action === 'release.finished') {
      const phase = typeof details.phase === 'string' ? details.phase : 'unknown';
      this.#count('f0_runs_finished_total', { namespace, phase });
      this.#time('f0_run_duration_seconds', { phase }, details.startedAt, at);
    } else if (subject === 'approval' && details.askedAt !== undefined) {
      this.#time('f0_approval_wait_seconds', { outcome: verb }, details.askedAt, at);
    } else if (subject === 'deployment' && details.startedAt !== undefined) {
      this.#count('f0_deployments_finished_total', { namespace, environment, phase: verb });
      this.#time('f0_deployment_duration_seconds', { environment, phase: verb }, details.startedAt, at);
    }
  }

  #count(name: OurMetric, labels: Readonly<Record<string, string>>): void {
    this.#counters.get(name)?.inc(labels);
  }

  /** Entries of workflows that were started by an older version do not say when. */
  #time(name: OurMetric, labels: Readonly<Record<string, string>>, from: unknown, to: string): void {
    const seconds = (Date.parse(to) - Date.parse(String(from))) / 1_000;
    if (seconds >= 0) this.#histograms.get(name)?.observe(labels, seconds);
  }
}
