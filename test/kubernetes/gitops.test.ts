import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { createGitOpsTarget } from '../../src/activities/deploy/gitops';
import type { DeployTarget } from '../../src/activities/deploy/port';
import type { PrepareInput, ReleaseRef } from '../../src/contracts/activities';
import { isProtectedBranch } from '../../src/contracts/protected-branch';
import type { AppPlan, ClusterPlan } from '../../src/definition/release-plan';
import { BareRepository } from '../support/bare-repository';
import { waitFor } from '../support/wait-for';
import { type PodFailure, podBehaviour } from './support/pod-behaviour';
import { Reader } from './support/reader';
import { told } from './support/told';
import { describeCluster, describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const image = 'registry.example.com/teashop/shop';
const file = 'apps/shop/test/kustomization.yaml';
const app: AppPlan = {
  name: 'shop',
  source: '/src/shop',
  build: [],
  start: 'node server.js',
  healthPath: '/healthz',
  metrics: { path: '/metrics', requests: 'r', statusLabel: 's', duration: 'd' },
  kubernetes: {
    manifests: { kind: 'folder', path: 'k8s' },
    image,
    workload: 'shop',
    container: null,
    service: 'shop',
  },
};
const nothing = { registry: digestOf('0.0.0') };

function digestOf(release: string): string {
  return `sha256:${Buffer.from(release).toString('hex').padEnd(64, '0')}`;
}

function files(namespace: string): Record<string, string> {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', labels: { 'app.kubernetes.io/managed-by': 'somebody' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: { containers: [{ name: 'shop', image, ports: [{ containerPort: 8080 }] }] },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop' },
    spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
  };
  return {
    'apps/shop/base/all.yaml': [deployment, service].map((one) => stringify(one)).join('---\n'),
    'apps/shop/base/kustomization.yaml': 'resources: [all.yaml]\n',
    [file]: `# Who changes this asks the tea team.\nresources:\n- ../base\nnamespace: ${namespace}\nimages:\n- name: ${image}   # the shop\n  digest: ${nothing.registry}\n`,
  };
}

