import {
  type AlertBatch,
  type AlertFact,
  acknowledgeUpdate,
  alertBookQuery,
  alertsSignal,
  silenceUpdate,
} from '../../src/contracts/alerting';
import { alertingWorkflowId } from '../../src/contracts/ids';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { alerting } from '../../src/workflows';
import { config, fact, route } from '../analytics/alerting/support';
import { renewingServer } from '../support/temporal';
import { useHarness } from './harness';
import { bob } from './plans';

/** On a real server: the time-skipping one suggests no new history. */
describe('the keeper of alerts', () => {
  // Some four batches: it hands itself on again and again, whatever is under way.
  const harness = useHarness(renewingServer);

  it('goes on in new histories: nothing is lost, and nothing is told twice', async () => {
    const workflowId = alertingWorkflowId(harness());
    harness().keep(workflowId);
    const keeper = harness().handle(workflowId);
    const given = config([
      route({ groupBy: ['app'], groupWaitSeconds: 0.05, groupIntervalSeconds: 0.05, repeatEverySeconds: null }),
    ]);
    const tell = (facts: readonly AlertFact[]) =>
      harness().environment.client.workflow.signalWithStart<typeof alerting, [AlertBatch]>('alerting', {
        workflowId,
        taskQueue: TaskQueue.orchestrate,
        args: [{ namespace: harness().namespace }],
        signal: alertsSignal,
        signalArgs: [{ config: given, facts }],
      });
    const alert = (app: string) => fact({ at: new Date().toISOString(), labels: { environment: 'production', app } });
    const told = (kind: string) =>
      harness()
        .world.alertMessages.filter((message) => message.kind === kind)
        .flatMap(({ alerts }) => alerts.map(({ labels }) => labels.app))
        .sort();
    let isDown = true;
    harness().world.deliverAlert = async ({ alerts }) => {
      if (isDown && alerts[0]?.labels.app === 'stuck') throw new Error('ops is down');
    };

    const silence = {
      matchers: { app: 'silent' },
      reason: 'known',
      until: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const early = [alert('seen'), alert('silent'), alert('stuck')];
    await tell([]);
    await keeper.executeUpdate(silenceUpdate, { args: [{ silence, by: bob }] });
    await tell(early);
    await harness().until(() => expect(told('firing')).toEqual(['seen']));
    const fingerprint = early[0]?.fingerprint ?? '';
    await keeper.executeUpdate(acknowledgeUpdate, { args: [{ fingerprint, by: bob, reason: 'on it' }] });

    // Alerts come all the time, those moments included in which it hands itself on.
    const runs = new Set<string>();
    const busy: AlertFact[] = [];
    await harness().until(async () => {
      busy.push(alert(`app-${busy.length}`));
      await tell(busy.slice(-1));
      runs.add((await keeper.describe()).runId);
      expect(runs.size).toBeGreaterThan(3);
    });
    // In a later history than the one before: its audit entry is another one too.
    const later = busy[0]?.fingerprint ?? '';
    await keeper.executeUpdate(acknowledgeUpdate, { args: [{ fingerprint: later, by: bob, reason: 'that too' }] });
    isDown = false;
    const loud = ['seen', 'stuck', ...busy.map(({ labels }) => labels.app)].sort();
    await harness().until(() => expect(told('firing')).toEqual(loud));

    const { alerts, silences } = await keeper.query(alertBookQuery);
    const kept = (app: string) => alerts.find(({ labels }) => labels.app === app);
    expect(alerts).toHaveLength(loud.length + 1);
    expect(kept('seen')?.acknowledged).toMatchObject({ by: 'bob', reason: 'on it' });
    expect(kept('silent')?.mutedBy).toBe(silences[0]?.id);
    expect(silences).toMatchObject([{ matchers: { app: 'silent' }, by: 'bob' }]);

    const ended = [...early, ...busy].map((one) => ({
      ...one,
      state: 'resolved' as const,
      at: new Date().toISOString(),
    }));
    await tell(ended);
    await harness().until(() => expect(told('resolved')).toEqual(loud));
    await harness().until(() => {
      const states = [...harness().world.alertRecords.values()].map(({ state }) => state);
      expect(states).toEqual(Array(loud.length + 1).fill('resolved'));
    });
    expect(told('firing')).toEqual(loud);
    const { audit } = harness().world;
    expect(new Set(audit.map(({ key }) => key)).size).toBe(audit.length);
    expect(harness().world.actions().sort()).toEqual(['alert.acknowledged', 'alert.acknowledged', 'alert.silenced']);
  });
});
