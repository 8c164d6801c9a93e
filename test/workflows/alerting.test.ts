import type { AlertBatch, AlertFact, AlertingConfig } from '../../src/contracts/alerting';
import {
  acknowledgeUpdate,
  alertBookQuery,
  alertsSignal,
  expireSilenceUpdate,
  silenceUpdate,
} from '../../src/contracts/alerting';
import { alertingWorkflowId } from '../../src/contracts/ids';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { alerting } from '../../src/workflows';
import { config, fact, route } from '../analytics/alerting/support';
import { refusalOf, useHarness } from './harness';
import { bob, simplePlan } from './plans';
import { commandFailed, failed } from './world';

const harness = useHarness();

/** By the clock of the test server. */
async function now(): Promise<string> {
  return new Date(await harness().environment.currentTimeMs()).toISOString();
}

async function tell(facts: readonly AlertFact[], given: AlertingConfig = config()): Promise<string> {
  const { environment, namespace } = harness();
  const workflowId = alertingWorkflowId({ namespace });
  harness().keep(workflowId);
  await environment.client.workflow.signalWithStart<typeof alerting, [AlertBatch]>('alerting', {
    workflowId,
    taskQueue: TaskQueue.orchestrate,
    args: [{ namespace }],
    signal: alertsSignal,
    signalArgs: [{ config: given, facts }],
  });
  return workflowId;
}

const messages = () => harness().world.alertMessages.map(({ kind, channel }) => `${kind} ${channel.name}`);
const untilTold = (expected: readonly string[]) => harness().until(() => expect(messages()).toEqual(expected));
const book = (id: string) => harness().handle(id).query(alertBookQuery);

/** Time passes in steps, so that what an activity answers on the way is taken in when it happens. */
async function pass(seconds: number, steps = 10): Promise<void> {
  for (let step = 0; step < steps; step += 1) await harness().pass(seconds / steps);
}

