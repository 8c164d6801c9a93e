import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** What of a kubeconfig file is read here; the rest is passed on as it is. */
interface Kubeconfig {
  readonly 'current-context': string;
  /** As in the file: null where there are none. */
  readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string } }[] | null;
  readonly contexts:
    | readonly { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } }[]
    | null;
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
 * that was current. What it refers to by file is taken into the copy.
 */
export function copyKubeconfig(from: string, to: string, cluster: string, kubectl: string): { server: string } {
  const view = ['config', 'view', '--raw', '--flatten', '--output=json', `--kubeconfig=${from}`];
  const config = JSON.parse(execFileSync(kubectl, view, { encoding: 'utf8' })) as Kubeconfig;
  const named = (name: string) => config.contexts?.find((context) => context.name === name);
  const chosen = named(cluster) ?? named(config['current-context']);
  const target = config.clusters?.find(({ name }) => name === chosen?.context.cluster);
  if (!chosen || !target) {
    const names = config.contexts?.map(({ name }) => name).join(', ') || 'none';
    throw new Error(
      `${from} has neither a context \`${cluster}\` nor a current one with its cluster; contexts: ${names}`,
    );
  }
  const contexts = [...(config.contexts ?? []).filter(({ name }) => name !== cluster), { ...chosen, name: cluster }];
  writeFileSync(to, JSON.stringify({ ...config, contexts, 'current-context': cluster }), { mode: 0o600 });
  return { server: target.cluster.server };
}
