import { sql } from 'kysely';
import type { AlertActivities } from '../../contracts/alerting';
import type { Alert, AlertBook, AlertDesk, Silence } from '../../contracts/alerts';
import { answering, type Database } from '../../database';

export type AlertFilter = NonNullable<Parameters<AlertDesk['read']>[0]>;

/** Alerts and silences in the database: what was, beside what the entities know of now. */
export interface AlertRecords {
  record: AlertActivities['recordAlerts'];
  /** Newest first. */
  read(filter?: AlertFilter): Promise<AlertBook>;
}

const defaultLimit = 200;

export function createAlertRecords({ db }: Database): AlertRecords {
  return {
    record: ({ namespace, alerts, silences }) =>
      answering(() =>
        db.transaction().execute(async (transaction) => {
          const ended = await endOpen(transaction, namespace, alerts.filter(isEndAlone));
          const rows = alerts.filter((alert) => !ended.has(alert.fingerprint)).map((alert) => rowOf(namespace, alert));
          if (rows.length > 0) {
            await transaction
              .insertInto('alerts')
              .values(rows)
              .onConflict((conflict) =>
                conflict.columns(['namespace', 'fingerprint', 'started_at']).doUpdateSet((eb) => ({
                  state: eb.ref('excluded.state'),
                  alert: eb.ref('excluded.alert'),
                })),
              )
              .execute();
          }
          await transaction.deleteFrom('alert_silences').where('namespace', '=', namespace).execute();
          if (silences.length === 0) return;
          const kept = silences.map((silence) => ({ id: silence.id, namespace, silence: JSON.stringify(silence) }));
          await transaction.insertInto('alert_silences').values(kept).execute();
        }),
      ),
    read: ({ namespace, state, limit = defaultLimit } = {}) =>
      answering(async () => {
        let alerts = db.selectFrom('alerts').select('alert');
        let silences = db.selectFrom('alert_silences').select('silence');
        if (namespace !== undefined) alerts = alerts.where('namespace', '=', namespace);
        if (namespace !== undefined) silences = silences.where('namespace', '=', namespace);
        if (state !== undefined) alerts = alerts.where('state', '=', state);
        const rows = await alerts.orderBy('started_at', 'desc').orderBy(sql`fingerprint`).limit(limit).execute();
        return {
          alerts: rows.map(({ alert }): Alert => JSON.parse(alert)),
          silences: (await silences.execute()).map(({ silence }): Silence => JSON.parse(silence)),
        };
      }),
  };
}

/** Of an alert that was counted, not kept: the entity knows only that it is over. */
function isEndAlone({ startedAt, endedAt, deliveries }: Alert): boolean {
  return startedAt === endedAt && deliveries.length === 0;
}

/** Writes into the rows that are open that they are over; answers whose they were. */
async function endOpen(db: Database['db'], namespace: string, ends: readonly Alert[]): Promise<ReadonlySet<string>> {
  if (ends.length === 0) return new Set();
  const endOf = new Map(ends.map(({ fingerprint, endedAt }) => [fingerprint, endedAt]));
  const open = await db
    .selectFrom('alerts')
    .selectAll()
    .where('namespace', '=', namespace)
    .where('fingerprint', 'in', [...endOf.keys()])
    .where('state', '!=', 'resolved')
    .execute();
  for (const { fingerprint, started_at, alert } of open) {
    const over: Alert = { ...JSON.parse(alert), state: 'resolved', endedAt: endOf.get(fingerprint) ?? null };
    await db
      .updateTable('alerts')
      .set({ state: over.state, alert: JSON.stringify(over) })
      .where('namespace', '=', namespace)
      .where('fingerprint', '=', fingerprint)
      .where('started_at', '=', started_at)
      .execute();
  }
  return new Set(open.map(({ fingerprint }) => fingerprint));
}

function rowOf(namespace: string, alert: Alert) {
  return {
    namespace,
    fingerprint: alert.fingerprint,
    started_at: Date.parse(alert.startedAt),
    state: alert.state,
    alert: JSON.stringify(alert),
  };
}