describeCluster('a cluster that is deployed to by commits', () => {
  const cluster = useCluster('staging');
  let count = 0;
  let namespace: string;
  let repository: BareRepository;
  let target: DeployTarget;
  let home: string;
  let reader: Reader | null;
  const failing = new Map<string, PodFailure>();
  const progress: string[] = [];

  beforeEach(async () => {
    count += 1;
    namespace = `${cluster.namespace}-${count}`;
    await cluster.kubectl('create', 'namespace', namespace);
    repository = await BareRepository.create(files(namespace));
    home = mkdtempSync(path.join(tmpdir(), 'f0-gitops-'));
    target = createGitOpsTarget({ home, unschedulableSeconds: 1, pollMs: 50 });
    reader = null;
    progress.length = 0;
    failing.clear();
  });
  afterEach(async () => {
    await reader?.stop();
    await target.close?.();
    expect(reader?.fault ?? null).toBeNull();
    repository.remove();
    rmSync(home, { recursive: true, force: true });
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  function follow(): void {
    reader = new Reader({ cluster, namespace, repository: repository.path, path: 'apps/shop/test', change: faulty });
  }

  /** A faulty image makes faulty pods. */
  function faulty(rendered: string): string {
    const documents = parseAllDocuments(rendered).map((one) => one.toJS());
    for (const { kind, spec } of documents) {
      const used = kind === 'Deployment' ? String(spec.template.spec.containers[0].image) : '';
      const fails = failing.get(used.split('@')[1] ?? '');
      if (fails) Object.assign(spec.template.metadata.labels, podBehaviour({ fails }).labels);
    }
    return documents.map((one) => stringify(one)).join('---\n');
  }

  function clusterPlan(more: object): ClusterPlan {
    const { kubeconfig, name: context } = cluster;
    const gitops = { repository: repository.path, path: 'apps/{{app}}/{{environment}}', ...more };
    return { name: 'test', type: 'kubernetes', settings: { kubeconfig, context, gitops } };
  }

  let run = 0;
  function ref(release: string, more: object = {}): ReleaseRef {
    run += 1;
    const key = `deployment/default/shop/test/${release}/run/${run}`;
    return { key, namespace, cluster: clusterPlan(more), environment: 'test', app, release, digest: digestOf(release) };
  }
  const context = (signal = new AbortController().signal) => ({
    signal,
    progress: (text: string) => void progress.push(text),
  });
  function prepare(release: string, more: Partial<PrepareInput> = {}, settings: object = {}) {
    const input = { replicas: 3, env: {}, rolling: true, progressDeadlineSeconds: 60, ...more };
    return target.prepare({ ...ref(release, settings), ...input }, context());
  }
  async function deploy(release: string) {
    await prepare(release);
    return target.promote(ref(release), context());
  }

  it('commits the digest, and is done when the cluster has it', async () => {
    follow();
    const before = await repository.read(file);

    const prepared = await prepare('1.0.0');
    const promoted = await target.promote(ref('1.0.0'), context());

    expect(prepared.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(promoted).toMatchObject({
      stableRelease: '1.0.0',
      replicas: [{ release: '1.0.0', ready: 3, desired: 3 }],
    });
    expect(await repository.read(file)).toBe(before.replace(nothing.registry, digestOf('1.0.0')));
    expect(await repository.git('log', '-1', '--format=%an <%ae>%n%B')).toBe(
      `Framework0 <framework0@localhost>\nshop 1.0.0 in test\n\nRelease: 1.0.0\nEnvironment: test\nDigest: ${digestOf('1.0.0')}\nWorkflow: deployment/default/shop/test/1.0.0\n\n`,
    );
    const { cluster: plan } = ref('1.0.0');
    expect(await target.describe({ namespace, cluster: plan, environment: 'test', app: 'shop' })).toEqual(promoted);
    const source = { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} } as const;
    const measured = { namespace, cluster: plan, environment: 'test', app: 'shop', appMetrics: app.metrics, source };
    expect(await target.endpoints({ ...measured, release: '1.0.0' })).toHaveLength(3);
    expect(await target.endpoints({ ...measured, release: '0.9.0' })).toEqual([]);
  });

  it('commits nothing where the digest is there already', async () => {
    follow();
    await deploy('1.0.0');
    const before = await repository.log();

    await prepare('1.0.0');

    expect(await repository.log()).toEqual(before);
  });

  it('leaves what the reader says of its objects to the reader', async () => {
    follow();
    await deploy('1.0.0');

    const labels = await cluster.kubectl(
      'get',
      'deployment/shop',
      '-n',
      namespace,
      '-o',
      'jsonpath={.metadata.labels}',
    );
    expect(JSON.parse(labels)).toMatchObject({
      'app.kubernetes.io/managed-by': 'somebody',
      'framework0.io/app': 'shop',
    });
    const base = 'apps/shop/base/all.yaml';
    const text = (await repository.read(base)).replace('replicas: 3', 'replicas: 4');
    await repository.write({ [base]: text }, 'one more');
    await waitFor('the reader to have applied it', async () => {
      const used = await cluster.kubectl('get', 'deployment/shop', '-n', namespace, '-o', 'jsonpath={.spec.replicas}');
      return used === '4';
    });
    await cluster.kubectl('rollout', 'status', 'deployment/shop', '-n', namespace);

    const state = await target.shift({ ...ref('1.0.0'), weight: 100, otherRelease: null }, context());
    expect(state).toMatchObject({ stableRelease: '1.0.0', replicas: [{ release: '1.0.0', ready: 4, desired: 4 }] });
  });

  it('a reader that never comes is told, with what the cluster runs and what the repository says', async () => {
    follow();
    await deploy('1.0.0');
    await reader?.stop();
    reader = null;

    const fault = await told(prepare('1.1.0', { progressDeadlineSeconds: 2 }));

    expect(fault).toContain(`CommandFailed: Deployment shop runs ${image}@${digestOf('1.0.0')} in namespace`);
    expect(fault).toContain(`main of ${repository.path} says ${digestOf('1.1.0')} in ${file} (commit `);
  });

  it('a change that somebody else makes meanwhile is a conflict', async () => {
    follow();
    await deploy('1.0.0');
    const text = await repository.read(file);
    await repository.write({ [file]: text.replace(digestOf('1.0.0'), digestOf('6.6.6')) }, 'by hand');
    const { cluster: plan } = ref('1.0.0');
    const releases = async () => {
      const { replicas } = await target.describe({ namespace, cluster: plan, environment: 'test', app: 'shop' });
      return replicas.map(({ release }) => release);
    };
    await waitFor('the watch to show it', async () => !(await releases()).includes('1.0.0'));

    const fault = await told(target.promote(ref('1.0.0'), context()));

    expect(fault).toBe(
      `Conflict: Deployment shop runs ${image}@${digestOf('6.6.6')}, and not release 1.0.0 (${digestOf('1.0.0')}): somebody else has changed it, in the repository or by hand`,
    );
    expect(await releases()).toEqual(['deployment/shop']);
  });

  it('gives no part of the traffic', async () => {
    follow();
    await deploy('1.0.0');
    expect(await told(target.shift({ ...ref('1.0.0'), weight: 5, otherRelease: null }, context()))).toMatch(
      /^InvalidInput: cluster "test" is deployed to by gitops, .*5% needs another strategy or cluster$/,
    );
  });

  it('a cancelled step ends at once', async () => {
    const stop = new AbortController();
    const input = { ...ref('1.0.0'), replicas: 3, env: {}, rolling: true, progressDeadlineSeconds: 60 };
    const step = target.prepare(input, context(stop.signal));
    await waitFor('the step to wait for the reader', () => progress.some((text) => text.includes('reader')));

    stop.abort(new Error('cancelled'));

    await expect(step).rejects.toThrow('cancelled');
  });

  describe('by pull request', () => {
    const byRequest = { mode: 'pull_request' };
    const branch = 'framework0/shop/test/1.0.0';
    const pushed = () => waitFor('the branch', async () => (await repository.branches()).includes(branch));

    it.each(['merge', 'squash'] as const)('waits until people have merged it (%s)', async (how) => {
      follow();
      const step = prepare('1.0.0', {}, byRequest);
      await pushed();
      await waitFor('the step to say so', () => progress.some((text) => text.includes('waiting for people')));
      expect(await repository.read(file)).toContain(nothing.registry);

      await repository.merge(branch, how);

      expect((await step).weights).toEqual([{ release: '1.0.0', weight: 100 }]);
      expect(progress).toContain(`${branch} is to be merged into main of ${repository.path}: waiting for people`);
    });

    it('ends when the branch is deleted instead', async () => {
      const step = told(prepare('1.0.0', {}, byRequest));
      await pushed();
      await repository.delete(branch);
      expect(await step).toBe(`CommandFailed: ${branch} was deleted and not merged into main: it was declined`);
    });

    it('ends when nobody merges, and going back takes the branch away', async () => {
      const fault = await told(prepare('1.0.0', { progressDeadlineSeconds: 1 }, byRequest));
      expect(fault).toMatch(/^CommandFailed: .*nobody has for 1 s: merge it and deploy again, or set a longer/);

      await target.retire(ref('1.0.0', byRequest), context());

      expect(await repository.branches()).toEqual(['main']);
    });

    it('tells whoever opens pull requests', async () => {
      const asked: unknown[] = [];
      const open = async (request: unknown) => {
        asked.push(request);
        return 'https://git.example.com/team/apps/pulls/7';
      };
      const other = createGitOpsTarget({ home, pullRequests: { open }, pollMs: 50 });
      const input = { ...ref('1.0.0', byRequest), replicas: 3, env: {}, rolling: true, progressDeadlineSeconds: 1 };
      const fault = await told(other.prepare(input, context()));
      await other.close?.();
      expect(fault).toContain('(https://git.example.com/team/apps/pulls/7)');
      expect(asked).toMatchObject([{ branch, into: 'main', title: 'shop 1.0.0 in test' }]);
    });
  });

  describe('going back, by pull request', () => {
    const byRequest = { mode: 'pull_request' };
    const branch = (release: string) => `framework0/shop/test/${release}`;
    const merged = async (release: string) => {
      await waitFor('the branch', async () => (await repository.branches()).includes(branch(release)));
      await repository.merge(branch(release));
    };
    /** 1.0.0, and 1.1.0 after it, each of them merged by people. */
    async function deployed(): Promise<void> {
      follow();
      for (const release of ['1.0.0', '1.1.0']) {
        const step = prepare(release, {}, byRequest);
        await merged(release);
        await step;
        await target.promote(ref(release, byRequest), context());
      }
    }
    const back = { rolling: false, goesBack: 'directly' } as const;

    it('waits for nobody: it is a commit to the branch itself', async () => {
      await deployed();

      const state = await prepare('1.0.0', back, byRequest);

      expect(state.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
      expect(await repository.branches()).toEqual(['main']);
      expect((await repository.log())[0]).toBe('shop 1.0.0 in test');
    });

    it('waits for people where that is declared', async () => {
      await deployed();
      const step = prepare('1.0.0', back, { ...byRequest, rollback: 'pull_request' });
      await merged('1.0.0');
      expect((await step).weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    });

    it('tells that the branch is protected, and comes back when people have merged', async () => {
      await deployed();
      repository.protect('Framework0');

      const refused = prepare('1.0.0', back, byRequest);
      const fault = await told(refused);
      expect(fault).toMatch(/^PermissionDenied: .*refuses the push to main \(hook declined\)/);
      expect(isProtectedBranch(await refused.catch((error) => error))).toBe(true);

      const step = prepare('1.0.0', { ...back, goesBack: 'by_request' }, byRequest);
      await merged('1.0.0');
      expect((await step).weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    });
  });

  describeTestCluster('with a release that is faulty', () => {
    it('goes back by a commit of the digest before', async () => {
      follow();
      await deploy('1.0.0');
      failing.set(digestOf('1.1.0'), 'CrashLoopBackOff');

      const fault = await told(prepare('1.1.0'));
      expect(fault).toMatch(/^CommandFailed: Pod shop-\S+: CrashLoopBackOff: .*cannot connect to the database/s);

      // The steps of the way back, as the workflow takes them.
      await prepare('1.0.0', { rolling: false });
      const shifted = await target.shift({ ...ref('1.0.0'), weight: 100, otherRelease: '1.1.0' }, context());
      await target.promote(ref('1.0.0'), context());
      const retired = await target.retire(ref('1.1.0'), context());

      expect(shifted.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
      expect(retired).toMatchObject({ stableRelease: '1.0.0', replicas: [{ release: '1.0.0', ready: 3, desired: 3 }] });
      expect((await repository.log()).slice(0, 3)).toEqual([
        'shop 1.0.0 in test',
        'shop 1.1.0 in test',
        'shop 1.0.0 in test',
      ]);
      expect(await repository.read(file)).toContain(digestOf('1.0.0'));
    });

    it('has nowhere to go with its first one, and says so', async () => {
      follow();
      failing.set(digestOf('1.0.0'), 'NeverReady');
      // The reader, too, has to come within it.
      expect(await told(prepare('1.0.0', { progressDeadlineSeconds: 10 }))).toMatch(
        /^CommandFailed: no progress for 10 s: 1.0.0: [01] of 3 replicas ready$/,
      );
      expect(await told(target.retire(ref('1.0.0'), context()))).toMatch(
        /^Conflict: release 1.0.0 is what the repository says, and there is no other one to go to/,
      );
    });
  });
});
