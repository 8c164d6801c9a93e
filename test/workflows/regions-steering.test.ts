import type { DeploymentStep } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { blueGreen, bob, command, regionsPlan, stage, wave } from './plans';
import { endOf, failed, Hold, passed } from './world';

const regions = ['eu-west', 'us-east', 'ap-south'] as const;

// Those that let time pass come first: an activity that is cancelled under way stops the test server's clock.
describe('a deployment to regions that is steered', () => {
  const harness = useHarness();
  const cluster = () => harness().world.cluster;
  const serving = () => Object.fromEntries(regions.map((name) => [name, cluster().serving(name)]));
  const all = (share: string) => Object.fromEntries(regions.map((name) => [name, share]));
  const remembered = async () =>
    Object.fromEntries((await harness().environmentStatus()).serving.map((one) => [one.region, one.release]));
  const stable = () => harness().run(regionsPlan('1.0.0'));

  it('pause: no region begins a step until somebody resumes', async () => {
    await stable();
    const hold = new Hold<ReturnType<typeof passed>>();
    harness().world.analyze = () => hold.wait();
    const id = await harness().start(regionsPlan('1.1.0'));
    await hold.reached;

    await harness().command(harness().deployment('1.1.0'), 'pause');
    hold.open(passed());
    await harness().until(async () =>
      expect((await harness().deploymentStatus('1.1.0')).reason).toContain('the next step waits'),
    );
    const paused = await harness().deploymentStatus('1.1.0');
    const callsThen = cluster().calls.length;
    await harness().pass(3600);
    const callsLater = cluster().calls.length;
    await harness().command(harness().deployment('1.1.0'), 'resume');

    expect(paused.phase).toBe('paused');
    expect(callsLater).toBe(callsThen);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('an open pause is resumed once a wave', async () => {
    const steps: DeploymentStep[] = [
      ...blueGreen.slice(0, 2),
      { kind: 'pause', durationSeconds: null },
      { kind: 'promote' },
    ];
    const id = await harness().start(regionsPlan('1.0.0', { steps, waves: [wave(regions)] }));
    await harness().untilPhase(id, 'paused');

    await harness().command(id, 'resume');

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('a rollback of a stage that had ended takes back every region', async () => {
    await stable();
    const hold = new Hold();
    harness().world.runCommand = hold.wait;
    const { stages, ...rest } = regionsPlan('1.1.0');
    const smoke = stage('smoke', { requires: ['production'], commands: [command('smoke')] });
    const id = await harness().start({ ...rest, stages: [...stages, smoke] });
    await hold.reached;

    await harness().command(id, 'rollback', bob, 'not good');

    expect(await harness().result(id)).toMatchObject({ phase: 'rolled_back' });
    expect(serving()).toEqual(all('1.0.0 100%'));
    expect(await remembered()).toEqual(all('1.0.0'));
  });
  /** 1.1.0 is done in eu-west, and watched in us-east and ap-south. */
  async function inTheMiddle(): Promise<string> {
    await stable();
    const holds = { 'us-east': new Hold<never>(), 'ap-south': new Hold<never>() };
    harness().world.analyze = async ({ target }) =>
      target.region === 'eu-west' ? passed() : holds[target.region as keyof typeof holds].wait();
    const waves = [wave(['eu-west']), wave(['us-east', 'ap-south'], { maxParallel: 2 })];
    const id = await harness().start(regionsPlan('1.1.0', { waves }));
    await Promise.all(Object.values(holds).map(({ reached }) => reached));
    return id;
  }

  it.each([
    ['abort', 'aborted'],
    ['rollback', 'rolled_back'],
  ] as const)('%s: all regions go back, those under way too', async (kind, phase) => {
    const id = await inTheMiddle();

    await harness().command(id, kind);

    expect(await harness().result(id)).toMatchObject({ phase });
    expect(serving()).toEqual(all('1.0.0 100%'));
    expect((await harness().environmentStatus()).holders).toEqual([]);
  });

  it('cancel: all regions go back', async () => {
    const id = await inTheMiddle();

    await harness().handle(id).cancel();

    await endOf(harness().environment, id).catch(() => undefined);
    expect((await harness().handle(id).describe()).status.name).toBe('CANCELLED');
    expect(serving()).toEqual(all('1.0.0 100%'));
    expect(await remembered()).toEqual(all('1.0.0'));
  });

  it('stops the regions of the wave that are under way', async () => {
    await stable();
    const watching = new Hold<never>();
    harness().world.analyze = async ({ target }) => {
      if (target.region === 'ap-south') return watching.wait();
      await watching.reached;
      return failed();
    };

    const result = await harness().run(
      regionsPlan('1.1.0', { waves: [wave(['us-east', 'ap-south'], { maxParallel: 2 })] }),
    );

    expect(result.phase).toBe('rolled_back');
    await harness().until(() => expect(watching.cancelled).toBe(true));
    expect(serving()).toEqual(all('1.0.0 100%'));
  });
});
