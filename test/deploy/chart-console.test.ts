import { f0 } from '../cli/harness';
import { find, leastValues, type Manifest, refusal, render, runHelm } from './chart';
import { chart, describeWith } from './tools';

const name = 'f0-framework0-console';
const ingressPods = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } };
const least = { ...leastValues, console: { enabled: true, platform: { existingConfigMap: 'platform' } } };
const everything = {
  ...leastValues,
  encryption: { existingSecret: 'payload-keys' },
  secrets: { existingSecret: 'channels' },
  console: {
    ...least.console,
    publicUrl: 'https://console.example',
    signingKey: { existingSecret: 'signing', id: 'console' },
    temporalUiUrl: 'https://temporal.example',
    ingress: { enabled: true, className: 'nginx', tlsSecret: 'console-tls' },
    envFrom: [{ secretRef: { name: 'identity-provider' } }],
  },
  networkPolicy: { consoleFrom: [ingressPods] },
};

const selects = ({ spec }: Manifest, labels: Readonly<Record<string, string>>): boolean => {
  const selector = (spec.selector.matchLabels ?? spec.selector) as Readonly<Record<string, string>>;
  return Object.entries(selector).every(([label, value]) => labels[label] === value);
};

describeWith('helm', "the chart's console", (helm) => {
  it('is there only when it is asked for', () => {
    const names = render(helm).map(({ metadata }) => metadata.name);
    expect(names.filter((one) => one.includes('console'))).toEqual([]);
  });

  it.each([
    ['the least values', least],
    ['everything', everything],
  ])('passes the strict lint with %s', (_, values) => {
    const { status, stderr } = runHelm(helm, ['lint', '--strict', chart], values);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  it('has a pod that may do nothing in the cluster, write nowhere, and is probed at its one port', () => {
    const deployment = find(render(helm, everything), 'Deployment', name);
    const { containers, ...pod } = deployment.spec.template.spec;
    const [container] = containers;

    expect(deployment.spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0 } } });
    expect(pod).toMatchObject({
      serviceAccountName: name,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container).toMatchObject({
      image: 'framework0/worker:0.1.0',
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true },
      ports: [{ name: 'http', containerPort: 8080 }],
      startupProbe: { httpGet: { path: '/health', port: 'http' } },
      livenessProbe: { httpGet: { path: '/health', port: 'http' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    });
    const writable = container.volumeMounts.filter(({ readOnly }) => !readOnly);
    expect(writable.map(({ mountPath }) => mountPath)).toEqual(['/var/lib/framework0', '/tmp']);
  });

  it('is started by a command line that f0 takes, with what it needs', async () => {
    const [container] = find(render(helm, everything), 'Deployment', name).spec.template.spec.containers;
    const { code, stderr } = await f0(container.args);
    const env = Object.fromEntries(container.env.map((one) => [one.name, one.value ?? one.valueFrom]));

    // As far as the platform, which is in the pod alone.
    expect([code, stderr]).toEqual([1, expect.stringMatching(/platform\/platform\.yaml cannot be read/)]);
    expect(container.args.slice(-2)).toEqual(['--public-url', 'https://console.example']);
    expect(env).toMatchObject({
      TEMPORAL_ADDRESS: 'temporal-frontend.temporal:7233',
      DATABASE_URL: { secretKeyRef: { name: 'framework0-database', key: 'DATABASE_URL' } },
      F0_SIGNING_KEY_FILE: '/etc/framework0/signing/signing-key.pem',
      F0_SIGNING_KEY_ID: 'console',
      F0_ENCRYPTION_KEYS_FILE: '/etc/framework0/encryption/keys.txt',
      F0_SECRETS: '/etc/framework0/secrets',
      TEMPORAL_UI_URL: 'https://temporal.example',
    });
    expect(container.envFrom).toEqual([{ secretRef: { name: 'identity-provider' } }]);
  });

  it('mounts secrets so that its group alone can read them, as all pods do: f0 takes no others', () => {
    const volumes = render(helm, everything)
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ spec }) => spec.template.spec.volumes)
      .flatMap(({ secret }) => (secret ? [secret] : []));

    expect(volumes).toContainEqual({ secretName: 'signing', defaultMode: 0o440 });
    expect(volumes.filter((secret) => (secret as { defaultMode?: number }).defaultMode !== 0o440)).toEqual([]);
  });

  it('is reached through its Service, by the host that people know', () => {
    const objects = render(helm, everything);
    const { labels } = find(objects, 'Deployment', name).spec.template.metadata;
    const service = find(objects, 'Service', name);
    const workers = find(objects, 'Deployment', 'f0-framework0-worker').spec.template.metadata.labels;

    expect([selects(service, labels), selects(service, workers)]).toEqual([true, false]);
    expect(service.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'http' }]);
    expect(find(objects, 'Ingress', name).spec).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['console.example'], secretName: 'console-tls' }],
      rules: [
        {
          host: 'console.example',
          http: { paths: [{ path: '/', backend: { service: { name, port: { name: 'http' } } } }] },
        },
      ],
    });
  });

  it('lets in who may open it, goes out to what it needs, and outlives drains of nodes', () => {
    const objects = render(helm, everything);
    const policy = find(objects, 'NetworkPolicy', name).spec;
    const { labels } = find(objects, 'Deployment', name).spec.template.metadata;
    const ports = (policy.egress as { ports: { port: number }[] }[]).flatMap((rule) => rule.ports);

    expect(policy.ingress).toEqual([{ ports: [{ port: 8080, protocol: 'TCP' }], from: [ingressPods] }]);
    expect(ports.map(({ port }) => port)).toEqual([53, 53, 7233, 5432, 443, 6443]);
    expect(find(render(helm, least), 'NetworkPolicy', name).spec.ingress).toMatchObject([
      { from: [{ podSelector: {} }] },
    ]);
    expect(selects(find(objects, 'PodDisruptionBudget', name), labels)).toBe(true);
    expect(find(objects, 'ServiceAccount', name)).toMatchObject({ automountServiceAccountToken: false });
  });

  it('has no sleep before its end where Kubernetes does not know it', () => {
    const args = ['template', 'f0', chart, '--kube-version', '1.29.0'];
    const { status, stdout } = runHelm(helm, args, everything);

    expect(status).toBe(0);
    expect(stdout).not.toContain('preStop');
  });

  it.each([
    ['no platform', { ...leastValues, console: { enabled: true } }, 'console.platform.existingConfigMap is empty'],
    ['no database', { ...least, database: {} }, 'console.enabled needs the database'],
    [
      'an Ingress without a host',
      { ...least, console: { ...least.console, ingress: { enabled: true } } },
      'console.ingress.enabled needs console.publicUrl',
    ],
    [
      'an Ingress that nobody gets through',
      { ...everything, networkPolicy: {} },
      'console.ingress.enabled needs networkPolicy.consoleFrom',
    ],
    [
      'a pool of its name',
      { ...least, pools: { console: { ...pool(), taskQueues: ['f0-operate'] } } },
      "pools.console has the name of the console's own Deployment",
    ],
    [
      'an address with a path',
      { ...least, console: { ...least.console, publicUrl: 'https://x.example/console' } },
      /'\/console\/publicUrl'.*does not match pattern/,
    ],
  ])('is refused with %s', (_, values, message) => {
    expect(refusal(helm, values)).toMatch(message);
  });
});

function pool() {
  return {
    enabled: true,
    replicas: 1,
    image: { repository: 'tools/framework0' },
    heapMiB: 512,
    resources: {},
    autoscaling: { enabled: false },
  };
}
