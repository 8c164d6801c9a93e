import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What of a kubeconfig file the tests read; the rest is passed on as it is. */
export interface Kubeconfig {
  readonly 'current-context': string;
  readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string } }[];
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string; readonly namespace?: string };
  }[];
  readonly users: readonly { readonly name: string; readonly user: unknown }[];
}

export interface Access {
  readonly server: string;
  /** PEM file of whom the server's certificate is signed by. */
  readonly certificateAuthority: string;
  readonly token: string;
}

/** Writes a kubeconfig file of one context, which has the cluster's name. */
export function writeKubeconfig(file: string, cluster: string, user: string, access: Access): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [
      { name: cluster, cluster: { server: access.server, 'certificate-authority': access.certificateAuthority } },
    ],
    users: [{ name: user, user: { token: access.token } }],
    contexts: [{ name: cluster, context: { cluster, user } }],
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
}

/**
 * Copies somebody's kubeconfig file so that `cluster` is its current context: the context of that name, else the one
 * that was current.
 */
export function copyKubeconfig(from: string, to: string, cluster: string): { server: string } {
  const config = parse(readFileSync(from, 'utf8')) as Kubeconfig;
  const named = (name: string) => config.contexts.find((context) => context.name === name);
  const chosen = named(cluster) ?? named(config['current-context']);
  if (!chosen) {
    const names = config.contexts.map(({ name }) => name).join(', ') || 'none';
    throw new Error(`${from} has neither a context \`${cluster}\` nor a current one; its contexts: ${names}`);
  }
  const contexts = [...config.contexts.filter(({ name }) => name !== cluster), { ...chosen, name: cluster }];
  writeFileSync(to, JSON.stringify({ ...config, contexts, 'current-context': cluster }), { mode: 0o600 });
  const target = config.clusters.find(({ name }) => name === chosen.context.cluster);
  if (!target)
    throw new Error(
      `${from}: the context \`${chosen.name}\` names the cluster \`${chosen.context.cluster}\`, which is not there`,
    );
  return { server: target.cluster.server };
}
