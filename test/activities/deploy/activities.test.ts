import { EventEmitter } from 'node:events';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createDeployActivities, type DeployTarget, type DeployTargets } from '../../../src/activities/deploy';
import type { TrafficState } from '../../../src/contracts/activities';
import { prepareInput, ref } from '../../embedded/cluster/test-cluster';
import { waitFor } from '../../support/wait-for';

const nothing: TrafficState = { stableRelease: null, weights: [], replicas: [], url: null };

/** A target that does what a test gives it, and nothing else. */
function targetsOf(methods: Partial<DeployTarget>): DeployTargets {
  const unused = (): Promise<never> => Promise.reject(new Error('not expected'));
  const target: DeployTarget = {
    prepare: unused,
    shift: unused,
    promote: unused,
    retire: unused,
    describe: unused,
    endpoints: unused,
    ...methods,
  };
  return { of: () => target, endpointsOf: (one) => target.endpoints(one), close: async () => {} };
}

describe('the deploy activities', () => {
  it('pass input and result through', async () => {
    const asked: unknown[] = [];
    const answer = async (input: unknown): Promise<TrafficState> => {
      asked.push(input);
      return { ...nothing, stableRelease: String(asked.length) };
    };
    const targets = targetsOf({ prepare: answer, shift: answer, promote: answer, retire: answer, describe: answer });
    const activities = createDeployActivities({ targets });
    const environment = new MockActivityEnvironment();
    const shift = { ...ref('1.0.0'), weight: 5, otherRelease: null };
    const describe = { ...ref('1.0.0'), app: 'web' };

    const results = [
      await environment.run(activities.prepareRelease, prepareInput('1.0.0')),
      await environment.run(activities.shiftTraffic, shift),
      await environment.run(activities.promoteRelease, ref('1.0.0')),
      await environment.run(activities.retireRelease, ref('1.0.0')),
      await environment.run(activities.describeTraffic, describe),
    ];

    expect(asked).toEqual([prepareInput('1.0.0'), shift, ref('1.0.0'), ref('1.0.0'), describe]);
    expect(results.map((result) => (result as TrafficState).stableRelease)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('bring a release back by making it ready before it gets the traffic', async () => {
    const did: string[] = [];
    const targets = targetsOf({
      prepare: async ({ release, replicas }) => {
        did.push(`prepare ${release}: ${replicas}`);
        return nothing;
      },
      shift: async ({ release, weight, otherRelease }) => {
        did.push(`shift ${release}: ${weight}% from ${otherRelease}`);
        return { ...nothing, stableRelease: release };
      },
    });
    const { bringBackRelease } = createDeployActivities({ targets });
    const input = { ...prepareInput('1.0.0'), replicas: 3, otherRelease: '1.1.0' };

    const state = await new MockActivityEnvironment().run(bringBackRelease, input);

    expect(did).toEqual(['prepare 1.0.0: 3', 'shift 1.0.0: 100% from 1.1.0']);
    expect(state).toMatchObject({ stableRelease: '1.0.0' });
  });

  it('heartbeat how far the target is', async () => {
    const beats: unknown[] = [];
    const environment = new MockActivityEnvironment();
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    const targets = targetsOf({
      prepare: async (_, { progress }) => {
        progress('1 of 2');
        progress('2 of 2');
        return nothing;
      },
    });

    await environment.run(createDeployActivities({ targets }).prepareRelease, prepareInput('1.0.0'));

    expect(beats).toEqual(['1 of 2', '2 of 2']);
  });

  it('heartbeat for a target that is told by a watch which was opened outside of them', async () => {
    const beats: unknown[] = [];
    const environment = new MockActivityEnvironment();
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    const watch = new EventEmitter();
    const targets = targetsOf({
      prepare: (_, { progress }) =>
        new Promise((resolve) => {
          watch.once('change', () => {
            progress('1 of 2');
            resolve(nothing);
          });
        }),
    });

    const prepared = environment.run(createDeployActivities({ targets }).prepareRelease, prepareInput('1.0.0'));
    await waitFor('the target to listen', () => watch.listenerCount('change') > 0);
    watch.emit('change');
    await prepared;

    expect(beats).toEqual(['1 of 2']);
  });

  it('stop the target when they are cancelled', async () => {
    const environment = new MockActivityEnvironment();
    const targets = targetsOf({
      shift: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          environment.cancel();
        }),
    });
    const activities = createDeployActivities({ targets });

    await expect(
      environment.run(activities.shiftTraffic, { ...ref('1.0.0'), weight: 5, otherRelease: null }),
    ).rejects.toMatchObject({ name: 'CancelledFailure' });
  });
});
