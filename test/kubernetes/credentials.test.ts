import { waitFor } from '../support/wait-for';
import { passed } from '../workflows/world';
import { blueGreen, useDeploying } from './support/deploying';
import { watchEndpoints } from './support/endpoint-watcher';
import { FaultProxy } from './support/fault-proxy';
import { Shop } from './support/shop';
import { told } from './support/told';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

describeTestCluster('credentials that end in the middle of a deployment', () => {
  const cluster = useCluster('staging');
  let proxy: FaultProxy;
  let shop: Shop;
  let namespace: string;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    namespace = `${cluster.namespace}-${count}`;
    await cluster.kubectl('create', 'namespace', namespace);
    proxy = await FaultProxy.start(cluster);
    shop = new Shop({ kubeconfig: proxy.kubeconfig, context: cluster.name, namespace });
  });
  const deploying = useDeploying(() => shop.target);
  beforeEach(async () => {
    expect(await deploying().deploy(shop, '1.0.0', blueGreen)).toMatchObject({ phase: 'succeeded' });
  });
  afterEach(async () => {
    await shop.close();
    await proxy.stop();
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  /** A canary of 1.1.0; `trouble` comes at its first share of the traffic, and `remedy` when a step has met it. */
  async function canaryWith(trouble: () => Promise<unknown>, remedy: () => Promise<unknown>, says: RegExp) {
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    let done: Promise<unknown> | null = null;
    deploying().world.analyze = async () => {
      done ??= trouble();
      await done;
      return passed();
    };

    const run = await deploying().begin(shop, '1.1.0');
    await waitFor('a step to meet it', async () => (await lastFailure(run)).some((failure) => says.test(failure)), {
      timeoutMs: 60_000,
    });
    await remedy();
    const end = await deploying().end(run);

    await watcher.stop();
    expect(end).toMatchObject({ phase: 'succeeded', servingRelease: '1.1.0' });
    expect((await shop.describe()).replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);
    expect(watcher.gaps).toEqual([]);
  }

  /** What the steps under way failed with last, as Temporal tells it. */
  async function lastFailure(run: string): Promise<readonly string[]> {
    const { raw } = await deploying().environment.client.workflow.getHandle(run).describe();
    return (raw.pendingActivities ?? []).map(({ lastFailure: failure }) => failure?.message ?? '');
  }

  it('a server certificate that has expired is told, waited for, and good again when it was renewed', async () => {
    await canaryWith(
      () => proxy.useCertificate(new Date(Date.now() - 60_000)),
      () => proxy.useCertificate(),
      /^cluster "test": the API server cannot be trusted: its certificate has expired: renew it$/,
    );
  });

  it('a server certificate that is renewed in time is noticed by nobody', async () => {
    deploying().world.analyze = async () => {
      await proxy.useCertificate();
      return passed();
    };
    expect(await deploying().deploy(shop, '1.1.0')).toMatchObject({ phase: 'succeeded' });
  });

  it('another authority is taken from the kubeconfig, where it was put there before', async () => {
    deploying().world.analyze = async () => {
      await proxy.changeAuthority();
      proxy.writeKubeconfig();
      return passed();
    };
    expect(await deploying().deploy(shop, '1.1.0')).toMatchObject({ phase: 'succeeded' });
  });

  it('an authority that nobody has told us of is not trusted', async () => {
    await proxy.changeAuthority();
    expect(await told(shop.prepare('1.1.0'))).toMatch(
      /^InvalidInput: cluster "test": the API server cannot be trusted: its certificate/,
    );
  });

  it('a token that is no longer valid is told, and the renewed one is taken from the kubeconfig', async () => {
    const account = 'deployer';
    const kubectl = (...args: string[]) => cluster.kubectl('-n', namespace, ...args);
    const issue = async () => {
      await kubectl('create', 'serviceaccount', account);
      proxy.writeKubeconfig(await kubectl('create', 'token', account));
    };
    await kubectl('create', 'rolebinding', account, '--clusterrole=admin', `--serviceaccount=${namespace}:${account}`);
    await issue();
    // It has connected as the administrator.
    await shop.target.close();
    const isRefused = async () => {
      const answer = await kubectl('--kubeconfig', proxy.kubeconfig, 'get', 'services').catch(String);
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
