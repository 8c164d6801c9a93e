import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { waitFor } from '../../support/wait-for';
import type { ClusterAccess } from './access';
import { makeAuthority, makeServerCertificate } from './certificates';

/** As much of a request for admission as these webhooks look at. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: string;
  readonly dryRun?: boolean;
  readonly object: { readonly metadata: { readonly name: string }; readonly spec?: Readonly<Record<string, unknown>> };
}

/** The `Status` that it is refused with; null: it is let through. */
export type Verdict = (request: AdmissionRequest) => object | null;

export interface Webhook {
  readonly asked: readonly AdmissionRequest[];
  /** The server goes away, its configuration stays. */
  breakDown(): Promise<void>;
  repair(): Promise<void>;
  /** Takes the configuration away too. */
  remove(): Promise<void>;
}

/** A validating webhook for the Deployments of one namespace: a real HTTPS server that the API server asks. */
export async function startWebhook(
  cluster: Pick<ClusterAccess, 'apply' | 'kubectl'>,
  namespace: string,
  judge: Verdict,
): Promise<Webhook> {
  const authority = await makeAuthority('webhook');
  const { key, certificate: cert } = await makeServerCertificate(authority);
  const asked: AdmissionRequest[] = [];
  const create = () =>
    createServer({ key, cert }, async (incoming, answer) => {
      const { request } = (await json(incoming)) as { request: AdmissionRequest };
      asked.push(request);
      const status = judge(request);
      const response = { uid: request.uid, allowed: status === null, ...(status && { status }) };
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
    });
  let server = create();
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const name = `${namespace}.test.framework0.io`;
  await cluster.apply(configuration(name, namespace, `https://127.0.0.1:${port}/`, authority.certificate));
  // The API server asks it some moments after it was told of it.
  await waitFor('the webhook to be asked', async () => {
    const attempt = ['create', 'deployment', 'attempt', '--image=attempt', '--dry-run=server'];
    await cluster.kubectl(...attempt, '-n', namespace).catch(() => '');
    return asked.length > 0;
  });
  asked.length = 0;
  return {
    asked,
    breakDown: close,
    repair: async () => {
      server = create();
      await listen(port);
    },
    remove: async () => {
      await cluster.kubectl('delete', 'validatingwebhookconfiguration', name);
      if (server.listening) await close();
    },
  };
}

function configuration(name: string, namespace: string, url: string, authority: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name,
        clientConfig: { url, caBundle: Buffer.from(authority).toString('base64') },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
        ],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 5,
        failurePolicy: 'Fail',
      },
    ],
  };
}
