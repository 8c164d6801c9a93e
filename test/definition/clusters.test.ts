import { loadDocuments, planRelease } from '../../src/definition';
import { build, lastDeployment, load, plan, platformText, request, workflowText } from './support';

const appHead = 'apiVersion: framework0.io/v1\nkind: App\nmetadata: { name: shop }\nspec:\n  start: node server.js\n';
const shop = '{ manifests: k8s, image: registry.example.com/teashop/shop }';
const toStaging = workflowText(`${build}- { name: staging, environment: staging }`, {
  environments: 'staging: { cluster: staging-k8s }',
});

function told(text: string): string[] {
  return loadDocuments([{ file: 'a.yaml', text }]).errors.map(
    ({ line, column, message, expected, suggestion }) =>
      `${line}:${column} ${message} | ${expected ?? '-'} | ${suggestion ?? '-'}`,
  );
}

const platform = (cluster: string) =>
  `apiVersion: framework0.io/v1\nkind: ProductionPlatform\nmetadata: { name: p }\nspec:\n  clusters: { a: ${cluster} }`;
const app = (kubernetes: string) => `${appHead}  kubernetes: ${kubernetes}\n`;

describe('a cluster', () => {
  it.each([
    ['{ type: kubernets }', ['5:26 "kubernets" is not valid | one of local, kubernetes | kubernetes']],
    ['{ typ: local }', ['5:18 type is missing | one of local, kubernetes | -']],
    [
      '{ type: kubernetes, contxt: staging }',
      [
        '5:38 "contxt" is not a field here | one of type, kubeconfig, context, namespace, router, region, gitops | context',
      ],
    ],
    [
      '{ type: kubernetes, router: gatway }',
      ['5:46 "gatway" is not valid | one of auto, service, gateway, istio, nginx, replicas | gateway'],
    ],
    [
      '{ type: kubernetes, namespace: Shop_1 }',
      ['5:49 "Shop_1" is not valid | a namespace of Kubernetes: small letters, digits and "-", at most 63 | -'],
    ],
    [
      '{ type: local, context: staging }',
      ['5:33 "context" is not a field here | one of type, port, host, drainSeconds | -'],
    ],
    ['{ type: local, port: 0 }', ['5:39 0 is too little | at least 1 | -']],
  ])('of %s is refused where it is wrong', (text, faults) => {
    expect(told(platform(text))).toEqual(faults);
  });

  it('of Kubernetes keeps its settings in the plan', () => {
    const platformDocument = load('ProductionPlatform', platform('{ type: kubernetes, context: staging }'));
    const result = planRelease({
      ...request(
        workflowText(`${build}- { name: staging, environment: staging }`, { environments: 'staging: { cluster: a }' }),
      ),
      platform: platformDocument,
      app: load('App', app(shop)),
    });
    expect(result.errors).toEqual([]);
    expect(result.plan && lastDeployment(result.plan).cluster).toEqual({
      name: 'a',
      type: 'kubernetes',
      settings: { context: 'staging', router: 'auto' },
    });
  });
});

describe('what an app is in a cluster of Kubernetes', () => {
  it.each([
    ['{ image: shop }', ['6:15 nothing says where the manifests are | exactly one of manifests, kustomize, helm | -']],
    [
      '{ image: shop, manifests: k8s, kustomize: k8s }',
      ['6:15 there are several sources of manifests | exactly one of manifests, kustomize, helm | -'],
    ],
    ['{ manifests: k8s }', ['6:15 image is missing | text | -']],
    [
      '{ manifests: ../k8s, image: shop }',
      [`6:28 "../k8s" is not valid | a path inside the app's folder, such as k8s | -`],
    ],
    ['{ manifests: k8s, image: "shop:1.0" }', ['6:40 has a tag: the digest of the release takes its place | - | -']],
    [
      '{ manifest: k8s, image: shop }',
      [
        '6:15 nothing says where the manifests are | exactly one of manifests, kustomize, helm | -',
        '6:17 "manifest" is not a field here | one of manifests, kustomize, helm, image, workload, container, service | manifests',
      ],
    ],
  ])('is refused as %s', (text, faults) => {
    expect(told(app(text))).toEqual(faults);
  });

  it('has the name of the app where nothing else is said', () => {
    const planned = plan(toStaging, { app: load('App', app(shop)) });
    expect(planned.app.kubernetes).toEqual({
      manifests: { kind: 'folder', path: 'k8s' },
      image: 'registry.example.com/teashop/shop',
      workload: 'shop',
      container: null,
      service: 'shop',
    });
  });

  it('must be said where a stage deploys to one', () => {
    const { errors } = planRelease(
      request(toStaging, {
        platformText: platformText('').replace(
          '"*": { type: local }',
          '"*": { type: local }, staging-k8s: { type: kubernetes }',
        ),
      }),
    );
    expect(errors).toMatchObject([
      {
        path: 'spec.pipeline_stages[1].environment',
        message:
          '"staging" is on the cluster staging-k8s of type kubernetes, and the app shop does not say how it is deployed there',
        expected: 'spec.kubernetes in the manifest of the app',
      },
    ]);
  });
});
