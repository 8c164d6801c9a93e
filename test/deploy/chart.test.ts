import { allTaskQueues } from '../../src/contracts/task-queues';
import { loadWorkerConfig } from '../../src/workers';
import { find, leastValues, type Manifest, render, runHelm, variable } from './chart';
import { chart, describeWith } from './tools';

const everything = {
  image: { registry: 'registry.example.com/tools', tag: '1.2.0', pullSecrets: ['pull'] },
  temporal: {
    address: 'temporal:7233',
    existingConfigMap: 'temporal-config',
    existingSecret: 'temporal-key',
    tls: { enabled: true, existingSecret: 'temporal-tls', ca: true, clientCertificate: true },
  },
  database: { existingSecret: 'framework0-database' },
  encryption: { existingSecret: 'payload-keys' },
  secrets: { existingSecret: 'channels' },
  targets: {
    namespaces: ['shop-staging', 'shop-production'],
    routers: ['gateway', 'istio', 'nginx'],
    kubeconfigsSecret: 'kubeconfigs',
  },
  pools: { worker: { autoscaling: { enabled: true } } },
  versioning: { enabled: true, previous: [{ tag: '1.1.0' }] },
  serviceMonitor: { enabled: true },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
};

const onePool = {
  enabled: true,
  replicas: 3,
  image: { repository: 'tools/framework0' },
  heapMiB: 1024,
  resources: { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } },
  autoscaling: { enabled: false },
};

const pods = (objects: readonly Manifest[]) => objects.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
const deployments = (objects: readonly Manifest[]) => objects.filter(({ kind }) => kind === 'Deployment');

