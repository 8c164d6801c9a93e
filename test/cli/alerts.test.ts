import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createAlertIntake } from '../../src/activities/alerts';
import { AlertsClient } from '../../src/client';
import { createAlertDesk } from '../../src/console/alert-desk';
import type { AlertActivities, AlertMessage } from '../../src/contracts/alerting';
import type { AlertBook } from '../../src/contracts/alerts';
import { TaskQueue } from '../../src/contracts/task-queues';
import { config, fact } from '../analytics/alerting/support';
import { devServer, workflowBundle } from '../support/temporal';
import { until, waitFor } from '../support/wait-for';
import { type CliAnswer, f0 } from './harness';

let environment: TestWorkflowEnvironment;
let stop: () => Promise<void>;
const sent: AlertMessage[] = [];
const alert = fact();

beforeAll(async () => {
  environment = await devServer();
  const activities: Omit<AlertActivities, 'raiseAlerts'> = {
    deliverAlerts: async ({ messages }) => {
      sent.push(...messages);
      return messages.map(({ key }) => ({ key, at: new Date().toISOString(), reference: null, failure: null }));
    },
    recordAlerts: async () => undefined,
  };
  const connection = environment.nativeConnection;
  const workers = await Promise.all([
    Worker.create({
      connection,
      taskQueue: TaskQueue.orchestrate,
      workflowBundle: await workflowBundle(),
      activities: { recordAudit: async () => undefined },
    }),
    Worker.create({ connection, taskQueue: TaskQueue.integrate, activities }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  stop = async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
  const intake = createAlertIntake({ client: environment.client, logger: { warn: () => undefined } });
  await intake.raise('team', config(), [alert, fact({ labels: { namespace: 'team', app: 'other' } })]);
  await waitFor('the alerts to be told', () => sent.length === 2);
});
afterAll(async () => {
  await stop();
  await environment.teardown();
});

const alerts = (...argv: string[]): Promise<CliAnswer> =>
  f0(['alerts', ...argv], { env: { TEMPORAL_ADDRESS: environment.address } });

async function bookOf(...argv: string[]): Promise<AlertBook> {
  return JSON.parse((await alerts('--output', 'json', ...argv)).stdout) as AlertBook;
}

describe('f0 alerts', () => {
  it('lists what fires, for people and for programs', async () => {
    const book = await until(
      () => bookOf(),
      // That it was told is known after it was.
      (seen) => seen.alerts.length === 2 && seen.alerts.every(({ deliveries }) => deliveries.length > 0),
    );
    expect(book.alerts.find(({ fingerprint }) => fingerprint === alert.fingerprint)).toMatchObject({
      state: 'firing',
      name: 'error_rate > 5%',
      deliveries: [{ channel: 'ops', failure: null }],
    });
    expect((await bookOf('--state', 'resolved')).alerts).toEqual([]);
    expect((await bookOf('--namespace', 'nowhere')).alerts).toEqual([]);
    const { stdout } = await alerts();
    expect(stdout).toContain(alert.fingerprint.slice(0, 8));
    expect(stdout).toContain('error_rate is 7%');
  });

  it('acknowledges by the beginning of a fingerprint, and says what it does not know', async () => {
    const answer = await alerts('ack', alert.fingerprint.slice(0, 8), '--as', 'alice', '--reason', 'looking');
    expect(answer).toMatchObject({ code: 0, stdout: expect.stringContaining('acknowledged by alice') });
    expect((await bookOf()).alerts.find(({ fingerprint }) => fingerprint === alert.fingerprint)).toMatchObject({
      acknowledged: { by: 'alice', reason: 'looking' },
    });

    expect(await alerts('ack', 'ffffffff')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no alert ffffffff fires'),
    });
  });

  it('silences for a while, and ends a silence', async () => {
    const asked = ['--match', 'app=shop', 'env=production', '--for', '2h', '--as', 'alice'];
    expect(await alerts('silence', ...asked)).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') });
    const made = JSON.parse((await alerts('silence', ...asked, '--reason', 'known', '-o', 'json')).stdout);
    expect(made).toMatchObject({ matchers: { app: 'shop', environment: 'production' }, by: 'alice', reason: 'known' });
    const seen = await until(
      () => bookOf(),
      ({ alerts: all }) => all.some(({ mutedBy }) => mutedBy === made.id),
    );
    expect(seen.silences).toEqual([made]);

    expect(await alerts('unsilence', made.id)).toMatchObject({ code: 0 });
    expect((await bookOf()).silences).toEqual([]);
    expect((await alerts('unsilence', made.id)).stderr).toContain('there is no silence');
  });

  it.each([
    ['--match', 'shop', '--for', '2h', '--reason', 'r'],
    ['--match', 'app=shop', '--for', 'soon', '--reason', 'r'],
  ])('refuses %j %j %j %j', async (...argv) => {
    expect(await alerts('silence', ...argv)).toMatchObject({ code: 2 });
  });
});

describe('the desk of alerts', () => {
  it('reads the keepers while the database is away, and gives them what people do', async () => {
    const keepers = new AlertsClient(environment.client, 10_000);
    const away = { read: async () => Promise.reject(new Error('the database is away')) };
    const desk = createAlertDesk({ keepers, records: away });

    expect((await desk.read({ namespace: 'team' })).alerts).toHaveLength(2);
    const request = { matchers: { namespace: 'team', app: 'x' }, reason: 'r', until: '2099-01-01T00:00:00.000Z' };
    const silence = await desk.silence(request, { name: 'carol', source: 'oidc' });
    await desk.expireSilence(silence.id, { name: 'carol', source: 'oidc' });
    await expect(desk.acknowledge('ffffffff', { name: 'carol', source: 'oidc' }, '')).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});
