import pino from 'pino';
import {
  type AlertIntake,
  createAlertActivities,
  createAlertIntake,
  createAlertRecords,
} from '../../src/activities/alerts';
import { createSecretResolver } from '../../src/activities/secrets';
import { alertFact } from '../../src/analytics/alerting';
import type { AlertFact, AlertingConfig } from '../../src/contracts/alerting';
import { planAlerting } from '../../src/definition/plan-alerting';
import { alerting } from '../../src/definition/schema/alerting';
import { timeScale } from '../../src/definition/time-scale';
import { startBenchWorker } from '../start-worker';

const namespace = 'bench';

/** What the language makes of this route: each alert is a group, and so a message, of its own. */
const spec = alerting.parse({ routes: [{ group_by: ['app'], group_interval: '1s', channels: ['receiver'] }] });

const config: AlertingConfig = {
  channels: [
    {
      ...{
        name: 'receiver',
        type: 'webhook',
        url: process.env.F0_BENCH_RECEIVER ?? '',
        to: [],
        from: null,
        secret: null,
      },
    } as const,
  ],
  alerting: planAlerting(spec, ['receiver'], timeScale(1)),
};

function breach(round: number, index: number, at: string): AlertFact {
  return alertFact({
    name: 'error_rate > 5%',
    severity: 'critical',
    labels: { namespace, environment: 'production', app: `r${round}-${index}` },
    summary: 'error_rate was 7 % over the last minute, more than 5 %',
    state: 'firing',
    at,
  });
}

/** Watches of one process that see breaches in the same instant: told one by one, as the observer does. */
void startBenchWorker(() => {
  let intake: AlertIntake | null = null;
  let rounds = 0;
  let last: readonly AlertFact[] = [];
  const breachAtOnce = (count: number) => async () => {
    rounds += 1;
    const at = Date.now();
    const facts = Array.from({ length: count }, (_, index) => breach(rounds, index, new Date(at).toISOString()));
    for (const fact of facts) void intake?.raise(namespace, config, [fact]);
    last = facts;
    return { breachedAt: at, fingerprints: facts.map(({ fingerprint }) => fingerprint) };
  };
  /** The end of what fires, so that each round begins with the same state. */
  const heal = async () => {
    const at = new Date().toISOString();
    await intake?.raise(
      namespace,
      config,
      last.map((fact) => ({ ...fact, state: 'resolved', at })),
    );
    return { healed: true };
  };
  const counts = [1, 100, 1_000];
  return {
    activities: {},
    integrate: ({ client, database }) => {
      const logger = pino({ level: 'error' });
      intake = createAlertIntake({ client, logger });
      const secrets = createSecretResolver({ env: {}, folder: null });
      return createAlertActivities({ secrets, logger, intake, records: createAlertRecords(database) });
    },
    answers: { ...Object.fromEntries(counts.map((count) => [`breach ${count}`, breachAtOnce(count)])), heal },
    close: async () => intake?.stop(),
  };
});
