import { guardianWorkflowId, rollbackWorkflowId } from '../../src/contracts/ids';
import type { DeploymentResult, GuardianResult } from '../../src/contracts/workflows';
import type { DeploymentStep } from '../../src/definition/release-plan';
import { waitFor } from '../support/wait-for';
import { analysisPlan } from '../workflows/plans';
import { failed, Hold, passed } from '../workflows/world';
import { blueGreen, canary, rolling, useDeploying } from './support/deploying';
import { watchEndpoints } from './support/endpoint-watcher';
import { useShop } from './support/namespaces';
import { digestOf, manifests } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const guardian = analysisPlan({ name: 'guardian' });
const image = 'registry.example.com/teashop/shop';

describeCluster('a guardian that takes back what was deployed over a Deployment of somebody else', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);
  const deploying = useDeploying(() => using().shop.target);
  let podsBefore: string;

  /** Pods of whatever has been there before us. */
  const foreignPods = () =>
    using().kubectl('get', 'pods', '-l', 'app=shop,!framework0.io/app', '-o', 'jsonpath={.items[*].metadata.name}');

  beforeEach(async () => {
    const { kubectl, namespace } = using();
    const live = manifests().map((object) => ({
      ...object,
      metadata: { ...object.metadata, namespace },
      spec: object.kind === 'Deployment' ? { ...object.spec, replicas: 2 } : object.spec,
    }));
    await cluster.apply(...live);
    await kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s');
    podsBefore = await foreignPods();
  });

  /** Deploys `release` over what is there; the guardian that is left behind finds it bad when `regress` is called. */
  async function guarded(release: string, steps: readonly DeploymentStep[]) {
    const { world, environment } = deploying();
    const hold = new Hold<ReturnType<typeof passed>>();
    world.analyze = ({ plan }) => (plan.name === 'guardian' ? hold.wait() : Promise.resolve(passed()));
    const run = await deploying().begin(using().shop, release, steps, { guardian });
    const end = await deploying().end(run);
    const name = { namespace: run.split('/')[1] ?? '', app: 'shop', environment: 'test', release };
    const result = <T>(id: string): Promise<T> => environment.client.workflow.getHandle(id).result();
    return {
      end,
      regress: async () => {
        await hold.reached;
        hold.open(failed('error_rate was 9%'));
        return result<GuardianResult>(guardianWorkflowId(name));
      },
      rollback: () => result<DeploymentResult>(rollbackWorkflowId(name)),
    };
  }

  it.each([
    // In place, where the replicas of the release stay.
    ['rolling', rolling, 3],
    ['blue-green', blueGreen, 2],
    ['canary', canary, 2],
  ] as const)('%s: what was there before serves again, and no endpoint is missing', async (_, steps, replicas) => {
    const { shop, namespace, read } = using();
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');

    const { end, regress, rollback } = await guarded('1.0.0', steps);
    expect(end).toMatchObject({ phase: 'succeeded', servingRelease: '1.0.0' });
    const found = await regress();

    expect((await rollback()).reason).toContain('deployment/shop serves');
    expect(found).toMatchObject({ rolledBack: true, reason: expect.stringContaining('late regression: error_rate') });
    const state = await shop.describe();
    expect(state.weights).toEqual([{ release: 'deployment/shop', weight: 100 }]);
    expect(state.replicas).toEqual([{ release: 'deployment/shop', ready: replicas, desired: replicas }]);
    const { spec } = await read<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
      'deployment',
      'shop',
    );
    expect(spec.template.spec.containers[0]?.image).toBe(image);
    await watcher.stop();
    expect(watcher.changes).toBeGreaterThan(2);
    expect(watcher.gaps).toEqual([]);
  });

  it('goes back to the release before, which had taken the Deployment over', async () => {
    const { shop, read } = using();
    const first = await guarded('1.0.0', rolling);
    expect(first.end).toMatchObject({ phase: 'succeeded' });

    const second = await guarded('1.1.0', rolling);
    expect(second.end).toMatchObject({ phase: 'succeeded', servingRelease: '1.1.0' });
    const found = await second.regress();

    expect(found).toEqual({ rolledBack: true, reason: 'late regression: error_rate was 9%; 1.0.0 serves' });
    expect((await shop.describe()).weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    const { spec } = await read<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
      'deployment',
      'shop',
    );
    expect(spec.template.spec.containers[0]?.image).toBe(`${image}@${digestOf('1.0.0')}`);
  });

  it('a canary that is found bad on its way leaves the pods of before as they were', async () => {
    deploying().world.analyze = async () => failed('error_rate was 9%');

    const end = await deploying().deploy(using().shop, '1.0.0', canary);

    expect(end).toMatchObject({ phase: 'rolled_back', reason: expect.stringContaining('deployment/shop serves') });
    await waitFor('the pods of before, and no other', async () => (await foreignPods()) === podsBefore);
  });
});
