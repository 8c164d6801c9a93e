import { until, waitFor } from '../support/wait-for';
import { passed } from '../workflows/world';
import { watchEndpoints } from './support/endpoint-watcher';
import { useFaultyShop } from './support/faulty-shop';
import { told } from './support/told';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

describeTestCluster('credentials that end in the middle of a deployment', () => {
  const cluster = useCluster('staging');
  const at = useFaultyShop(cluster);

  /** A canary of 1.1.0; `trouble` comes at its first share of the traffic, and `remedy` when a step has met it. */
  async function canaryWith(trouble: () => Promise<unknown>, remedy: () => Promise<unknown>, says: RegExp) {
    const watcher = await watchEndpoints(cluster.kubeconfig, at.namespace, 'shop');
    let done: Promise<unknown> | null = null;
    at.deploying.world.analyze = async () => {
      done ??= trouble();
      await done;
      return passed();
    };

    const run = await at.deploying.begin(at.shop, '1.1.0');
    await until(
      () => lastFailures(run),
      (failures) => failures.some((failure) => says.test(failure)),
      90_000,
    );
    await remedy();
    const end = await at.deploying.end(run);

    await watcher.stop();
    expect(end).toMatchObject({ phase: 'succeeded', servingRelease: '1.1.0' });
    expect((await at.shop.describe()).replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);
    expect(watcher.gaps).toEqual([]);
  }

  /** What the steps under way failed with last, as Temporal tells it. Throws when the deployment has ended already. */
  async function lastFailures(run: string): Promise<readonly string[]> {
    const { raw, status } = await at.deploying.environment.client.workflow.getHandle(run).describe();
    if (status.name !== 'RUNNING') throw new Error(`it has ended: ${JSON.stringify(await at.deploying.end(run))}`);
    return (raw.pendingActivities ?? []).map(
      ({ activityType, lastFailure: failure }) => `${failure?.message ?? `${activityType?.name} has not failed`}`,
    );
  }

  it('a server certificate that has expired is told, waited for, and good again when it was renewed', async () => {
    await canaryWith(
      () => at.proxy.useCertificate(new Date(Date.now() - 60_000)),
      () => at.proxy.useCertificate(),
      /^cluster "test": the API server cannot be trusted: its certificate has expired: renew it$/,
    );
  });

  it('a server certificate that is renewed in time is noticed by nobody', async () => {
    at.deploying.world.analyze = async () => {
      await at.proxy.useCertificate();
      return passed();
    };
    expect(await at.deploying.deploy(at.shop, '1.1.0')).toMatchObject({ phase: 'succeeded' });
  });

  it('another authority is taken from the kubeconfig, where it was put there before', async () => {
    at.deploying.world.analyze = async () => {
      await at.proxy.changeAuthority();
      at.proxy.writeKubeconfig();
      return passed();
    };
    expect(await at.deploying.deploy(at.shop, '1.1.0')).toMatchObject({ phase: 'succeeded' });
  });

  it('an authority that nobody has told us of is not trusted', async () => {
    await at.proxy.changeAuthority();
    expect(await told(at.shop.prepare('1.1.0'))).toMatch(
      /^InvalidInput: cluster "test": the API server cannot be trusted: its certificate/,
    );
  });

  it('a token that is no longer valid is told, and the renewed one is taken from the kubeconfig', async () => {
    const account = 'deployer';
    const kubectl = (...args: string[]) => cluster.kubectl('-n', at.namespace, ...args);
    const issue = async () => {
      await kubectl('create', 'serviceaccount', account);
      at.proxy.writeKubeconfig(await kubectl('create', 'token', account));
    };
    await kubectl(
      'create',
      'rolebinding',
      account,
      // Everything there is: the kinds of routers too, which the cluster knows once other tests have taught it.
      '--clusterrole=cluster-admin',
      `--serviceaccount=${at.namespace}:${account}`,
    );
    await issue();
    const mayDeploy = () => kubectl('--kubeconfig', at.proxy.kubeconfig, 'auth', 'can-i', 'patch', 'deployments');
    await waitFor('the role binding to hold', mayDeploy);
    // It has connected as the administrator.
    await at.shop.target.close();
    const isRefused = async () => {
      const answer = await kubectl('--kubeconfig', at.proxy.kubeconfig, 'get', 'services').catch(String);
      return /Unauthorized|must be logged in/.test(answer);
    };

    await canaryWith(
      async () => {
        // Its tokens are those of an account that is gone; the server believes what it knew for some seconds.
        await kubectl('delete', 'serviceaccount', account);
        await waitFor('the token to be refused', isRefused, { timeoutMs: 60_000, everyMs: 250 });
      },
      issue,
      /^cluster "test": the credentials of the kubeconfig are refused or have expired: renew them$/,
    );
  });
});
