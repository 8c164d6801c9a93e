import { type LoadRun, startLoad } from '../../../src/embedded/load';
import { until } from '../../support/wait-for';
import { patient, prepareInput, ref, TestCluster } from './test-cluster';

/** Enough users to have requests running at every instant. */
function loadOn(url: string): LoadRun {
  return startLoad({
    url,
    users: 12,
    thinkTimeMs: 5,
    mix: (index) => ({ method: 'GET', path: index % 4 === 0 ? '/slow?ms=60' : '/' }),
  });
}

describe('traffic of the local cluster', () => {
  let cluster: TestCluster;
  const runs: LoadRun[] = [];

  beforeEach(async () => {
    cluster = await TestCluster.start();
  });

  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.stop()));
    await cluster.end();
  });

  async function answersBy(run: LoadRun, release: string, count = 1): Promise<void> {
    const before = run.report().releases.find((one) => one.release === release)?.ok ?? 0;
    await until(
      () => run.report(),
      ({ releases }) => (releases.find((one) => one.release === release)?.ok ?? 0) >= before + count,
    );
  }

  function watch(url: string): LoadRun {
    const run = loadOn(url);
    runs.push(run);
    return run;
  }

  it('gives a first release nothing before it is promoted', async () => {
    const prepared = await cluster.target.prepare(prepareInput('1.0.0'), patient);
    const refused = await fetch(String(prepared.url));

    expect(prepared).toMatchObject({
      stableRelease: null,
      weights: [],
      replicas: [{ release: '1.0.0', ready: 2, desired: 2 }],
    });
    expect([refused.status, refused.headers.get('x-f0-proxy-error')]).toEqual([503, 'no_replica']);

    const promoted = await cluster.target.promote(ref('1.0.0'), patient);
    const served = await fetch(String(promoted.url));

    expect(promoted).toMatchObject({ stableRelease: '1.0.0', weights: [{ release: '1.0.0', weight: 100 }] });
    expect([served.status, served.headers.get('x-f0-release')]).toEqual([200, '1.0.0']);
  });

  it('drops no request while it goes blue to green, back, forward again, and retires', async () => {
    const url = await cluster.serve('1.0.0');
    const run = watch(url);
    await answersBy(run, '1.0.0');

    await cluster.target.prepare(prepareInput('1.1.0'), patient);
    await answersBy(run, '1.0.0', 20);
    expect(run.report().releases.map(({ release }) => release)).toEqual(['1.0.0']);
    const shifted = await cluster.target.shift({ ...ref('1.1.0'), weight: 100, otherRelease: '1.0.0' }, patient);
    await answersBy(run, '1.1.0', 50);
    await cluster.target.shift({ ...ref('1.0.0'), weight: 100, otherRelease: '1.1.0' }, patient);
    await answersBy(run, '1.0.0', 50);
    await cluster.target.promote(ref('1.1.0'), patient);
    await answersBy(run, '1.1.0', 50);
    const retired = await cluster.target.retire(ref('1.0.0'), patient);
    await answersBy(run, '1.1.0', 50);
    const report = await run.stop();

    expect(shifted.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    expect(retired).toMatchObject({ stableRelease: '1.1.0', replicas: [{ release: '1.1.0', ready: 2, desired: 2 }] });
    expect(report).toMatchObject({ failed: 0, dropped: 0, droppedBecause: [] });
  });

  it('splits the traffic by weight, evenly spread', async () => {
    const url = await cluster.serve('1.0.0');
    await cluster.target.prepare(prepareInput('1.1.0'), patient);
    await cluster.target.shift({ ...ref('1.1.0'), weight: 25, otherRelease: '1.0.0' }, patient);

    const answers: (string | null)[] = [];
    for (let index = 0; index < 40; index += 1) answers.push((await fetch(url)).headers.get('x-f0-release'));

    expect(answers.filter((release) => release === '1.1.0')).toHaveLength(10);
    for (let index = 0; index < 40; index += 4) expect(answers.slice(index, index + 4)).toContain('1.1.0');
  });

  it('rolls replica by replica without dropping a request, and the weights follow', async () => {
    const url = await cluster.serve('1.0.0', 3);
    const run = watch(url);
    await answersBy(run, '1.0.0');
    const seen = new Set<number>();
    const context = {
      ...patient,
      progress: () => {
        const answered = run.report().releases.map(({ ok }) => ok);
        seen.add(answered.length);
      },
    };

    const rolled = await cluster.target.prepare(prepareInput('1.1.0', { replicas: 3, rolling: true }), context);
    await answersBy(run, '1.1.0', 30);
    const promoted = await cluster.target.promote(ref('1.1.0'), patient);
    await cluster.target.retire(ref('1.0.0'), patient);
    const report = await run.stop();

    expect(rolled.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    expect(rolled.stableRelease).toBe('1.0.0');
    expect(promoted.stableRelease).toBe('1.1.0');
    expect(seen).toContain(2);
    expect(report).toMatchObject({ failed: 0, dropped: 0, droppedBecause: [] });
  });

  it('goes back in the middle of a rolling update that cannot go on', async () => {
    const url = await cluster.serve('1.0.0', 2);
    const run = watch(url);
    await answersBy(run, '1.0.0');
    const faulty = prepareInput('1.1.0', { rolling: true, env: { CRASH: 'at-start' } });

    await expect(cluster.target.prepare(faulty, patient)).rejects.toMatchObject({ type: 'CommandFailed' });
    const back = await cluster.target.shift({ ...ref('1.0.0'), weight: 100, otherRelease: '1.1.0' }, patient);
    const retired = await cluster.target.retire(ref('1.1.0'), patient);
    const report = await run.stop();

    expect(back.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(retired.replicas).toEqual([{ release: '1.0.0', ready: 2, desired: 2 }]);
    expect(report).toMatchObject({ failed: 0, dropped: 0 });
  });

  it('starts a retired release again before a rollback gives it traffic', async () => {
    const url = await cluster.serve('1.0.0');
    await cluster.target.prepare(prepareInput('1.1.0'), patient);
    await cluster.target.promote(ref('1.1.0'), patient);
    await cluster.target.retire(ref('1.0.0'), patient);
    const run = watch(url);
    await answersBy(run, '1.1.0');

    const back = await cluster.target.shift({ ...ref('1.1.0'), weight: 0, otherRelease: '1.0.0' }, patient);
    await answersBy(run, '1.0.0', 20);
    const report = await run.stop();

    expect(back.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(back.replicas).toContainEqual({ release: '1.0.0', ready: 2, desired: 2 });
    expect(report).toMatchObject({ failed: 0, dropped: 0 });
  });

  it('lets a retired replica finish the requests it has', async () => {
    const url = await cluster.serve('1.0.0', 1);
    await cluster.target.prepare(prepareInput('1.1.0', { replicas: 1 }), patient);
    const slow = fetch(`${url}/slow?ms=1500`);
    await until(
      () => cluster.target.describe({ ...ref('1.0.0'), app: 'web' }),
      ({ weights }) => weights.length > 0,
    );
    const answer = slow.then(async (response) => [response.status, await response.text()]);
    // The request runs in the replica before it is taken out: an answer of its proxy's next request proves the order.
    await fetch(url);

    await cluster.target.promote(ref('1.1.0'), patient);
    await cluster.target.retire(ref('1.0.0'), patient);

    expect(await answer).toEqual([200, '1.0.0']);
  });

  it('drops no readable request when one of several replicas is killed, and starts it again', async () => {
    const url = await cluster.serve('1.0.0', 3);
    const run = watch(url);
    await answersBy(run, '1.0.0', 20);
    const [victim] = (await cluster.status()).releases[0]?.replicas ?? [];

    process.kill(Number(victim?.pid), 'SIGKILL');
    await answersBy(run, '1.0.0', 100);
    const healed = await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 3 && releases[0].replicas.some(({ restarts }) => restarts === 1),
    );
    const report = await run.stop();

    expect(healed.releases[0]?.replicas.map(({ pid }) => pid)).not.toContain(victim?.pid);
    expect(report).toMatchObject({ failed: 0, dropped: 0, droppedBecause: [] });
  });

  it('takes a replica that turns unhealthy out of the rotation, and back in', async () => {
    const url = await cluster.serve('1.0.0', 2);
    const sick = (await cluster.status()).releases[0]?.replicas[0];
    await fetch(`${sick?.url}/sicken`);

    await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 1,
    );
    const answers = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(url)).text()));
    await fetch(`${sick?.url}/recover`);
    const recovered = await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 2,
    );

    expect(answers.some((answer) => answer.endsWith(` ${sick?.pid}`))).toBe(false);
    expect(recovered.releases[0]?.replicas.map(({ restarts }) => restarts)).toEqual([0, 0]);
  });
});
