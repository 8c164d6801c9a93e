import type { Logger } from 'pino';
import { alertFact } from '../../analytics/alerting';
import { burnRateAlerts } from '../../analytics/kpis';
import type { AlertIntake } from '../alerts';
import type { Clock } from '../metrics';
import { repeat } from '../observe/repeat';
import type { SloReader } from './kpi-reader';
import type { PlatformStore } from './port';

export interface ObjectiveWatchOptions {
  readonly objectives: SloReader;
  readonly platforms: Pick<PlatformStore, 'alerting'>;
  readonly intake: Pick<AlertIntake, 'raise'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** The shortest window of a burn rate is five minutes: a minute more or less tells nobody later than they can act. */
const everyMs = 60_000;

/**
 * Looks at the objectives of all platforms that have `alerting`, and tells the keepers of alerts what has changed since the
 * last look. Several processes may do so: an alert that is told twice is one. The answer ends it.
 */
export function watchObjectives(options: ObjectiveWatchOptions): () => Promise<void> {
  const { objectives, platforms, intake, clock, logger } = options;
  let told = new Map<string, string>();

  async function look(): Promise<void> {
    const configs = await platforms.alerting();
    if (configs.size === 0) return;
    const at = new Date(clock.now()).toISOString();
    const facts = burnRateAlerts(await objectives.slos()).map((alert) => alertFact({ ...alert, at }));
    const changed = facts.filter(({ fingerprint, state }) => told.get(fingerprint) !== state);
    for (const [namespace, config] of configs) {
      const theirs = changed.filter(({ labels }) => labels.namespace === namespace);
      if (theirs.length > 0) await intake.raise(namespace, config, theirs);
    }
    // One that is not known for a while keeps the state that people know.
    told = new Map([...told, ...facts.map(({ fingerprint, state }) => [fingerprint, state] as const)]);
  }
  return repeat(clock, everyMs, () =>
    look().catch((error: unknown) => logger.warn({ err: error }, 'the objectives could not be looked at')),
  );
}
