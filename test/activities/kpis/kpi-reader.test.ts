import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../../src/activities/audit';
import { createKpiReader, createPlatformStore } from '../../../src/activities/kpis';
import type { HistoryRequest, MetricSources, ReadRequest } from '../../../src/activities/metrics';
import { burnRateAlerts } from '../../../src/analytics/kpis';
import { errorCodeOf } from '../../../src/contracts/errors';
import type { Identity } from '../../../src/contracts/identity';
import { type Database, openDatabase } from '../../../src/database';
import { dayMs, entriesOf, epoch, hourMs } from '../../analytics/kpis/support';
import { clear, projectorOf, record } from './support';

const bob: Identity = { name: 'bob', source: 'cli' };
const platform = (namespace: string, spec: string) => ({
  file: `${namespace}.yaml`,
  text: `apiVersion: framework0.io/v1
kind: ProductionPlatform
metadata: { name: main, namespace: ${namespace} }
spec:
  clusters: { '*': { type: local } }
  metric_sources:
    prom: { type: prometheus, url: 'http://127.0.0.1:9', queries: { error_rate: 'errors[{{window}}]' } }
${spec}`,
});

const watched = `  slos:
    - { name: checkout, environment: production, objective: 99.9%, metric_source: prom, good: 'good[{{window}}]', total: 'all[{{window}}]' }
    - { name: search, environment: production, objective: 99%, window: 7d, metric_source: prom, indicator: error_rate }
  kpis:
    - { name: orders, title: Orders, source: prom, query: 'orders[{{window}}]', target: 100, direction: up, unit: per_hour }
`;

/** A metric source that answers as the test says; written down is what it was asked. */
class FakeSource implements MetricSources {
  readonly reads: ReadRequest[] = [];
  readonly histories: HistoryRequest[] = [];
  answer: (metric: string, windowSeconds: number) => number | null = () => null;
  reason = 'Prometheus at 127.0.0.1:9 does not answer';
  past: (atMs: number) => number | null = () => null;

  async read(request: ReadRequest) {
    this.reads.push(request);
    return request.needed.map(({ metric, windowSeconds }) => {
      const value = this.answer(metric, windowSeconds);
      return { metric, windowSeconds, value, samples: 0, ...(value === null ? { reason: this.reason } : {}) };
    });
  }
  async history(request: HistoryRequest) {
    this.histories.push(request);
    const [needed] = request.needed;
    const count = Math.floor((request.toMs - request.fromMs) / (request.stepSeconds * 1_000)) + 1;
    return Array.from({ length: count }, (_, index) => request.fromMs + index * request.stepSeconds * 1_000).flatMap(
      (atMs) => {
        const value = this.past(atMs);
        return value === null || !needed ? [] : [{ ...needed, value, samples: 0, at: new Date(atMs).toISOString() }];
      },
    );
  }
  warm(): void {}
  keep(): void {}
  stop(): void {}
}

