import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What it takes to use a cluster. */
export interface ClusterAccess {
  /** Also the name of the context in its kubeconfig files. */
  readonly name: string;
  readonly server: string;
  /** File of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Answers with what it printed. Thrown when it fails: with what it said. */
  kubectl(...args: string[]): Promise<string>;
  /** Server-side apply of manifests, each of them YAML or an object. */
  apply(...manifests: readonly (string | object)[]): Promise<string>;
  /** File of the kubeconfig of a user who has no rights until a test binds a role to them. */
  kubeconfigFor(user: string): string;
}

/** The part that one process can hand to another. */
export interface ClusterDetails {
  readonly name: string;
  readonly server: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly users: readonly string[];
}

export function clusterAccess(details: ClusterDetails, kubectlCommand: string): ClusterAccess & ClusterDetails {
  const { name, folder, users, kubeconfig } = details;
  // What a cluster serves differs from one to the next, and the ports come round again.
  const common = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(folder, 'kubectl-cache')}`];
  const run = async (args: readonly string[], input = ''): Promise<string> => {
    // A list of a thousand pods is some megabytes.
    const running = promisify(execFile)(kubectlCommand, [...common, ...args], { maxBuffer: 256 * 1024 * 1024 });
    // One that ends before it has read it tells by its own answer why.
    running.child.stdin?.on('error', () => {});
    running.child.stdin?.end(input);
    return (await running).stdout.trimEnd();
  };
  return {
    ...details,
    kubectl: (...args) => run(args),
    apply: (...manifests) => {
      const documents = manifests.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      return run(['apply', '--server-side', '--force-conflicts', '--filename=-'], documents.join('\n---\n'));
    },
    kubeconfigFor: (user) => {
      if (users.includes(user)) return join(folder, `${user}.kubeconfig`);
      throw new Error(`the cluster ${name} has no user \`${user}\`, but ${users.join(', ') || 'none'}`);
    },
  };
}
