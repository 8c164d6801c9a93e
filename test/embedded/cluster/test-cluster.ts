import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ArtifactStore } from '../../../src/activities/artifacts/port';
import { createDeployTargets, type DeployContext, type DeployTarget } from '../../../src/activities/deploy';
import { type AppStatus, appStatusSchema, readAgentFile } from '../../../src/activities/deploy/local-protocol';
import type { PrepareInput, ReleaseRef } from '../../../src/contracts/activities';
import type { ClusterPlan } from '../../../src/definition/release-plan';
import { ensureClusterAgent, stopClusterAgent } from '../../../src/embedded/cluster';
import { startTimeOf } from '../../../src/embedded/cluster/process-identity';

const here = __dirname;
export const agentEntry = [
  '--require',
  path.join(here, 'typescript.cjs'),
  path.join(here, '../../../src/embedded/cluster/main.ts'),
];

/** A store in which every digest is the fixture app. */
export const fixtureArtifacts: ArtifactStore = {
  putBytes: () => Promise.reject(new Error('not used')),
  putFile: () => Promise.reject(new Error('not used')),
  readBytes: () => Promise.reject(new Error('not used')),
  unpack: (_, folder) => cp(path.join(here, 'fixture'), folder, { recursive: true }),
};

export const patient: DeployContext = { signal: new AbortController().signal, progress: () => undefined };

/** A local cluster of the test's own: a real agent, real replicas. `end` stops and removes all of it. */
export class TestCluster {
  private constructor(
    readonly home: string,
    readonly target: DeployTarget,
  ) {}

  static async start(): Promise<TestCluster> {
    const home = await mkdtemp(path.join(tmpdir(), 'f0-cluster-'));
    const ensureAgent = () => ensureClusterAgent({ home, entry: agentEntry });
    await ensureAgent();
    const targets = createDeployTargets({ home, artifacts: fixtureArtifacts, ensureAgent });
    return new TestCluster(home, targets.of({ name: 'here', type: 'local' }));
  }

  ensureAgent(): Promise<{ url: string; pid: number }> {
    return ensureClusterAgent({ home: this.home, entry: agentEntry });
  }

  async end(): Promise<void> {
    await stopClusterAgent({ home: this.home });
    await rm(this.home, { recursive: true, force: true });
  }

  /** Shift to the first release, and make it stable: where most tests start. */
  async serve(release: string, replicas = 2, cluster?: ClusterPlan): Promise<string> {
    await this.target.prepare(prepareInput(release, { replicas, ...(cluster ? { cluster } : {}) }), patient);
    const { url } = await this.target.promote(ref(release, cluster), patient);
    if (url === null) throw new Error('it has no address');
    return url;
  }

  async status(): Promise<AppStatus> {
    const agent = await readAgentFile(this.home);
    const response = await fetch(`${agent?.url}/v1/status`, {
      method: 'POST',
      headers: { authorization: `Bearer ${agent?.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ app: { namespace: 'shop', environment: 'production', app: 'web' } }),
    });
    return appStatusSchema.parse(await response.json());
  }
}

export function ref(release: string, cluster: ClusterPlan = { name: 'here', type: 'local', settings: {} }): ReleaseRef {
  return {
    key: `test/${release}`,
    namespace: 'shop',
    cluster,
    environment: 'production',
    app: {
      name: 'web',
      source: '/nowhere',
      build: [],
      start: 'node server.cjs',
      healthPath: '/healthz',
      metrics: null,
    },
    release,
    digest: `sha256:${release}`,
  };
}

export function prepareInput(release: string, more: Partial<PrepareInput> = {}): PrepareInput {
  return { ...ref(release), replicas: 2, env: {}, rolling: false, progressDeadlineSeconds: 20, ...more };
}

/** A process that has ended counts as dead, also while its parent has not taken notice. */
export function isAlive(pid: number): boolean {
  return startTimeOf(pid) !== null;
}

/** What the fixture app says of its environment. */
export async function environmentAt(url: string): Promise<Record<string, string>> {
  return (await (await fetch(new URL('/env', url))).json()) as Record<string, string>;
}
