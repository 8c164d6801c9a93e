import type { KubeObject } from '../../../../src/activities/deploy/kubernetes/api';
import { desiredDeployment } from '../../../../src/activities/deploy/kubernetes/desired';
import { manifestSet } from '../../../../src/activities/deploy/kubernetes/manifest-set';
import { app, digestOf, manifests } from '../../../kubernetes/support/shop';

const plan = app.kubernetes ?? fail('the app has a plan');
const set = (objects: readonly object[], change = {}) =>
  manifestSet({ ...plan, ...change }, 'shop', 'teashop', objects as readonly KubeObject[]);
const changed = (from: string, to: string) => JSON.parse(JSON.stringify(manifests()).replaceAll(from, to)) as object[];

function fail(message: string): never {
  throw new Error(message);
}

describe('the manifests of a release', () => {
  it.each([
    [
      'no such Deployment',
      changed('"kind":"Deployment","metadata":{"name":"shop"}', '"kind":"Deployment","metadata":{"name":"shopp"}'),
      {},
      'the manifests have no Deployment shop; they have shopp (did you mean shopp?): set `workload` under kubernetes in the manifest of the app',
    ],
    [
      'no Service at all',
      manifests().slice(0, 1),
      {},
      'the manifests have no Service shop; they have no Service at all: set `service` under kubernetes in the manifest of the app',
    ],
    [
      'two Deployments',
      [...manifests(), ...manifests().slice(0, 1)],
      {},
      'the manifests have 2 Deployments shop: expected one',
    ],
    [
      'no such container',
      manifests(),
      { container: 'web' },
      'Deployment shop has no container web: it has shop; set `container` under kubernetes in the manifest of the app',
    ],
    [
      'a Service that selects nothing',
      changed('"selector":{"app":"shop"},"ports"', '"ports"'),
      {},
      'Service shop in the manifests selects no pods: expected spec.selector',
    ],
    [
      'a Service that selects other pods',
      changed('"selector":{"app":"shop"},"ports"', '"selector":{"app":"web"},"ports"'),
      {},
      'Service shop selects app=web, and the pods of Deployment shop have app=shop: it would never have an endpoint',
    ],
    [
      'another namespace',
      changed('"metadata":{"name":"shop"}', '"metadata":{"name":"shop","namespace":"other"}'),
      {},
      'Deployment shop in the manifests is for the namespace other, and this environment is in teashop: leave it out, or set `namespace` of the cluster',
    ],
  ])('are refused with %s', (_, objects, change, message) => {
    expect(() => set(objects, change)).toThrow(message);
  });

  it('are changed in image, replicas, environment and labels alone', () => {
    const found = set(manifests());
    const ref = {
      key: 'deployment/default/shop/test/1.0.0/run-id/3',
      namespace: 'teashop',
      cluster: { name: 'test', type: 'kubernetes', settings: {} },
      environment: 'test',
      app,
      release: '1.0.0',
      digest: digestOf('1.0.0'),
    } as const;
    const desired = desiredDeployment(found, ref, {
      name: 'shop-1-0-0',
      replicas: 3,
      env: { LEVEL: 'info' },
      previous: null,
      adopted: false,
    });

    expect(desired).toMatchObject({
      metadata: {
        name: 'shop-1-0-0',
        annotations: { 'framework0.io/release': '1.0.0', 'framework0.io/run': 'deployment/default/shop/test/1.0.0' },
      },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'shop', 'framework0.io/workload': 'shop-1-0-0' } },
        template: { metadata: { labels: { app: 'shop', 'framework0.io/release': '1-0-0' } } },
      },
    });
    const [container] = desired.spec?.template.spec?.containers ?? [];
    expect(container).toMatchObject({
      image: `registry.example.com/teashop/shop@${digestOf('1.0.0')}`,
      resources: { requests: { cpu: '10m', memory: '16Mi' } },
      env: [
        { name: 'LEVEL', value: 'info' },
        { name: 'F0_RELEASE', value: '1.0.0' },
        { name: 'F0_ENVIRONMENT', value: 'test' },
      ],
    });
    const inPlace = desiredDeployment(found, ref, {
      name: 'shop',
      replicas: 3,
      env: {},
      previous: null,
      adopted: false,
    });
    expect(inPlace.spec?.selector).toEqual({ matchLabels: { app: 'shop' } });
  });
});
