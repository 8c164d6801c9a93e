import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAlertRecords } from '../../../src/activities/alerts';
import type { Alert, Silence } from '../../../src/contracts/alerts';
import { type Database, openDatabase } from '../../../src/database';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'f0-alerts-'));
  database = await openDatabase({ folder });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function alert(fingerprint: string, minute: number, change: Partial<Alert> = {}): Alert {
  return {
    ...{ fingerprint, name: 'slow', severity: 'warning', state: 'firing', labels: { app: fingerprint } },
    ...{ summary: 's', description: '', workflowId: null, startedAt: at(minute), endedAt: null },
    ...{ acknowledged: null, mutedBy: null, deliveries: [], ...change },
  };
}
const at = (minute: number) => `2026-03-01T10:0${minute}:00.000Z`;
const silence: Silence = { id: 's1', matchers: { app: 'a' }, reason: 'r', by: 'bob', from: at(0), until: at(9) };

describe('the records of alerts', () => {
  it('keep each alert once, as it was told last, newest first', async () => {
    const records = createAlertRecords(database);
    await records.record({ namespace: 'one', alerts: [alert('a', 1), alert('b', 2)], silences: [silence] });
    await records.record({
      namespace: 'one',
      alerts: [alert('a', 1, { state: 'resolved', endedAt: at(3) })],
      silences: [],
    });
    await records.record({ namespace: 'one', alerts: [alert('a', 4)], silences: [silence] });
    await records.record({ namespace: 'two', alerts: [alert('c', 5)], silences: [] });

    const { alerts, silences } = await records.read({ namespace: 'one' });
    expect(alerts.map(({ fingerprint, state, startedAt }) => [fingerprint, state, startedAt])).toEqual([
      ['a', 'firing', at(4)],
      ['b', 'firing', at(2)],
      ['a', 'resolved', at(1)],
    ]);
    expect(silences).toEqual([silence]);
    expect((await records.read({ state: 'resolved' })).alerts).toHaveLength(1);
    expect((await records.read({ limit: 2 })).alerts.map(({ fingerprint }) => fingerprint)).toEqual(['c', 'a']);
  });

  it('end what a storm only counted', async () => {
    const records = createAlertRecords(database);
    await records.record({ namespace: 'storm', alerts: [alert('x', 1)], silences: [] });
    const over = alert('x', 5, { state: 'resolved', endedAt: at(5) });
    await records.record({ namespace: 'storm', alerts: [over], silences: [] });

    expect((await records.read({ namespace: 'storm' })).alerts).toMatchObject([
      { state: 'resolved', startedAt: at(1), endedAt: at(5) },
    ]);
  });
});
