import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../src/activities/audit';
import { createKpiProjector, createKpiReader, createPlatformStore } from '../../src/activities/kpis';
import type { AuditEntry } from '../../src/contracts/audit';
import { guardianWorkflowId } from '../../src/contracts/ids';
import type { Kpi } from '../../src/contracts/kpis';
import { openDatabase } from '../../src/database';
import { useHarness } from './harness';
import { analysisPlan, gatePlan, rolling, simplePlan } from './plans';
import { endOf, failed, Hold, passed } from './world';

const platform = `apiVersion: framework0.io/v1
kind: ProductionPlatform
metadata: { name: main }
spec:
  clusters: { '*': { type: local } }
  delivery: { cost_of_delay: { currency: EUR, per_day: 2400 }, targets: { lead_time: 1h } }
`;

describe('the figures of real runs', () => {
  const harness = useHarness();
  const folder = mkdtempSync(join(tmpdir(), 'f0-kpis-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const timeOf = (entry: AuditEntry | undefined) => Date.parse(entry?.at ?? '');
  const find = (action: string, release: string, from = '') =>
    harness().world.audit.find(
      (entry) => entry.action === action && entry.release === release && entry.workflowId.startsWith(from),
    );
  const now = () => harness().environment.currentTimeMs();

  /** What the system reports of everything the workflows have recorded. */
  async function report(nowMs: number): Promise<Readonly<Record<string, Kpi>>> {
    const database = await openDatabase({ folder: join(folder, harness().namespace) });
    try {
      const audit = createAuditLog(database);
      const platforms = createPlatformStore({ database, audit, now: () => nowMs });
      await platforms.apply({ file: 'platform.yaml', text: platform }, { name: 'bob', source: 'cli' });
      await audit.append(harness().world.audit);
      const projector = createKpiProjector({ database, logger: { warn: () => undefined } });
      const reader = createKpiReader({ database, platforms, projector, metrics: null, now: () => nowMs });
      const { delivery } = await reader.report({ days: 30, namespace: harness().namespace });
      return Object.fromEntries(delivery.map((kpi) => [kpi.name, kpi]));
    } finally {
      await database.close();
    }
  }

  it('are those that a person calculates from what was recorded', async () => {
    const first = await harness().start(simplePlan('1.0.0', { gates: [gatePlan()] }));
    await harness().untilPhase(first, 'awaiting_approval');
    await harness().pass(3_600);
    await harness().approve(first);
    await harness().result(first);
    await harness().pass(86_400);
    const breachedAt = new Date(await now()).toISOString();
    harness().world.analyze = async () => ({ ...failed(), breachedAt });
    await harness().run(simplePlan('1.1.0'));
    await harness().pass(600);
    harness().world.analyze = async () => passed();
    await harness().run(simplePlan('1.2.0'));

    const kpis = await report(await now());

    const lead = (release: string) =>
      (timeOf(find('deployment.succeeded', release)) - timeOf(find('release.started', release))) / 1_000;
    const wait = (timeOf(find('approval.approved', '1.0.0')) - timeOf(find('approval.requested', '1.0.0'))) / 1_000;
    const back = find('deployment.rolled_back', '1.1.0')?.details?.trafficBackAt as string;
    const rollback = (Date.parse(back) - Date.parse(breachedAt)) / 1_000;
    expect(wait).toBeGreaterThanOrEqual(3_600);
    expect(rollback).toBeGreaterThanOrEqual(0);
    expect(kpis).toMatchObject({
      deployment_frequency: { value: 2 / 30, band: 'medium' },
      lead_time: { value: expect.closeTo((lead('1.0.0') + lead('1.2.0')) / 2, 6), target: 3_600 },
      change_failure_rate: { value: 1 / 3 },
      recovery_time: { value: rollback },
      rework_rate: { value: 1 / 2 },
      approval_wait: { value: wait },
      rollback_time: { value: rollback },
      cost_of_delay: { unit: 'EUR' },
    });
    expect(kpis.cost_of_delay?.value).toBeCloseTo((wait / 86_400) * 2_400, 6);
    expect(kpis.lead_time?.definition).toContain('(2 of 2)');
  });

  it('begin with the commit where the builder knows it, and know of no approvals where none was asked', async () => {
    const committedAt = new Date((await now()) - 7_200_000).toISOString();
    harness().world.committedAt = committedAt;

    await harness().run(simplePlan('1.0.0'));
    const kpis = await report(await now());

    const live = timeOf(find('deployment.succeeded', '1.0.0'));
    expect(kpis.lead_time?.value).toBe((live - Date.parse(committedAt)) / 1_000);
    expect(kpis.lead_time?.definition).toContain('(0 of 1)');
    expect(kpis).toMatchObject({
      approval_wait: { value: null },
      rollback_time: { value: null },
      recovery_time: { value: null },
      cost_of_delay: { value: null },
      change_failure_rate: { value: 0 },
    });
  });

  it('count a late regression from the sample that the guardian saw', async () => {
    await harness().run(simplePlan('1.0.0'));
    const hold = new Hold<ReturnType<typeof passed>>();
    harness().world.analyze = hold.wait;
    const guardian = analysisPlan({ name: 'guardian' });
    await harness().run(simplePlan('1.1.0', {}, { steps: rolling, guardian }));
    await hold.reached;
    const breachedAt = new Date(await now()).toISOString();
    hold.open({ ...failed('error_rate was 9%'), breachedAt });
    const name = { namespace: harness().namespace, app: 'shop', environment: 'production', release: '1.1.0' };
    await endOf(harness().environment, guardianWorkflowId(name));
    await harness().until(() => {
      if (!find('deployment.rolled_back', '1.1.0', 'rollback/')) throw new Error('not recorded yet');
    });

    const kpis = await report(await now());

    const { trafficBackAt, ...details } = find('deployment.rolled_back', '1.1.0', 'rollback/')?.details ?? {};
    expect(details).toMatchObject({ app: 'shop', mode: 'rollback', breachedAt });
    expect(kpis).toMatchObject({
      change_failure_rate: { value: 1 / 2 },
      rollback_time: { value: (Date.parse(String(trafficBackAt)) - Date.parse(breachedAt)) / 1_000 },
    });
  });
});
