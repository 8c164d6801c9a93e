import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whoServes } from '../chaos/fleet';
import { until } from '../support/wait-for';
import { root, TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

const soak = {
  validation: { duration: '20s', success_criteria: 'error_rate < 1% over 5s' },
  monitoring: { interval: '1s' },
};

/** The outage that a run has to live through. */
const outageMs = 60_000;

describe('while a release soaks', () => {
  const system = new TestSystem();
  beforeAll(() => system.up(), 120_000);
  afterAll(() => system.dispose(), 120_000);

  it('Temporal may hang for a minute: commands say so, and the run goes on as if nothing had been', async () => {
    const { run, app } = await sendSoaking(system, 'outage');
    const { pid } = system.processes().temporal;

    process.kill(pid, 'SIGSTOP');
    const stoppedAt = performance.now();
    const asked = await system.f0('status', run);
    await until(
      async () => performance.now() - stoppedAt,
      (elapsedMs) => elapsedMs >= outageMs,
      2 * outageMs,
    );
    process.kill(pid, 'SIGCONT');
    // The workers, which answer for the run, come back to it after a pause of their own.
    await until(
      () => system.f0('status', run),
      ({ code }) => code === 0,
    );

    expect(asked).toMatchObject({ code: 3, stderr: expect.stringMatching(/did not answer|answers/) });
    await expectGoodEnd(system, run, app);
  }, 300_000);

  it('its replica may die after it went live: another one serves, and the run stays what it was', async () => {
    const { run, app } = await sendSoaking(system, 'death');
    expect(await system.end(run)).toMatchObject({ phase: 'succeeded' });
    const replica = () => system.cluster().apps.find(({ key }) => key.namespace === 'death')?.replicas[0];
    const first = replica();

    process.kill(first?.pid ?? 0, 'SIGKILL');

    await until(
      async () => replica()?.pid,
      (pid) => pid !== undefined && pid > 0 && pid !== first?.pid,
    );
    const { port = 0 } = system.cluster().apps.find(({ key }) => key.namespace === 'death') ?? {};
    await until(
      () => whoServes(port),
      ({ status, release }) => status === 200 && release === '1.0.0',
    );
    expect(await system.status(run)).toMatchObject({ phase: 'succeeded' });
    expect(app.count('start 1.0.0')).toBe(2);
  }, 120_000);
});

const faketime = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
  .map((folder) => join(folder, 'faketime', 'libfaketime.so.1'))
  .find((library) => installFaketime() && existsSync(library));
if (!faketime) console.warn('skipped: there is no libfaketime, with which a clock can be moved');

(faketime ? describe : describe.skip)('while a release soaks on a machine whose clock is moved', () => {
  const offset = join(mkdtempSync(join(tmpdir(), 'f0-clock-')), 'offset');
  const moveClock = (seconds: number) => writeFileSync(offset, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
  const system = new TestSystem({
    LD_PRELOAD: faketime,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    // Nobody can set that one.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });
  beforeAll(async () => {
    moveClock(0);
    await system.up();
  }, 120_000);
  afterAll(() => system.dispose(), 120_000);

  it.each([
    ['on', 7_200],
    ['back', -7_200],
  ])(
    'two hours %s: the soak is as long as it was to be, and passes',
    async (direction, seconds) => {
      const { run, app } = await sendSoaking(system, `clock-${direction}`);

      moveClock(seconds);

      const deployment = await expectGoodEnd(system, run, app);
      // By the clock of Temporal's server, which is not moved.
      const [began, ended] = [Date.parse(deployment?.startedAt ?? ''), Date.parse(deployment?.endedAt ?? '')];
      expect(ended - began).toBeGreaterThanOrEqual(20_000);
      moveClock(0);
    },
    180_000,
  );
});

/** Sends the first release of an app, and resolves when it soaks. */
async function sendSoaking(system: TestSystem, namespace: string) {
  const folder = join(system.home, 'apps', namespace);
  mkdirSync(folder, { recursive: true });
  const app = new TinyApp(folder);
  const run = await system.run(
    tinyPipeline(join(folder, 'pipeline.yaml'), namespace, { deploy: soak }),
    '1.0.0',
    '--app',
    app.source,
  );
  await until(
    () => system.status(run),
    ({ deployments }) =>
      deployments.some(({ steps }) =>
        steps.some(({ title, phase }) => title.startsWith('validation') && phase === 'running'),
      ),
  );
  return { run, app };
}

async function expectGoodEnd(system: TestSystem, run: string, app: TinyApp) {
  const { phase, reason, stages } = await system.end(run, 120_000);
  expect({ phase, reason }).toMatchObject({ phase: 'succeeded' });
  expect([app.count('build end'), app.count('unit_tests end'), app.count('start 1.0.0')]).toEqual([1, 1, 1]);
  return stages.find(({ name }) => name === 'deploy');
}

function installFaketime(): boolean {
  try {
    execFileSync('sh', [join(root, 'scripts', 'install-debian.sh'), 'faketime'], { stdio: 'inherit' });
    return true;
  } catch {
    // It has said why.
    return false;
  }
}
