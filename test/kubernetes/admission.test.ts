import { waitFor } from '../support/wait-for';
import { blueGreen, useDeploying } from './support/deploying';
import { useShop } from './support/namespaces';
import { previewOf } from './support/previews';
import { manifests } from './support/shop';
import { told } from './support/told';
import { describeTestCluster, useCluster } from './support/use-cluster';
import { startWebhook, type Webhook } from './support/webhook';

jest.setTimeout(180_000);

const message = 'every Deployment needs an owner';
const position = 'metadata.labels.owner';

/** The manifests, with the label that the webhook asks for. */
const owned = (objects: ReturnType<typeof manifests>) =>
  JSON.parse(
    JSON.stringify(objects).replace(
      '"metadata":{"name":"shop"}',
      '"metadata":{"name":"shop","labels":{"owner":"tea"}}',
    ),
  ) as object[];

describeTestCluster('a webhook of the cluster that must admit', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);
  const deploying = useDeploying(() => using().shop.target);
  let webhook: Webhook;

  beforeEach(async () => {
    webhook = await startWebhook(cluster, using().namespace, ({ object }) => {
      const { labels } = object.metadata as { labels?: Record<string, string> };
      if (labels?.owner) return null;
      const causes = [{ reason: 'FieldValueRequired', field: position, message: 'is missing' }];
      return { code: 403, message, details: { causes } };
    });
  });
  afterEach(() => webhook.remove());

  const refusal = (name: string) =>
    `cluster "test": Deployment ${name} in namespace ${using().namespace} was refused by the admission webhook ${using().namespace}.test.framework0.io: ${message} (at ${position}: is missing)`;

  it('is shown by the plan, with its message and the field, before anything is changed', async () => {
    const { shop, kubectl } = using();

    const preview = await previewOf(shop, '1.0.0');

    expect(preview.refused).toEqual([refusal('shop-1-0-0')]);
    expect(webhook.asked.every(({ dryRun }) => dryRun)).toBe(true);
    expect(await kubectl('get', 'deployments', '-o', 'name')).toBe('');
  });

  it('ends a deployment at once, with the same words, and what served before serves on', async () => {
    const { shop, kubectl } = using();
    shop.pack('1.0.0', { change: owned });
    expect(await deploying().deploy(shop, '1.0.0', blueGreen)).toMatchObject({ phase: 'succeeded' });

    const end = await deploying().deploy(shop, '1.1.0', blueGreen);

    expect(end).toMatchObject({ phase: 'rolled_back', servingRelease: '1.0.0' });
    expect(end.reason).toBe(`${refusal('shop-1-1-0')}; 1.0.0 serves`);
    expect(await kubectl('get', 'deployments', '-o', 'name')).toBe('deployment.apps/shop-1-0-0');
    expect(webhook.asked.filter(({ object }) => object.metadata.name === 'shop-1-1-0')).toHaveLength(1);
  });

  it('that is down is waited for', async () => {
    const { shop } = using();
    shop.pack('1.0.0', { change: owned });
    await webhook.breakDown();
    expect(await told(shop.prepare('1.0.0'))).toMatch(/^Unavailable: .*failed calling webhook/s);

    const run = await deploying().begin(shop, '1.0.0', blueGreen);
    await webhook.repair();

    expect(await deploying().end(run)).toMatchObject({ phase: 'succeeded', servingRelease: '1.0.0' });
  });

  it('a policy of the cluster is shown as a webhook is', async () => {
    const { shop, namespace } = using();
    const name = `${namespace}.few`;
    const rules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }];
    const api = 'admissionregistration.k8s.io/v1';
    const spec = {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: rules },
      validations: [{ expression: 'object.spec.replicas <= 2', message: 'at most 2 replicas' }],
    };
    const here = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    const binding = { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector: here } };
    await cluster.apply(
      { apiVersion: api, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec },
      { apiVersion: api, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: binding },
    );
    try {
      shop.pack('1.0.0', { change: owned });
      // The API server compiles a policy some moments after it was applied.
      const refused = await untilRefused(() => previewOf(shop, '1.0.0', owned(manifests())));

      expect(refused).toEqual([
        `cluster "test": Deployment shop-1-0-0 in namespace ${namespace} was refused by the admission policy ${name}: at most 2 replicas`,
      ]);
      expect(await told(shop.prepare('1.0.0'))).toBe(`InvalidInput: ${refused[0]}`);
    } finally {
      await cluster.kubectl('delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', name);
    }
  });
});

async function untilRefused(look: () => ReturnType<typeof previewOf>): Promise<readonly string[]> {
  return waitFor('the policy to be in force', async () => {
    const { refused } = await look();
    return refused.length > 0 ? refused : null;
  });
}
