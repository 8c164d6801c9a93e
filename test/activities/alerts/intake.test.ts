import type { Client } from '@temporalio/client';
import { createAlertIntake } from '../../../src/activities/alerts';
import type { AlertBatch, AlertFact } from '../../../src/contracts/alerting';
import { config, fact, route } from '../../analytics/alerting/support';

interface Signalled {
  readonly workflowId: string;
  readonly batch: AlertBatch;
}

/** What the intake uses of Temporal's client. */
function temporal(refuse: () => boolean = () => false) {
  const signals: Signalled[] = [];
  const signalWithStart = async (_type: string, options: { workflowId: string; signalArgs: [AlertBatch] }) => {
    if (refuse()) throw new Error('Temporal is away');
    signals.push({ workflowId: options.workflowId, batch: options.signalArgs[0] });
  };
  const client = { workflow: { signalWithStart }, withDeadline: (_: number, call: () => Promise<unknown>) => call() };
  return { signals, client: client as unknown as Client };
}

const facts = (count: number): AlertFact[] =>
  Array.from({ length: count }, (_, index) => fact({ labels: { namespace: 'team', app: `app-${index}` } }));
const logger = { warn: () => undefined };

describe('the intake of alerts', () => {
  it('makes of a thousand at once a handful of signals, in their order', async () => {
    const { signals, client } = temporal();
    const intake = createAlertIntake({ client, logger, collectMs: 5 });
    const all = facts(1_000);

    await Promise.all(all.map((one) => intake.raise('team', config(), [one])));

    expect(signals.length).toBe(5);
    expect(signals.flatMap(({ batch }) => batch.facts)).toEqual(all);
    expect(new Set(signals.map(({ workflowId }) => workflowId))).toEqual(new Set(['alerting/team']));
  });

  it('parts what comes at once and would not fit into one signal', async () => {
    const { signals, client } = temporal();
    await createAlertIntake({ client, logger, collectMs: 1 }).raise('team', config(), facts(450));

    expect(signals.map(({ batch }) => batch.facts.length)).toEqual([200, 200, 50]);
  });

  it('keeps namespaces apart', async () => {
    const { signals, client } = temporal();
    const intake = createAlertIntake({ client, logger, collectMs: 5 });

    await Promise.all(['a', 'b', 'a'].map((namespace) => intake.raise(namespace, config(), facts(1))));

    expect(signals.map(({ workflowId, batch }) => [workflowId, batch.facts.length]).sort()).toEqual([
      ['alerting/a', 2],
      ['alerting/b', 1],
    ]);
  });

  it('takes the newest routes along, and not that a platform without any told nobody', async () => {
    const { signals, client } = temporal();
    const intake = createAlertIntake({ client, logger, collectMs: 5 });
    const named = (name: string) => config([route({ name })]);

    await Promise.all([named('old'), named('new'), config([])].map((one) => intake.raise('team', one, facts(1))));

    expect(signals.map(({ batch }) => batch.config.alerting.routes.map(({ name }) => name))).toEqual([['new']]);
  });

  it('keeps what Temporal does not take, and tells it when it is back', async () => {
    let refusals = 1;
    const { signals, client } = temporal(() => refusals-- > 0);
    const intake = createAlertIntake({ client, logger, collectMs: 1 });

    await intake.raise('team', config(), facts(3));

    expect(signals.map(({ batch }) => batch.facts.length)).toEqual([3]);
  });

  it('sends what waits when it is stopped, and says what it could not send', async () => {
    const { signals, client } = temporal();
    const intake = createAlertIntake({ client, logger, collectMs: 60_000 });
    const raised = intake.raise('team', config(), facts(1));
    await intake.stop();
    await raised;
    expect(signals).toHaveLength(1);

    const away = createAlertIntake({ client: temporal(() => true).client, logger, collectMs: 60_000 });
    const refused = expect(away.raise('team', config(), facts(1))).rejects.toThrow('Temporal is away');
    await away.stop();
    await refused;
  });
});
