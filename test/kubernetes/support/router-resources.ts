import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { waitFor } from '../../support/wait-for';
import type { ClusterAccess } from './access';
import { type ClusterTools, clusterTools } from './tools';

// The custom resources that routers are configured by. The cluster gets the definitions alone: no gateway, no mesh.

/** Gateway API: GatewayClass, Gateway, HTTPRoute and ReferenceGrant. */
export async function installGatewayApi(cluster: ClusterAccess): Promise<void> {
  const folder = needTools().gatewayApi;
  const kinds = /_(gatewayclasses|gateways|httproutes|referencegrants)\.yaml$/;
  const files = readdirSync(folder).filter((file) => kinds.test(file));
  await install(
    cluster,
    files.map((file) => readFileSync(join(folder, file), 'utf8')),
  );
}

/** Istio: VirtualService and DestinationRule. */
export async function installIstioApi(cluster: ClusterAccess): Promise<void> {
  const all = parseAllDocuments(readFileSync(needTools().istioApi, 'utf8')).map((document) => document.toJS() as Named);
  const wanted = ['virtualservices.networking.istio.io', 'destinationrules.networking.istio.io'];
  await install(
    cluster,
    all.filter((definition) => wanted.includes(definition?.metadata?.name ?? '')),
  );
}

interface Named {
  readonly metadata?: { readonly name?: string };
}

async function install(cluster: ClusterAccess, definitions: readonly (string | object)[]): Promise<void> {
  if (definitions.length === 0) throw new Error('the module has no such custom resource definition');
  const applied = await cluster.apply(...definitions);
  const names = applied.split('\n').map((line) => line.split(' ')[0] ?? '');
  await cluster.kubectl('wait', '--for=condition=Established', '--timeout=30s', ...names);
  // A definition is established first, and its kind is served some moments later.
  const kinds = names.map((name) => name.split('/')[1]).join(',');
  await waitFor('the kinds to be served', () => cluster.kubectl('get', kinds, '--all-namespaces'));
}

function needTools(): ClusterTools {
  const tools = clusterTools();
  if (!tools) throw new Error('the custom resource definitions come from Go modules, and there is no go command');
  return tools;
}
