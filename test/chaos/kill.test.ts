import { join } from 'node:path';
import type { AuditLine, AuditRow } from '../../src/activities/audit';
import { TestSystem } from '../e2e/test-system';
import { until } from '../support/wait-for';
import { isInside, letGo, type Ship, sendFleet, statuses, whoServes, writePlatform } from './fleet';
import { WebhookReceiver } from './webhook-receiver';

/**
 * Each fault meets a run in the middle of a build, a test, a start of replicas, an analysis, an approval and the wait
 * before the old release goes: all at once, for a start of the system costs more than a run.
 */
describe('kill -9', () => {
  const system = new TestSystem();
  let webhook: WebhookReceiver;
  let platform: string;
  let fleet: readonly Ship[] = [];
  beforeAll(async () => {
    webhook = await WebhookReceiver.start();
    platform = writePlatform(join(system.home, 'platform.yaml'), webhook.url);
    await system.up();
  }, 120_000);
  // A run that is held on holds a place of the next fault's.
  afterEach(() => {
    for (const ship of fleet) letGo(ship);
  });
  afterAll(async () => {
    await system.dispose();
    await webhook.stop();
  }, 120_000);

  it('of the system (workers and observer): every run ends as it would have, each effect once', async () => {
    fleet = await sendFleet(system, 'system', platform);

    await expectInside();
    await system.killHard('system');
    await system.up();

    // The next try of a command ends what is left of the one before; only then it may finish.
    await until(
      async () => fleet.filter(({ kind }) => kind === 'build' || kind === 'test'),
      (commands) => commands.every(({ kind, app }) => app.count(`${commandOf(kind)} begin`) === 2),
      90_000,
    );
    await expectGoodEnd(fleet);
  }, 400_000);

  it('of the Temporal server: it is started again over its file, nothing is done twice', async () => {
    fleet = await sendFleet(system, 'temporal', platform);
    const before = system.processes().temporal.pid;

    await expectInside();
    await system.killHard('temporal');

    await until(
      async () => system.processes().temporal.pid,
      (pid) => pid !== before,
    );
    // Not the list, which the server gives alone: the workers have to be back too.
    await until(
      () => system.f0('status', fleet[0]!.run),
      ({ code }) => code === 0,
    );
    await expectGoodEnd(fleet);
    expectOneTry(fleet);
  }, 400_000);

  it("of the cluster's agent: the next one takes the replicas over", async () => {
    fleet = await sendFleet(system, 'agent', platform);
    const before = system.processes();

    await expectInside();
    await system.killHard('agent');

    const after = await until(
      async () => system.processes(),
      ({ agent }) => agent.pid !== before.agent.pid,
    );
    expect(after.replicas).toEqual(before.replicas);
    await expectGoodEnd(fleet);
    expectOneTry(fleet);
  }, 400_000);

  /** Every run is in the middle of its step, at this very moment. */
  async function expectInside(): Promise<void> {
    const outside = (await statuses(system, fleet)).filter(({ ship, status }) => !isInside(ship, status));
    expect(outside).toEqual([]);
  }

  /** Lets all go, approves what asks, and looks at everything that a run leaves behind. */
  async function expectGoodEnd(fleet: readonly Ship[]): Promise<void> {
    for (const ship of fleet) letGo(ship);
    const asking = fleet.filter(({ kind }) => kind === 'approval');
    for (const { run } of asking) {
      expect(await system.f0('approve', run, '--as', 'bob', '--reason', 'fine')).toMatchObject({ code: 0 });
    }
    for (const ship of fleet) {
      const status = await system.end(ship.run, 180_000);
      expect({ run: ship.run, phase: status.phase, reason: status.reason }).toMatchObject({ phase: 'succeeded' });
      expectEffectsOnce(ship);
      await expectServing(ship);
    }
    expectToldOnce(fleet);
    await expectWholeAudit(fleet);
  }

  function expectEffectsOnce({ kind, app, release, run }: Ship): void {
    const builds = kind === 'retire' ? 2 : 1;
    const effects = { builds: app.count('build end'), tests: app.count('unit_tests end') };
    expect({ run, ...effects }).toEqual({ run, builds, tests: builds });
    expect({ run, starts: app.count(`start ${release}`) }).toEqual({ run, starts: 1 });
  }

  async function expectServing({ namespace, release }: Ship): Promise<void> {
    const app = system.cluster().apps.find(({ key }) => key.namespace === namespace);
    expect(app).toMatchObject({ stable: release, weights: [{ release, weight: 100 }] });
    expect(app?.replicas.map((replica) => replica.release)).toEqual([release]);
    expect(await whoServes(app?.port ?? 0)).toEqual({ status: 200, release });
  }

  /** One event for what asks and one for what ends: a delivery that was repeated has the id of the first. */
  function expectToldOnce(fleet: readonly Ship[]): void {
    const told = webhook.distinct(new Set(fleet.map(({ run }) => run)));
    for (const { kind, run } of fleet) {
      const types = told.filter(({ subject }) => subject === run).map(({ type }) => type);
      const expected = ['io.framework0.release.finished'];
      if (kind === 'approval') expected.unshift('io.framework0.approval.requested');
      expect({ run, types: types.sort() }).toEqual({ run, types: expected });
    }
  }

  async function expectWholeAudit(fleet: readonly Ship[]): Promise<void> {
    expect(await system.json(['audit', 'verify'])).toMatchObject({ valid: true });
    const { stdout } = await system.f0('audit', 'export');
    const lines = stdout.trim().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as AuditLine).filter((line): line is AuditRow => 'entry' in line);
    const keys = rows.map(({ entry }) => entry.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { run } of fleet) {
      const actions = rows.filter(({ entry }) => entry.workflowId === run).map(({ entry }) => entry.action);
      expect({ run, started: actions.filter((one) => one === 'release.started').length }).toEqual({ run, started: 1 });
      expect({ run, ended: actions.filter((one) => one === 'release.finished').length }).toEqual({ run, ended: 1 });
    }
  }

  function expectOneTry(fleet: readonly Ship[]): void {
    const begins = fleet
      .filter(({ kind }) => kind !== 'retire')
      .map(({ app }) => [app.count('build begin'), app.count('unit_tests begin')]);
    expect(begins).toEqual(begins.map(() => [1, 1]));
  }
});

function commandOf(kind: Ship['kind']): string {
  return kind === 'test' ? 'unit_tests' : 'build';
}
