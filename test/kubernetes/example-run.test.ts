import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStatus } from '../../src/client';
import { prepareShopRelease } from '../../src/embedded/demo/shop';
import { describePrometheus, type PrometheusServer, startPrometheus } from '../activities/metrics/prometheus-server';
import { root, TestSystem } from '../e2e/test-system';
import { until } from '../support/wait-for';
import { type EndpointWatcher, watchEndpoints } from './support/endpoint-watcher';
import { startTrafficFigures, type TrafficFigures } from './support/traffic-figures';
import { describeCluster, useCluster } from './support/use-cluster';

const document = join(root, 'examples', 'enterprise-deployment-pipeline.yaml');

/** 30 minutes of soak in 20 seconds: windows of some seconds, of which Prometheus has a sample each. */
const timeScale = String(20 / (30 * 60));

(describePrometheus === describe ? describeCluster : describe.skip)('the example document on two clusters', () => {
  const staging = useCluster('staging');
  const production = useCluster('production');
  const system = new TestSystem();
  let figures: TrafficFigures;
  let prometheus: PrometheusServer;
  let platform: string;
  let shop: string;
  let watchers: readonly EndpointWatcher[] = [];

  beforeAll(async () => {
    figures = await startTrafficFigures('shop', { environment: 'production', release: '1.1.0', errors: 0.05 });
    prometheus = await startPrometheus(figures.port, {});
    const clusterOf = ({ kubeconfig, name: context, namespace }: typeof staging) => ({
      type: 'kubernetes',
      kubeconfig,
      context,
      namespace,
    });
    platform = join(system.home, 'platform.yaml');
    writeFileSync(
      platform,
      JSON.stringify({
        apiVersion: 'framework0.io/v1',
        kind: 'ProductionPlatform',
        metadata: { name: 'two-clusters' },
        spec: {
          clusters: {
            'dev-k8s': { type: 'local' },
            'staging-k8s': clusterOf(staging),
            'prod-k8s-primary': clusterOf(production),
          },
          metric_sources: { '*': { type: 'prometheus', url: prometheus.url } },
        },
      }),
    );
    shop = join(system.home, 'shop');
    await prepareShopRelease('1.0.0', shop);
    watchers = await Promise.all(
      [staging, production].map(({ kubeconfig, namespace }) => watchEndpoints(kubeconfig, namespace, 'shop')),
    );
    await system.up();
  }, 180_000);

  afterAll(async () => {
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    await system.dispose();
    await prometheus.stop();
    await figures.stop();
  }, 120_000);

  it('takes the good release to production and the faulty one back, and no Service is ever without endpoints', async () => {
    const good = await send('1.0.0');
    expect(good).toMatchObject({ phase: 'succeeded' });

    await prepareShopRelease('1.1.0', shop);
    const faulty = await send('1.1.0');

    expect(faulty).toMatchObject({ phase: 'rolled_back', reason: expect.stringContaining('error_rate') });
    expect(faulty.reason).toContain('1.0.0 serves');
    expect(await serving(production)).toBe('1-0-0');
    expect(await serving(staging)).toBe('1-1-0');
    for (const { changes, gaps } of watchers) {
      expect(changes).toBeGreaterThan(2);
      expect(gaps).toEqual([]);
    }
  }, 400_000);

  /** Sends a release, approves what it asks, and answers with how it ended. */
  async function send(release: string): Promise<RunStatus> {
    const run = await system.run(document, release, '--app', shop, '--platform', platform, '--time-scale', timeScale);
    const decided = new Set<string>();
    return until(
      async () => {
        const status = await system.status(run);
        for (const { stage, gate, askedAt } of status.awaiting) {
          const question = `${gate} ${askedAt}`;
          if (decided.has(question)) continue;
          decided.add(question);
          await system.f0('approve', run, '--stage', stage, '--gate', gate, '--as', 'bob', '--reason', 'it has soaked');
        }
        return status;
      },
      ({ endedAt }) => endedAt !== null,
      180_000,
    );
  }

  /** The release of the pods that the Service selects, as labels have it. */
  async function serving({ kubectl, namespace }: typeof staging): Promise<string> {
    const service = JSON.parse(await kubectl('get', 'service', 'shop', '-n', namespace, '-o', 'json'));
    const selector = Object.entries(service.spec.selector)
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    const { items } = JSON.parse(await kubectl('get', 'pods', '-n', namespace, '-l', selector, '-o', 'json'));
    const releases = new Set(
      items.map(
        ({ metadata }: { metadata: { labels: Record<string, string> } }) => metadata.labels['framework0.io/release'],
      ),
    );
    return [...releases].join(' and ');
  }
});
