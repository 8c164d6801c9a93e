import type { AlertRecords } from '../activities/alerts';
import type { AlertsClient } from '../client';
import type { AlertDesk } from '../contracts/alerts';

export interface AlertDeskOptions {
  /** Their keepers: what people do goes to them, and they know what is true now. */
  readonly keepers: AlertsClient;
  /** The database: what was. Null: there is none here. */
  readonly records: Pick<AlertRecords, 'read'> | null;
}

/**
 * The alerts page and its commands. Reads the database, which has the history; while that is away, or has nothing yet, what
 * the keepers know. Throws the client's errors: `NotFound` for what is not there.
 */
export function createAlertDesk({ keepers, records }: AlertDeskOptions): AlertDesk {
  return {
    async read(filter = {}) {
      const recorded = await records?.read(filter).catch(() => null);
      return recorded && recorded.alerts.length + recorded.silences.length > 0 ? recorded : keepers.read(filter);
    },
    acknowledge: (fingerprint, by, reason) => keepers.acknowledge(fingerprint, { by, reason }),
    silence: (request, by) => keepers.silence({ ...request, by }),
    expireSilence: (id, by) => keepers.expireSilence(id, { by }),
  };
}