describe('the keeper of alerts', () => {
  it('tells a group, records it, and tells its end', async () => {
    const at = await now();
    const one = fact({ at });
    const id = await tell([one, fact({ at, labels: { namespace: 'team', environment: 'production', app: 'b' } })]);
    await pass(3);
    await untilTold(['firing ops']);
    expect(harness().world.alertMessages[0]).toMatchObject({ firing: 2, namespace: harness().namespace });

    await tell([{ ...one, state: 'resolved', at: await now() }]);
    await pass(60);
    await untilTold(['firing ops', 'firing ops']);
    await harness().until(async () =>
      expect((await book(id)).alerts.map(({ state }) => state).sort()).toEqual(['firing', 'resolved']),
    );
    await harness().until(() => expect(harness().world.alertRecords.get(one.fingerprint)?.state).toBe('resolved'));
    expect(harness().world.alertRecords.get(one.fingerprint)?.deliveries).toHaveLength(2);
  });

  it('goes to the next channel when one fails, and tells through the first again later', async () => {
    harness().world.deliverAlert = async ({ channel }) => {
      if (channel.name === 'ops') throw new Error('ops is down');
    };
    const id = await tell(
      [fact({ at: await now() })],
      config([route({ channels: ['ops', 'spare'], repeatEverySeconds: 600 })]),
    );
    await pass(5);
    await untilTold(['firing spare']);
    // The channel has the message before the keeper has the channel's answer.
    await harness().until(async () =>
      expect((await book(id)).alerts[0]?.deliveries).toMatchObject([
        { channel: 'ops', failure: 'ops is down' },
        { channel: 'spare', failure: null },
      ]),
    );

    harness().world.deliverAlert = async () => undefined;
    await pass(700);
    await untilTold(['firing spare', 'repeated ops']);
  });

  it('escalates until somebody acknowledges, and audits who did', async () => {
    const escalate = [
      { afterSeconds: 300, channels: ['spare'] },
      { afterSeconds: 900, channels: ['boss'] },
    ];
    const one = fact({ at: await now() });
    const id = await tell([one], config([route({ escalate, repeatEverySeconds: null })]));
    await pass(400);
    await untilTold(['firing ops', 'escalated spare']);

    const input = { fingerprint: one.fingerprint, by: bob, reason: 'on it' };
    await harness()
      .handle(id)
      .executeUpdate(acknowledgeUpdate, { args: [input] });
    await pass(2000);

    await untilTold(['firing ops', 'escalated spare', 'acknowledged ops', 'acknowledged spare']);
    expect((await book(id)).alerts[0]?.acknowledged).toMatchObject({ by: 'bob', reason: 'on it' });
    await harness().until(() => expect(harness().world.actions()).toContain('alert.acknowledged'));
    const missing = { ...input, fingerprint: 'ffffffffffff' };
    const refusal = await refusalOf(
      harness()
        .handle(id)
        .executeUpdate(acknowledgeUpdate, { args: [missing] }),
    );
    expect(refusal).toContain('no alert ffffffffffff fires');
  });

  it('is silent about what is silenced, until the silence ends', async () => {
    const id = await tell([]);
    const until = new Date(Date.parse(await now()) + 3_600_000).toISOString();
    const request = { matchers: { app: 'shop' }, reason: 'works', until };
    const silence = await harness()
      .handle(id)
      .executeUpdate(silenceUpdate, { args: [{ silence: request, by: bob }] });
    expect(silence).toMatchObject({ ...request, by: 'bob' });
    await tell([fact({ at: await now() })]);
    await pass(60);
    expect((await book(id)).alerts[0]?.mutedBy).toBe(silence.id);
    expect(messages()).toEqual([]);

    await harness()
      .handle(id)
      .executeUpdate(expireSilenceUpdate, { args: [{ id: silence.id, by: bob }] });
    await pass(5);
    await untilTold(['firing ops']);
    const again = harness()
      .handle(id)
      .executeUpdate(expireSilenceUpdate, { args: [{ id: silence.id, by: bob }] });
    expect(await refusalOf(again)).toContain('there is no silence');
    const empty = { silence: { ...request, matchers: {} }, by: bob };
    expect(
      await refusalOf(
        harness()
          .handle(id)
          .executeUpdate(silenceUpdate, { args: [empty] }),
      ),
    ).toContain('matchers');
  });

  it('does not tell what another alert explains', async () => {
    const at = await now();
    const inhibit = [
      { source: { alertname: ['ClusterDown'] }, target: { severity: ['warning'] }, equal: ['environment'] },
    ];
    const cluster = fact({ name: 'ClusterDown', severity: 'critical', labels: { environment: 'production' }, at });
    await tell([cluster, fact({ at })], config([route()], { inhibit }));
    await pass(60);

    await untilTold(['firing ops']);
    expect(harness().world.alertMessages[0]?.alerts.map(({ name }) => name)).toEqual(['ClusterDown']);
  });

  it('tells people while the database is away, and records it afterwards', async () => {
    let isAway = true;
    harness().world.recordAlerts = async () => {
      if (isAway) throw new Error('the database is away');
    };
    const one = fact({ at: await now() });
    await tell([one]);
    await pass(120, 40);
    await untilTold(['firing ops']);
    expect(harness().world.alertRecords.size).toBe(0);

    isAway = false;
    await pass(120, 40);
    await harness().until(() =>
      expect(harness().world.alertRecords.get(one.fingerprint)).toMatchObject({
        state: 'firing',
        deliveries: [{ channel: 'ops' }],
      }),
    );
  });

  it('ignores what is no batch, and goes on', async () => {
    const id = await tell([]);
    for (const rubbish of [
      null,
      'text',
      {},
      { config: {}, facts: [] },
      { config: config(), facts: [{ labels: null }] },
    ]) {
      await harness().handle(id).signal('alerts', rubbish);
    }
    await tell([fact({ at: await now() })]);
    await pass(5);

    await untilTold(['firing ops']);
  });
});

describe('a run on a platform with alerting', () => {
  it('raises an alert when it is rolled back, and tells nobody of it twice', async () => {
    const { channels, alerting } = config();
    harness().keep(alertingWorkflowId({ namespace: harness().namespace }));
    await harness().run({ ...simplePlan('1.0.0'), channels, alerting });
    expect(harness().world.notifications.map(({ notification }) => notification.type)).toEqual(
      Array(3).fill('release.finished'),
    );
    harness().world.notifications.length = 0;
    harness().world.analyze = async (input) => {
      expect(input.alerting).toEqual({ channels, alerting });
      return failed();
    };
    await harness().run({ ...simplePlan('1.1.0'), channels, alerting });
    await pass(5);

    await untilTold(['firing ops']);
    expect(harness().world.alertMessages[0]?.alerts).toMatchObject([
      {
        name: 'ReleaseRolledBack',
        severity: 'critical',
        labels: { workflow: 'shop', environment: 'production', release: '1.1.0' },
      },
    ]);
    expect(harness().world.notifications).toEqual([]);
  });

  it('raises an alert when it fails', async () => {
    const { channels, alerting } = config();
    harness().keep(alertingWorkflowId({ namespace: harness().namespace }));
    harness().world.build = async () => {
      throw commandFailed('no compiler');
    };
    await harness().run({ ...simplePlan('1.0.0'), channels, alerting });
    await pass(5);

    await untilTold(['firing ops']);
    expect(harness().world.alertMessages[0]?.alerts).toMatchObject([
      { name: 'ReleaseFailed', summary: expect.stringContaining('no compiler') },
    ]);
  });
});
