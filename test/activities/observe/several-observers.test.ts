import { MockActivityEnvironment } from '@temporalio/testing';
import { createObserver } from '../../../src/activities/observe';
import { type Database, openDatabase } from '../../../src/database';
import { describePostgres, type PostgresServer, startPostgres } from '../../database/postgres';
import { waitFor } from '../../support/wait-for';
import { analyzeInput, FakeCompletion, FakeMetrics, ManualClock, plan } from './support';

describePostgres('observers that share a PostgreSQL database', () => {
  let server: PostgresServer;
  let database: Database;
  beforeAll(async () => {
    server = await startPostgres();
    database = await openDatabase({ url: server.url('postgres') });
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });

  it('take up watches of one that was not seen for long, and of no other', async () => {
    const [a, b] = [observer('a'), observer('b')] as const;
    await Promise.all([a.observer.start(), b.observer.start()]);
    await a.analyze('watch');

    // The clock of neither moves by itself, so neither says that it lives: said for it, however long this takes.
    await seen('a', Date.now() + 3_600_000);
    await turn(b);
    expect(b.observer.stats()).toMatchObject({ watches: 0, takenUp: 0 });

    // As it looks to others when `a` hangs: its own clock does not move, so it is not seen again.
    await seen('a', Date.now() - 9_000);
    await turn(b);
    await waitFor('b to take it up', () => b.observer.stats().takenUp === 1);
    expect(b.observer.stats()).toMatchObject({ watches: 1 });

    await seen('b', Date.now() + 3_600_000);
    // It wakes up, finds that its watch is another one's and leaves the row alone.
    await a.clock.advance(12);
    await waitFor('a to let it go', async () => {
      await a.clock.advance(2);
      return a.observer.stats().watches === 0;
    });
    expect(await owners()).toEqual(['b']);

    await b.observer.stop();
    await turn(a);
    await waitFor('a to take it back at once', () => a.observer.stats().takenUp === 1);
    await a.observer.stop();
  });

  const owners = async () =>
    (await database.db.selectFrom('watches').select('owner').execute()).map(({ owner }) => owner);

  async function seen(id: string, at: number): Promise<void> {
    await database.db.updateTable('observers').set({ seen_at: at }).where('id', '=', id).execute();
  }

  /** Long enough for one look at what others have left. */
  async function turn({ id, clock }: { readonly id: string; readonly clock: ManualClock }): Promise<void> {
    const seenAt = async () =>
      (await database.db.selectFrom('observers').select('seen_at').where('id', '=', id).executeTakeFirst())?.seen_at ??
      0;
    const before = await seenAt();
    await clock.advance(2.5);
    await waitFor('its next sign of life', async () => (await seenAt()) > before);
    await clock.advance(0);
  }

  function observer(id: string) {
    const metrics = new FakeMetrics();
    metrics.values = { '1.1.0': { error_rate: 0, latency_p95: 0.1 } };
    const clock = new ManualClock();
    const made = createObserver({
      id,
      database,
      metrics,
      clock,
      completion: new FakeCompletion().client,
      signalAlert: async () => undefined,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    const analyze = (key: string) => {
      const base64TaskToken = Buffer.from(key).toString('base64');
      const input = analyzeInput(key, { plan: { ...plan, durationSeconds: 1_000 } });
      return new MockActivityEnvironment({ base64TaskToken, heartbeatTimeoutMs: 30_000 })
        .run(made.activities.analyze, input)
        .catch((error: unknown) => error);
    };
    return { id, observer: made, clock, analyze };
  }
});