describeWith('helm', 'the chart', (helm) => {
  it.each([
    ['the least values', leastValues],
    ['everything', everything],
  ])('passes the strict lint with %s', (_, values) => {
    const { status, stdout, stderr } = runHelm(helm, ['lint', '--strict', chart], values);
    expect({ status, stderr, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('0 chart(s) failed'),
    });
  });

  it('runs five workers, and the observer apart from everything else', () => {
    const objects = render(helm);
    const queues = Object.fromEntries(
      deployments(objects).map((one) => [one.metadata.name, variable(one, 'F0_TASK_QUEUES')]),
    );
    const worker = find(objects, 'Deployment', 'f0-framework0-worker');

    expect(queues).toEqual({
      'f0-framework0-worker': 'f0-orchestrate,f0-integrate',
      'f0-framework0-deploy': 'f0-deploy',
      'f0-framework0-observer': 'f0-observe',
      'f0-framework0-operate': 'f0-operate',
    });
    expect(Object.values(queues).join(',').split(',').sort()).toEqual([...allTaskQueues].sort());
    expect(worker.spec.replicas).toBe(5);
    expect(worker.spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } });
  });

  it('gives workers an environment that they accept', () => {
    for (const one of deployments(render(helm, everything))) {
      const env = Object.fromEntries(
        one.spec.template.spec.containers[0].env.map(({ name, value }) => [name, value ?? 'postgresql://u@db/f0']),
      );
      const { F0_ENCRYPTION_KEYS_FILE: file, ...readable } = env;
      const config = loadWorkerConfig(readable, { home: '/var/lib/framework0' });

      expect(file).toBe('/etc/framework0/encryption/keys.txt');
      expect(config.taskQueues.join(',')).toBe(env.F0_TASK_QUEUES);
      expect(config.health).toEqual({ host: '0.0.0.0', port: 8080 });
      expect(config.metrics).toEqual({ host: '0.0.0.0', port: 9090 });
      expect(config.deployment?.name).toBe('f0-framework0');
    }
  });

  it.each([0, 20, 600])('lets a pod end no sooner than a drain of %d s', (shutdownGraceSeconds) => {
    for (const one of deployments(render(helm, { ...leastValues, shutdownGraceSeconds }))) {
      expect(variable(one, 'F0_SHUTDOWN_GRACE_SECONDS')).toBe(String(shutdownGraceSeconds));
      expect(one.spec.template.spec.terminationGracePeriodSeconds).toBe(shutdownGraceSeconds + 10);
    }
  });

  it('hardens every container: not root, nothing to write to, no capability', () => {
    for (const { spec } of pods(render(helm, everything)).map((one) => one.spec.template)) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of spec.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources).toMatchObject({
          requests: { memory: expect.any(String) },
          limits: expect.anything(),
        });
        const writable = container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
        expect(writable).toEqual(expect.arrayContaining(['/tmp', '/var/lib/framework0']));
      }
    }
  });

  it('probes /health and /ready', () => {
    for (const one of deployments(render(helm))) {
      const [container] = one.spec.template.spec.containers;
      expect(container.startupProbe).toMatchObject({ httpGet: { path: '/health', port: 'health' } });
      expect(container.livenessProbe).toMatchObject({ httpGet: { path: '/health', port: 'health' } });
      expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/ready', port: 'health' } });
    }
  });

  it('gives each pool what its queues need and no more', () => {
    const has = Object.fromEntries(
      deployments(render(helm, { ...everything, versioning: { enabled: false } })).map((one) => {
        const { spec } = one.spec.template;
        const volumes = spec.volumes.map(({ name }) => name);
        const env = spec.containers[0].env.map(({ name }) => name);
        return [
          one.metadata.labels['app.kubernetes.io/component'],
          {
            token: spec.automountServiceAccountToken,
            database: env.includes('DATABASE_URL'),
            artifacts: volumes.includes('artifacts'),
            kubeconfigs: volumes.includes('clusters'),
          },
        ];
      }),
    );
    expect(has).toEqual({
      worker: { token: false, database: true, artifacts: false, kubeconfigs: false },
      deploy: { token: true, database: false, artifacts: true, kubeconfigs: true },
      observer: { token: true, database: true, artifacts: false, kubeconfigs: true },
      operate: { token: false, database: false, artifacts: true, kubeconfigs: false },
    });
  });

  it('names secrets and holds none', () => {
    const objects = render(helm, everything);
    const database = find(objects, 'Deployment', 'f0-framework0-worker-1-2-0').spec.template.spec.containers[0];

    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    expect(database.env).toContainEqual({
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'framework0-database', key: 'DATABASE_URL' } },
    });
    expect(database.envFrom).toEqual([
      { configMapRef: { name: 'temporal-config' } },
      { secretRef: { name: 'temporal-key' } },
    ]);
  });

  it('makes roles in the target namespaces alone, for the pools that work there', () => {
    const objects = render(helm, { ...leastValues, targets: { namespaces: ['shop'], routers: ['gateway'] } });
    const roles = objects.filter(({ kind }) => kind === 'Role');
    const [deploy] = roles.filter(({ metadata }) => metadata.name === 'f0-framework0-deploy');
    const granted = deploy?.rules.flatMap(({ resources, verbs }) =>
      resources.map((one) => `${one}: ${verbs.join(' ')}`),
    );

    expect(objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
    expect(new Set(roles.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['shop']));
    expect(granted).toContain('deployments: get list watch create patch delete');
    expect(granted).toContain('httproutes: get list watch patch');
    expect(granted?.join()).not.toMatch(/virtualservices|ingresses|\*/);
    expect(granted?.find((one) => one.startsWith('secrets'))).toBe('secrets: create patch delete');
    expect(find(objects, 'RoleBinding', 'f0-framework0-deploy').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'f0-framework0-deploy', namespace: 'framework0' },
    ]);
    expect(find(objects, 'RoleBinding', 'f0-framework0-observe').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'f0-framework0-observer', namespace: 'framework0' },
    ]);
  });

  it('scales on the backlog of the build that a Deployment runs, and leaves the number of its pods to that', () => {
    const objects = render(helm, everything);
    const scaled = find(objects, 'ScaledObject', 'f0-framework0-worker-1-2-0').spec;

    expect(find(objects, 'Deployment', 'f0-framework0-worker-1-2-0').spec.replicas).toBeUndefined();
    expect(scaled).toMatchObject({
      scaleTargetRef: { name: 'f0-framework0-worker-1-2-0' },
      minReplicaCount: 5,
      triggers: [
        {
          type: 'temporal',
          metadata: { taskQueue: 'f0-orchestrate', queueTypes: 'workflow', workerDeploymentBuildId: '1.2.0' },
        },
        {
          type: 'temporal',
          metadata: { taskQueue: 'f0-integrate', queueTypes: 'activity', workerDeploymentBuildId: '1.2.0' },
        },
      ],
    });
  });

  it('keeps the workers of earlier builds beside the new ones', () => {
    const objects = render(helm, everything);
    const builds = deployments(objects)
      .filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'worker')
      .map((one) => [one.metadata.name, variable(one, 'F0_BUILD_ID'), one.spec.template.spec.containers[0].image]);
    const check = find(objects, 'Job', 'f0-framework0-check-builds-1-2-0');
    const setCurrent = find(objects, 'Job', 'f0-framework0-set-current-1-2-0');

    expect(builds).toEqual([
      ['f0-framework0-worker-1-2-0', '1.2.0', 'registry.example.com/tools/framework0/worker:1.2.0'],
      ['f0-framework0-worker-1-1-0', '1.1.0', 'registry.example.com/tools/framework0/worker:1.1.0'],
    ]);
    expect(check.metadata.annotations?.['helm.sh/hook']).toBe('pre-upgrade');
    expect(check.spec.template.spec.containers[0].args.join(' ')).toBe(
      'worker-version check --deployment-name f0-framework0 --serve 1.2.0 1.1.0',
    );
    expect(setCurrent.metadata.annotations?.['helm.sh/hook']).toBe('post-install,post-upgrade,post-rollback');
    expect(setCurrent.spec.template.spec.containers[0].args.join(' ')).toBe(
      'worker-version set-current --deployment-name f0-framework0 --build-id 1.2.0 --wait 240',
    );
  });

  it('takes one pool for all queues', () => {
    const pools = {
      worker: null,
      deploy: null,
      observer: null,
      operate: null,
      all: { ...onePool, taskQueues: allTaskQueues },
    };
    const objects = render(helm, { ...leastValues, targets: { namespaces: ['shop'] }, pools });

    expect(deployments(objects).map(({ metadata }) => metadata.name)).toEqual(['f0-framework0-all']);
    expect(find(objects, 'RoleBinding', 'f0-framework0-deploy').subjects).toMatchObject([
      { name: 'f0-framework0-all' },
    ]);
  });

  it('lets the pods of a pool be told apart from those of all others', () => {
    const selectors = deployments(render(helm, everything)).map(({ spec }) =>
      JSON.stringify(spec.selector.matchLabels),
    );
    expect(new Set(selectors).size).toBe(selectors.length);
  });
});