describe('the reader of figures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-kpis-'));
  let database: Database;
  let source: FakeSource;
  let nowMs: number;
  beforeAll(async () => {
    database = await openDatabase({ folder });
  });
  beforeEach(async () => {
    await clear(database);
    source = new FakeSource();
    nowMs = epoch + 9 * dayMs + 12 * hourMs;
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const desk = () => createPlatformStore({ database, audit: createAuditLog(database), now: () => nowMs });
  const reader = (metrics: MetricSources | null = source) =>
    createKpiReader({ database, platforms: desk(), projector: projectorOf(database), metrics, now: () => nowMs });

  it('reports of nothing that nothing is known', async () => {
    const { delivery, slos, business, ...about } = await reader().report({ days: 10 });

    expect(about).toEqual({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-10T12:00:00.000Z',
      namespace: null,
    });
    expect(delivery.map(({ value }) => value)).toEqual(Array.from({ length: 8 }, () => null));
    expect([slos, business]).toEqual([[], []]);
  });

  it('looks at one namespace or workflow, each with its own platform or else the common one', async () => {
    await record(database, [
      ...entriesOf({ release: '1.0.0', startedAt: 0, endedAt: hourMs }),
      ...entriesOf({ namespace: 'other', release: '1.0.0', environment: 'eu', startedAt: 0, endedAt: 3 * hourMs }),
      ...entriesOf({ workflow: 'blog', release: '2.0.0', startedAt: dayMs, endedAt: dayMs + 5 * hourMs }),
    ]);
    await desk().apply(platform('other', '  delivery: { production: [eu], targets: { lead_time: 2h } }\n'), bob);
    await desk().apply(platform('default', '  delivery: { targets: { lead_time: 4h } }\n'), bob);
    const lead = async (query: object) => {
      const { delivery } = await reader().report({ days: 10, ...query });
      const { value, target } = delivery.find(({ name }) => name === 'lead_time')!;
      return [value, target];
    };

    expect(await lead({})).toEqual([3 * 3600, null]);
    expect(await lead({ namespace: 'team' })).toEqual([3 * 3600, 4 * 3600]);
    expect(await lead({ namespace: 'team', workflow: 'blog' })).toEqual([5 * 3600, 4 * 3600]);
    expect(await lead({ namespace: 'other' })).toEqual([3 * 3600, 2 * 3600]);
  });

  it('knows where objectives stand, by queries and by an indicator', async () => {
    await desk().apply(platform('default', watched), bob);
    source.answer = (metric, window) => {
      if (metric === 'slo_total') return 1_000;
      if (metric === 'slo_good') return window === 30 * 86_400 ? 999.5 : window <= 3_600 ? 980 : 999;
      return 0.005;
    };

    const { slos } = await reader().report({ days: 7 });
    const [checkout, search] = slos;

    expect(checkout).toMatchObject({
      namespace: 'default',
      name: 'checkout',
      objective: 0.999,
      windowDays: 30,
      availability: 0.9995,
      measuredAt: new Date(nowMs).toISOString(),
    });
    expect(checkout?.budgetLeft).toBeCloseTo(0.5);
    expect(
      checkout?.burnRates.map(({ window, rate, alertAbove }) => [window, Math.round(rate ?? -1), alertAbove]),
    ).toEqual([
      ['1h', 20, 14.4],
      ['5m', 20, 14.4],
      ['6h', 1, 6],
      ['30m', 20, 6],
      ['3d', 1, 1],
      ['6h', 1, 1],
    ]);
    expect(search).toMatchObject({ availability: 0.995, windowDays: 7 });
    expect(search?.budgetLeft).toBeCloseTo(0.5);
    expect(source.reads[0]?.target).toMatchObject({
      source: { name: 'prom', queries: { slo_good: 'good[{{window}}]', slo_total: 'all[{{window}}]' } },
      environment: 'production',
    });
    const firing = burnRateAlerts(await reader().slos()).filter(({ state }) => state === 'firing');
    expect(firing.map(({ labels }) => labels)).toEqual([
      { namespace: 'default', environment: 'production', slo: 'checkout', window: '1h' },
    ]);
  });

  it('gives null and the reason for a source that is down, and alerts nobody by it', async () => {
    await desk().apply(platform('default', watched), bob);

    const { slos, business } = await reader().report({ days: 7 });

    expect(slos.map(({ availability, budgetLeft, reason }) => [availability, budgetLeft, reason])).toEqual([
      [null, null, source.reason],
      [null, null, source.reason],
    ]);
    expect(business[0]).toMatchObject({ value: null, before: null, reason: source.reason });
    expect(burnRateAlerts(slos)).toEqual([]);
  });

  it('gives the same where no process asks metric sources', async () => {
    await desk().apply(platform('default', watched), bob);

    const { slos, business } = await reader(null).report({ days: 7 });

    expect([...slos, ...business].map(({ reason }) => reason)).toEqual(
      Array.from({ length: 3 }, () => 'no process that asks metric sources is at work'),
    );
  });

  it('shows figures of the business with their past', async () => {
    await desk().apply(platform('default', watched), bob);
    source.answer = (metric) => (metric === 'orders' ? 120 : null);
    source.past = (atMs) => 100 + Math.round((atMs - nowMs) / dayMs);

    const { business } = await reader().report({ days: 3 });

    expect(business).toEqual([
      {
        name: 'orders',
        title: 'Orders',
        value: 120,
        unit: 'per_hour',
        before: 97,
        target: 100,
        direction: 'up',
        band: null,
        definition: 'A query of the metric source prom, over 1d.',
        source: null,
        measuredAt: new Date(nowMs).toISOString(),
        series: [
          { at: '2026-03-08T00:00:00.000Z', value: 98 },
          { at: '2026-03-09T00:00:00.000Z', value: 99 },
          { at: '2026-03-10T00:00:00.000Z', value: 120 },
        ],
      },
    ]);
  });

  it('asks a source once a minute, however many look, and says how old the answer is', async () => {
    await desk().apply(platform('default', watched), bob);
    source.answer = () => 10;
    const one = reader();

    await Promise.all([one.report({ days: 7 }), one.report({ days: 7 })]);
    const first = nowMs;
    nowMs += 59_000;
    const { business } = await one.report({ days: 7 });
    const asked = source.reads.length;
    nowMs += 2_000;
    await one.report({ days: 7 });
    nowMs -= 3_600_000;
    await one.report({ days: 7 });

    expect(asked).toBe(3);
    expect(business[0]?.measuredAt).toBe(new Date(first).toISOString());
    // A minute later, and after the clock was set back.
    expect(source.reads).toHaveLength(9);
  });

  it('counts nothing of the future: a clock was moved', async () => {
    await record(database, entriesOf({ release: '1.0.0', startedAt: 50 * dayMs, endedAt: 50 * dayMs + hourMs }));

    const now = await reader().report({ days: 10 });
    nowMs = epoch + 51 * dayMs;
    const then = await reader().report({ days: 10 });

    expect([now, then].map(({ delivery }) => delivery[0]?.value)).toEqual([null, 0.1]);
  });

  it('says that the database does not answer', async () => {
    const other = await openDatabase({ folder: join(folder, 'other') });
    const away = createKpiReader({
      database: other,
      platforms: createPlatformStore({ database: other, audit: createAuditLog(other) }),
      projector: projectorOf(other),
      metrics: null,
    });
    await other.close();

    expect(errorCodeOf(await away.report({ days: 7 }).catch((error: unknown) => error))).toBe('Unavailable');
  });
});

