import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { toolPath } from '../deploy/tools';
import { until } from '../support/wait-for';
import { failed } from '../workflows/world';
import { canary, useDeploying } from './support/deploying';
import { watchEndpoints } from './support/endpoint-watcher';
import { useShop } from './support/namespaces';
import { digestOf } from './support/shop';
import { told } from './support/told';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const helm = toolPath('helm');
if (helm === null) console.warn('skipped: there is no helm, and it cannot be built here');

(helm === null ? describe.skip : describeTestCluster)('an app whose manifests are a Helm chart', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster, {
    manifests: { kind: 'helm', chart: 'chart', values: ['values/{{environment}}.yaml'] },
  });
  const deploying = useDeploying(() => using().shop.target);
  const before = process.env.PATH;
  let chart: Record<string, string>;

  beforeAll(() => {
    process.env.PATH = [dirname(helm ?? ''), before].join(delimiter);
    chart = chartOf(helm ?? '');
  });
  afterAll(() => {
    process.env.PATH = before;
  });

  /** The chart that `helm create` makes, with what an environment sets of it. */
  const packed = (values: object, more: Record<string, string> = {}) => ({
    ...chart,
    ...more,
    'values/test.yaml': JSON.stringify(values),
  });

  it('is deployed as a canary, and back, with all that the chart has', async () => {
    const { shop, kubectl, read, namespace } = using();
    const values = { podAnnotations: { team: 'tea' }, service: { port: 8000 } };
    for (const release of ['1.0.0', '1.1.0', '1.2.0']) shop.packFiles(release, packed(values));

    expect(await deploying().deploy(shop, '1.0.0', canary)).toMatchObject({ phase: 'succeeded' });
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    const up = await deploying().deploy(shop, '1.1.0', canary);
    deploying().world.analyze = async () => failed('error_rate was 9%');
    const back = await deploying().deploy(shop, '1.2.0', canary);
    await watcher.stop();

    expect(up).toMatchObject({ phase: 'succeeded', servingRelease: '1.1.0' });
    expect(back).toMatchObject({ phase: 'rolled_back', reason: 'at 25% is fail: error_rate was 9%; 1.1.0 serves' });
    expect(watcher.gaps).toEqual([]);
    expect(watcher.changes).toBeGreaterThan(2);
    const deployment = await read<Deployment>('deployment', 'shop-1-1-0');
    expect(deployment.spec.template).toMatchObject({
      metadata: { annotations: { team: 'tea' }, labels: { 'app.kubernetes.io/name': 'shop' } },
      spec: {
        serviceAccountName: 'shop',
        containers: [{ name: 'shop', image: `registry.example.com/teashop/shop@${digestOf('1.1.0')}` }],
      },
    });
    expect((await read<Service>('service', 'shop')).spec.ports).toMatchObject([{ port: 8000 }]);
    // The chart's test is run by `helm test`, and by nobody else.
    const others = async () => {
      const all = await kubectl('get', 'serviceaccounts,deployments,pods', '-o', 'name');
      return all.split('\n').filter((name) => !/^pod\/shop-1-1-0-/.test(name));
    };
    // Pods of the other releases go some time after their Deployments.
    expect(await until(others, (names) => !names.some((name) => /^pod\/shop-1-[02]-0-/.test(name)))).toEqual([
      'serviceaccount/default',
      'serviceaccount/shop',
      'deployment.apps/shop-1-1-0',
    ]);
  });

  it('whose values do not fit is told with what helm says', async () => {
    const { shop } = using();
    const broken = { 'chart/templates/broken.yaml': '{{ required "image.pullSecret is needed" .Values.pullSecret }}' };
    shop.packFiles('1.0.0', packed({}, broken));
    expect(await told(shop.prepare('1.0.0'))).toMatch(
      /^InvalidInput: `helm template` cannot render the manifests: .*image\.pullSecret is needed/s,
    );
  });

  it('with a hook is refused: it would run at another time than Helm runs it', async () => {
    const { shop } = using();
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', annotations: { 'helm.sh/hook': 'pre-upgrade' } },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image: 'migrate' }] } } },
    };
    shop.packFiles('1.0.0', packed({}, { 'chart/templates/migrate.yaml': JSON.stringify(job) }));
    expect(await told(shop.prepare('1.0.0'))).toBe(
      'InvalidInput: Job migrate of the chart is a hook of Helm (pre-upgrade), and nobody runs those here: make it a stage of the pipeline (`run`), and turn it off by a value',
    );
  });
});

interface Deployment {
  readonly spec: { readonly template: object };
}

interface Service {
  readonly spec: { readonly ports: readonly object[] };
}

function chartOf(command: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'f0-chart-'));
  try {
    execFileSync(command, ['create', 'shop'], { cwd: folder, stdio: 'ignore' });
    const made = join(folder, 'shop');
    const files = readdirSync(made, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(made, name)).isFile(),
    );
    return Object.fromEntries(files.map((name) => [`chart/${name}`, readFileSync(join(made, name), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
