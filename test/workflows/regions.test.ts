import { failure } from '../../src/contracts/errors';
import type { DeploymentStep } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { analysisPlan, blueGreen, gatePlan, promptly, region, regionsPlan, simplePlan, wave } from './plans';
import { failed, Hold, passed } from './world';

const silent = () => Promise.reject(failure('Unavailable', 'no route to host'));
const refused = (message: string) => () => Promise.reject(failure('Conflict', message));
const regions = ['eu-west', 'us-east', 'ap-south'] as const;

describe('a deployment to regions', () => {
  const harness = useHarness();
  const cluster = () => harness().world.cluster;
  const serving = () => Object.fromEntries(regions.map((name) => [name, cluster().serving(name)]));
  const all = (share: string) => Object.fromEntries(regions.map((name) => [name, share]));
  const remembered = async () =>
    Object.fromEntries((await harness().environmentStatus()).serving.map((one) => [one.region, one.release]));
  /** The first call of a kind, in the order of all calls. */
  const firstOf = (call: string) => cluster().calls.indexOf(call);
  /** The analysis of 1.1.0 in one region fails. */
  const failsIn = (name: string) => {
    harness().world.analyze = async ({ target }) =>
      target.release === '1.1.0' && target.region === name ? failed() : passed();
  };
  const stable = () => harness().run(regionsPlan('1.0.0'));

  describe('on the way up', () => {
    it('does wave after wave, with the metrics of each cluster, and remembers what runs in each', async () => {
      await stable();
      const targets: unknown[] = [];
      harness().world.analyze = async ({ target, baselineRelease }) => {
        targets.push([target.region, target.cluster.name, baselineRelease]);
        return passed();
      };

      const result = await harness().run(regionsPlan('1.1.0'));

      expect(result).toMatchObject({
        phase: 'succeeded',
        stages: [{}, { reason: '1.1.0 serves in eu-west, us-east, ap-south' }],
      });
      expect(cluster().callsOn('eu-west').slice(4)).toEqual([
        'describe',
        'prepare 1.1.0',
        'weight 1.1.0 100',
        'promote 1.1.0',
        'retire 1.0.0',
      ]);
      expect(firstOf('us-east: prepare 1.1.0')).toBeGreaterThan(firstOf('eu-west: retire 1.0.0'));
      expect(serving()).toEqual(all('1.1.0 100%'));
      expect(targets.sort()).toEqual([
        ['ap-south', 'ap-south-k8s', '1.0.0'],
        ['eu-west', 'eu-west-k8s', '1.0.0'],
        ['us-east', 'us-east-k8s', '1.0.0'],
      ]);
      expect(await remembered()).toEqual(all('1.1.0'));
    });

    it.each([1, 2, 3])('has at most %i regions of a wave under way', async (maxParallel) => {
      let underWay = 0;
      let most = 0;
      harness().world.analyze = async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        // As many as may come are there before one goes on.
        await harness().until(() => {
          if (most < maxParallel) throw new Error(`${most} under way`);
        });
        underWay -= 1;
        return passed();
      };

      const result = await harness().run(regionsPlan('1.0.0', { waves: [wave(regions, { maxParallel })] }));

      expect(result.phase).toBe('succeeded');
      expect(most).toBe(maxParallel);
    });

    it('gives each region the replicas that it has of its own', async () => {
      const [prepare, ...steps] = promptly as [DeploymentStep & { kind: 'prepare' }, ...DeploymentStep[]];
      const large = region('us-east', { replicas: 5, steps: [{ ...prepare, replicas: 5 }, ...steps] });
      const waves = [{ ...wave(['eu-west']), regions: [region('eu-west'), large] }];

      await harness().run(regionsPlan('1.0.0', { waves }));

      const { history } = await harness().environmentStatus();
      expect(history.map((one) => [one.region, one.replicas])).toEqual([
        ['eu-west', 2],
        ['us-east', 5],
      ]);
    });

    it('shows the steps of each region in its wave, and where each region is', async () => {
      await stable();
      const hold = new Hold<ReturnType<typeof passed>>();
      harness().world.analyze = ({ target }) => (target.region === 'us-east' ? hold.wait() : Promise.resolve(passed()));
      const id = await harness().start(regionsPlan('1.1.0', { waves: [wave(['eu-west']), wave(['us-east'])] }));
      await hold.reached;
      await harness().until(async () => expect((await harness().deploymentStatus('1.1.0')).weight).toBe(100));

      const status = await harness().deploymentStatus('1.1.0');
      hold.open(passed());
      await harness().result(id);

      expect(status).toMatchObject({ phase: 'running', reason: 'us-east: validation for 10m', stableRelease: null });
      expect(status.regions).toEqual([
        {
          region: 'eu-west',
          cluster: 'eu-west-k8s',
          wave: 1,
          phase: 'succeeded',
          reason: '',
          stableRelease: '1.1.0',
          weight: 100,
        },
        {
          region: 'us-east',
          cluster: 'us-east-k8s',
          wave: 2,
          phase: 'running',
          reason: '',
          stableRelease: '1.0.0',
          weight: 100,
        },
      ]);
      expect(status.steps.map(({ region: name, wave: number, phase }) => [name, number, phase])).toEqual([
        ...Array(5).fill(['eu-west', 1, 'succeeded']),
        ['us-east', 2, 'succeeded'],
        ['us-east', 2, 'succeeded'],
        ['us-east', 2, 'running'],
        ['us-east', 2, 'waiting'],
        ['us-east', 2, 'waiting'],
      ]);
    });

    it('asks people once a wave', async () => {
      const [prepare, weight, , promote] = blueGreen as [
        DeploymentStep,
        DeploymentStep,
        DeploymentStep,
        DeploymentStep,
      ];
      const steps: DeploymentStep[] = [prepare, weight, { kind: 'approve', gate: gatePlan({ name: 'go' }) }, promote];
      const id = await harness().start(regionsPlan('1.0.0', { steps }));

      for (const asked of ['wave 1 (eu-west)', 'wave 2 (us-east, ap-south)']) {
        await harness().untilPhase(id, 'awaiting_approval');
        // The run may not have heard yet that the wave before was answered.
        await harness().until(async () => {
          const timeline = await harness().timeline(harness().deployment('1.0.0'));
          expect(timeline.at(-1)).toContain(`1.0.0 at 100% in production, ${asked}: waits for 1 approval(s)`);
        });
        expect((await harness().deploymentStatus('1.0.0')).awaiting).toHaveLength(1);
        await harness().approve(harness().deployment('1.0.0'));
      }

      expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
      expect(
        harness()
          .world.actions()
          .filter((action) => action === 'approval.requested'),
      ).toHaveLength(2);
    });

    it('soaks after a wave: watches where there is something to watch, and waits where not', async () => {
      const watched: unknown[] = [];
      harness().world.analyze = async ({ target, plan: { name }, key }) => {
        watched.push([target.region, name, key.endsWith(`${target.region}/soak-soak`)]);
        return passed();
      };
      const soak = { kind: 'analyze', analysis: analysisPlan({ name: 'soak' }) } as const;
      const waves = [
        wave(['eu-west', 'us-east'], { soak }),
        wave(['ap-south'], { soak: { kind: 'pause', durationSeconds: 7200 } }),
      ];
      const startedAt = await harness().environment.currentTimeMs();

      const result = await harness().run(regionsPlan('1.0.0', { waves, steps: blueGreen.slice(0, 2) }));

      expect(result.phase).toBe('succeeded');
      expect(watched.sort()).toEqual([
        ['eu-west', 'soak', true],
        ['us-east', 'soak', true],
      ]);
      expect((await harness().environment.currentTimeMs()) - startedAt).toBeGreaterThanOrEqual(7_200_000);
    });
  });

  describe('on the way back', () => {
    it('takes back the waves that were done, the newest first, each verified, and says what serves where', async () => {
      await stable();
      failsIn('us-east');

      const result = await harness().run(regionsPlan('1.1.0'));

      expect(result).toMatchObject({
        phase: 'rolled_back',
        reason: expect.stringMatching(
          /us-east: validation is fail: error_rate was 5\.1%, .*; eu-west: 1\.0\.0 serves; us-east: 1\.0\.0 serves; ap-south: 1\.0\.0 serves, untouched$/,
        ),
      });
      expect(cluster().callsOn('eu-west').slice(8)).toEqual([
        'retire 1.0.0',
        'prepare 1.0.0',
        'weight 1.0.0 100',
        'promote 1.0.0',
        'retire 1.1.0',
      ]);
      const last = (call: string) => cluster().calls.lastIndexOf(call);
      expect(last('eu-west: prepare 1.0.0')).toBeGreaterThan(last('us-east: promote 1.0.0'));
      expect(serving()).toEqual(all('1.0.0 100%'));
      expect(await remembered()).toEqual(all('1.0.0'));
      expect((await harness().environmentStatus()).rejected).toMatchObject([{ release: '1.1.0' }]);
    });

    it('leaves alone what it never touched, and says so', async () => {
      await stable();
      failsIn('eu-west');

      const result = await harness().run(regionsPlan('1.1.0'));

      expect(result.reason).toMatch(
        /; eu-west: 1\.0\.0 serves; us-east: 1\.0\.0 serves, untouched; ap-south: 1\.0\.0 serves, untouched$/,
      );
      expect(cluster().callsOn('us-east').slice(4)).toEqual([]);
    });

    it('begins when the soak of a wave is breached', async () => {
      await stable();
      harness().world.analyze = async ({ plan: { name } }) => (name === 'soak' ? failed() : passed());
      const soak = { kind: 'analyze', analysis: analysisPlan({ name: 'soak' }) } as const;

      const result = await harness().run(
        regionsPlan('1.1.0', { waves: [wave(['eu-west'], { soak }), wave(['us-east', 'ap-south'])] }),
      );

      expect(result).toMatchObject({
        phase: 'rolled_back',
        reason: expect.stringMatching(/^production: eu-west: soak is fail: .*eu-west: 1\.0\.0 serves/),
        stages: [{}, { rollback: { breachedAt: '2026-01-01T00:00:00.000Z' } }],
      });
      expect(serving()).toEqual(all('1.0.0 100%'));
    });

    it('names the region that cannot go back, and what serves in it', async () => {
      await stable();
      failsIn('us-east');
      cluster().faults.set('eu-west: prepare 1.0.0', refused('image is gone'));

      const result = await harness().run(regionsPlan('1.1.0', { progressDeadlineSeconds: 5 }));

      expect(result).toMatchObject({
        phase: 'failed',
        reason: expect.stringMatching(
          /; eu-west: no earlier release could be brought back: 1\.1\.0 serves; us-east: 1\.0\.0 serves; ap-south: 1\.0\.0 serves, untouched$/,
        ),
      });
      expect(serving()).toEqual({ ...all('1.0.0 100%'), 'eu-west': '1.1.0 100%' });
    });

    it('asks whether to keep the release where nothing earlier can serve, and nowhere else', async () => {
      await stable();
      failsIn('us-east');
      cluster().faults.set('eu-west: prepare 1.0.0', refused('image is gone'));
      const id = await harness().start(regionsPlan('1.1.0'));
      await harness().untilPhase(id, 'awaiting_approval');
      const asked = (await harness().timeline(harness().deployment('1.1.0'))).at(-1);

      await harness().approve(harness().deployment('1.1.0'));

      expect(asked).toContain('the releases before 1.1.0 cannot serve in eu-west: keep 1.1.0');
      expect(await harness().result(id)).toMatchObject({
        phase: 'rolled_back',
        reason: expect.stringContaining('eu-west: 1.1.0 is kept by bob; us-east: 1.0.0 serves'),
      });
      expect(await remembered()).toEqual({ ...all('1.0.0'), 'eu-west': '1.1.0' });
    });

    it('is not held up in one wave by a region of another that hangs', async () => {
      await stable();
      failsIn('us-east');
      const hangs = new Hold();
      cluster().faults.set('us-east: prepare 1.0.0', hangs.wait);
      const id = await harness().start(regionsPlan('1.1.0'));
      await hangs.reached;

      await harness().pass(16);
      await harness().until(() => expect(cluster().serving('eu-west')).toBe('1.0.0 100%'));
      hangs.open();

      expect(await harness().result(id)).toMatchObject({ phase: 'rolled_back' });
      expect(serving()).toEqual(all('1.0.0 100%'));
    });

    it('takes the first release out of every region', async () => {
      harness().world.analyze = async ({ target }) => (target.region === 'us-east' ? failed() : passed());

      const result = await harness().run(regionsPlan('1.0.0'));

      expect(result.phase).toBe('failed');
      expect(serving()).toEqual(all(''));
      expect(cluster().callsOn('ap-south')).toEqual([]);
      expect((await harness().environmentStatus()).serving).toEqual([]);
    });

    it('goes back to what ran before the environment had regions', async () => {
      await harness().run(simplePlan('0.9.0', {}, { steps: promptly }));
      cluster().rename('production', 'eu-west');
      failsIn('eu-west');

      const result = await harness().run(regionsPlan('1.1.0'));

      expect(result.reason).toMatch(/; eu-west: 0\.9\.0 serves$/);
      expect(cluster().serving('eu-west')).toBe('0.9.0 100%');
      expect(await remembered()).toEqual({ 'eu-west': '0.9.0' });
    });
  });

  describe('a region that does not answer', () => {
    const down = (name: string) => cluster().faults.set(`${name}: describe`, silent);
    /** Of real time, in which the other regions have to answer; the silent one is given up after half of it. */
    const unreachable = (policy: 'skip' | 'wait' | 'fail', afterSeconds = 7) => ({
      unreachable: { policy, afterSeconds },
    });

    it('skip: keeps its old release, is named in the result, and gets the next one', async () => {
      await stable();
      down('us-east');

      const result = await harness().run(regionsPlan('1.1.0', unreachable('skip')));
      cluster().faults.clear();

      expect(result).toMatchObject({
        phase: 'succeeded',
        stages: [
          {},
          {
            reason:
              '1.1.0 serves in eu-west, ap-south; us-east: skipped, and left on 1.0.0: us-east-k8s did not answer for 7 s: no route to host',
          },
        ],
      });
      expect(serving()).toEqual({ ...all('1.1.0 100%'), 'us-east': '1.0.0 100%' });
      expect(await remembered()).toEqual({ ...all('1.1.0'), 'us-east': '1.0.0' });

      harness().world.analyze = async ({ target }) =>
        target.release === '1.2.0' && target.region === 'ap-south' ? failed() : passed();
      const next = await harness().run(regionsPlan('1.2.0'));

      expect(next.reason).toMatch(/; eu-west: 1\.1\.0 serves; us-east: 1\.0\.0 serves; ap-south: 1\.1\.0 serves$/);
      expect(serving()).toEqual({ ...all('1.1.0 100%'), 'us-east': '1.0.0 100%' });
    });

    it('skip: is left out of the rollback', async () => {
      await stable();
      down('us-east');
      failsIn('ap-south');

      const result = await harness().run(regionsPlan('1.1.0', unreachable('skip')));

      expect(result).toMatchObject({ phase: 'rolled_back' });
      expect(
        cluster()
          .callsOn('us-east')
          .filter((call) => call !== 'describe'),
      ).toHaveLength(3);
    });

    it('skip: is not watched by the guardian of a release that it does not have', async () => {
      await stable();
      down('us-east');
      const watched: unknown[] = [];
      harness().world.analyze = async ({ target, plan: { name } }) => {
        if (name === 'guardian') watched.push(target.region);
        return passed();
      };

      await harness().run(
        regionsPlan('1.1.0', { ...unreachable('skip'), guardian: analysisPlan({ name: 'guardian' }) }),
      );

      await harness().until(() => expect([...watched].sort()).toEqual(['ap-south', 'eu-west']));
    });

    it('skip: fails when no region is left', async () => {
      for (const name of regions) down(name);

      const result = await harness().run(regionsPlan('1.0.0', unreachable('skip')));

      expect(result).toMatchObject({
        phase: 'failed',
        reason: expect.stringMatching(/^production: no region could be reached: eu-west: .*us-east: .*ap-south: /),
      });
    });

    it('skip: is no excuse for a cluster that says no', async () => {
      await stable();
      cluster().faults.set('us-east: describe', () => Promise.reject(failure('PermissionDenied', 'get deployments')));

      const result = await harness().run(regionsPlan('1.1.0', unreachable('skip')));

      expect(result).toMatchObject({
        phase: 'rolled_back',
        reason: expect.stringMatching(/^production: us-east: get deployments; eu-west: 1\.0\.0 serves/),
      });
    });

    it('wait: goes on when it answers in time', async () => {
      let asked = 0;
      cluster().faults.set('us-east: describe', async () => {
        asked += 1;
        if (asked < 3) throw failure('Unavailable', 'no route to host');
      });

      const result = await harness().run(regionsPlan('1.0.0', unreachable('wait', 60)));

      expect(result.phase).toBe('succeeded');
      expect(asked).toBe(3);
      expect(serving()).toEqual(all('1.0.0 100%'));
    });

    it.each(['wait', 'fail'] as const)('%s: takes back the others when it does not', async (policy) => {
      await stable();
      down('us-east');

      const result = await harness().run(regionsPlan('1.1.0', unreachable(policy)));

      expect(result).toMatchObject({
        phase: 'rolled_back',
        reason: expect.stringMatching(
          /^production: us-east: us-east-k8s did not answer for 7 s: no route to host; eu-west: 1\.0\.0 serves; us-east: 1\.0\.0 serves, untouched/,
        ),
      });
      expect(serving()).toEqual(all('1.0.0 100%'));
    });
  });

  it('leaves a guardian that watches every region, and takes all of them back', async () => {
    await stable();
    const hold = new Hold<ReturnType<typeof failed>>();
    harness().world.analyze = async ({ target, plan: { name } }) =>
      name === 'guardian' && target.region === 'ap-south' ? hold.wait() : passed();
    await harness().run(regionsPlan('1.1.0', { guardian: analysisPlan({ name: 'guardian' }) }));
    await hold.reached;

    hold.open(failed('error_rate was 9%'));

    await harness().until(() => expect(serving()).toEqual(all('1.0.0 100%')));
    await harness().until(async () => expect(await remembered()).toEqual(all('1.0.0')));
    expect((await harness().environmentStatus()).rejected).toMatchObject([
      { release: '1.1.0', reason: expect.stringContaining('late regression: ap-south: error_rate was 9%') },
    ]);
  });
});