describe('the platforms of a system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-kpis-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are one a namespace, audited, and there after a restart', async () => {
    const before = await openDatabase({ folder });
    const desk = createPlatformStore({ database: before, audit: createAuditLog(before), now: () => epoch });
    await desk.apply(platform('default', ''), { name: 'ann', source: 'cli' });
    await desk.apply(platform('default', watched), bob);
    await before.close();

    const after = await openDatabase({ folder });
    const audit = createAuditLog(after);
    const restarted = createPlatformStore({ database: after, audit });
    const [list, plans, trail] = [await restarted.list(), await restarted.plans(), await audit.list()];
    await after.close();

    expect(list).toEqual([
      { namespace: 'default', name: 'main', appliedAt: '2026-03-01T00:00:00.000Z', appliedBy: 'bob' },
    ]);
    expect(plans).toMatchObject([{ slos: [{ name: 'checkout' }, { name: 'search' }], kpis: [{ name: 'orders' }] }]);
    expect(trail.map(({ entry }) => [entry.action, entry.actor.name])).toEqual([
      ['platform.applied', 'bob'],
      ['platform.applied', 'ann'],
    ]);
  });

  it('refuse a text with faults, and one that is no platform', async () => {
    const database = await openDatabase({ folder });
    const desk = createPlatformStore({ database, audit: createAuditLog(database) });
    const apply = (text: string) =>
      desk.apply({ file: 'p.yaml', text }, bob).catch((error: Error) => [errorCodeOf(error), error.message]);
    const faulty = await apply(platform('team', watched.replace('prom, good', 'prim, good')).text);
    const none = await apply('');
    await database.close();

    expect(faulty).toEqual(['InvalidInput', expect.stringMatching(/^p\.yaml:9:\d+ spec\.slos\[0\]\.metric_source: /)]);
    expect(none).toEqual(['InvalidInput', expect.stringContaining('p.yaml')]);
  });
});
