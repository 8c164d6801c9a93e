import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Registry } from 'prom-client';
import type { AuditEntry } from '../../src/contracts/audit';
import { failure } from '../../src/contracts/errors';
import { BoundedLabels } from '../../src/workers/bounded-labels';
import { ProductMetrics } from '../../src/workers/product-metrics';
import { entry } from '../activities/audit/entries';

const root = resolve(__dirname, '..', '..');
let registry: Registry;
let metrics: ProductMetrics;

beforeEach(() => {
  registry = new Registry();
  metrics = new ProductMetrics(registry);
});

/** The samples of a metric, as they are scraped; buckets left out. */
async function samples(name: string): Promise<readonly string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(name) && !line.includes('_bucket'));
}

const fact = (action: string, more: Partial<AuditEntry> = {}) => entry(action, { action, ...more });

describe('the metrics of the product', () => {
  it('count releases by how they ended, and how long they took', async () => {
    const details = { phase: 'rolled_back', startedAt: '2026-01-02T03:03:05.678Z' };
    metrics.appended([fact('release.started'), fact('release.started'), fact('release.finished', { details })]);

    expect(await samples('f0_runs')).toEqual([
      'f0_runs_started_total{namespace="shop"} 2',
      'f0_runs_finished_total{namespace="shop",phase="rolled_back"} 1',
    ]);
    expect(await samples('f0_run_duration_seconds')).toEqual([
      'f0_run_duration_seconds_sum{phase="rolled_back"} 60',
      'f0_run_duration_seconds_count{phase="rolled_back"} 1',
    ]);
  });

  it('count deployments by environment, and not the commands that people gave to one', async () => {
    const startedAt = '2026-01-02T03:04:00.678Z';
    metrics.appended([
      fact('deployment.paused', { environment: 'production' }),
      fact('rollback.decided', { environment: 'production' }),
      fact('deployment.succeeded', { environment: 'production', details: { serving: '1.0.0', startedAt } }),
    ]);

    expect(await samples('f0_deployment')).toEqual([
      'f0_deployments_finished_total{namespace="shop",environment="production",phase="succeeded"} 1',
      'f0_deployment_duration_seconds_sum{environment="production",phase="succeeded"} 5',
      'f0_deployment_duration_seconds_count{environment="production",phase="succeeded"} 1',
    ]);
    expect(await samples('f0_rollbacks')).toEqual(['f0_rollbacks_total{namespace="shop",environment="production"} 1']);
  });

  it('count questions, how long people took, and decisions that did not count', async () => {
    metrics.appended([
      fact('approval.requested'),
      fact('approval.refused'),
      fact('approval.decided'),
      fact('approval.approved', { details: { askedAt: '2026-01-02T03:02:05.678Z' } }),
    ]);

    expect(await samples('f0_approvals_requested')).toEqual(['f0_approvals_requested_total{namespace="shop"} 1']);
    expect(await samples('f0_decisions_refused')).toEqual(['f0_decisions_refused_total{namespace="shop"} 1']);
    expect(await samples('f0_approval_wait')).toEqual([
      'f0_approval_wait_seconds_sum{outcome="approved"} 120',
      'f0_approval_wait_seconds_count{outcome="approved"} 1',
    ]);
  });

  it('count verdicts, and messages that were given up', async () => {
    metrics.analysed('fail');
    metrics.appended([fact('notification.failed')]);

    expect(await samples('f0_analyses')).toEqual(['f0_analyses_total{verdict="fail"} 1']);
    expect(await samples('f0_notifications_lost')).toEqual(['f0_notifications_lost_total{namespace="shop"} 1']);
  });

  it('make no series of what entries happen to say', async () => {
    const odd = Array.from({ length: 300 }, (_, index) => fact('release.started', { namespace: `n${index}` }));
    metrics.appended([...odd, fact('release.finished'), fact('something.else')]);

    const started = await samples('f0_runs_started');
    expect(started).toHaveLength(101);
    expect(started.at(-1)).toBe('f0_runs_started_total{namespace="other"} 200');
    expect(await samples('f0_runs_finished')).toEqual(['f0_runs_finished_total{namespace="other",phase="unknown"} 1']);
    expect(await samples('f0_run_duration')).toEqual([]);
  });

  it('keep the names that came first', () => {
    const labels = new BoundedLabels(2);
    expect(['a', 'b', 'c', 'a'].map((name) => labels.bounded(name))).toEqual(['a', 'b', 'other', 'a']);
  });
});

describe('what activities do', () => {
  const minute = 60_000;

  /** Runs through the interceptor, as the `attempt`th try of an activity that was scheduled so long ago. */
  async function act(type: string, attempt: number, agoMs: number, work: () => Promise<void>): Promise<void> {
    const environment = new MockActivityEnvironment({
      activityType: type,
      attempt,
      scheduledTimestampMs: 0,
      currentAttemptScheduledTimestampMs: agoMs,
    });
    await environment.run(async () => {
      const { inbound } = metrics.activityInterceptor(Context.current());
      await inbound?.execute?.({ args: [{ channel: { type: 'webhook' } }], headers: {} }, work);
    });
  }

  it('is counted by attempt: the first is none, and long tries are told apart', async () => {
    await act('shiftTraffic', 1, 0, async () => undefined);
    await act('shiftTraffic', 2, minute, async () => undefined);
    await act('shiftTraffic', 9, 11 * minute, async () => undefined);

    expect(await samples('f0_activity_retries')).toEqual([
      'f0_activity_retries_total{activity="shiftTraffic",age="under_10m"} 1',
      'f0_activity_retries_total{activity="shiftTraffic",age="over_10m"} 1',
    ]);
    expect(await samples('f0_notification_deliveries')).toEqual([]);
  });

  it('is counted by what a channel said', async () => {
    await act('notify', 1, 0, async () => undefined);
    const refused = act('notify', 1, 0, () => Promise.reject(failure('Unavailable', 'no')));

    await expect(refused).rejects.toThrow('no');
    expect(await samples('f0_notification_deliveries')).toEqual([
      'f0_notification_deliveries_total{type="webhook",outcome="delivered"} 1',
      'f0_notification_deliveries_total{type="webhook",outcome="failed"} 1',
    ]);
  });
});

describe('docs/reference/metrics.md', () => {
  it('is what the catalogue says now', () => {
    const generator = join(root, 'scripts', 'generate-metrics-reference.mjs');
    const typescript = join(root, 'test', 'support', 'typescript.cjs');
    const catalogue = join(root, 'src', 'workers', 'metric-catalogue.ts');
    const options = ['-r', typescript, generator, '--check', '--catalogue', catalogue];

    expect(spawnSync(process.execPath, options, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});
