import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** Paths of what `scripts/test-clusters.mjs` builds and installs. */
export interface ClusterTools {
  readonly kubernetes: string;
  readonly kubectl: string;
  readonly kwok: string;
  /** Folder of kwok's own stages. */
  readonly kwokStages: string;
  readonly etcd: string;
  /** Folder of the Gateway API's custom resource definitions. */
  readonly gatewayApi: string;
  /** File of Istio's. */
  readonly istioApi: string;
}

/** Null where this machine cannot have them; `npm test` has asked already and passes the answer on. */
export function clusterTools(): ClusterTools | null {
  const known = process.env.F0_TEST_CLUSTER_TOOLS;
  if (known) return JSON.parse(known) as ClusterTools | null;
  const script = join(resolve(__dirname, '..', '..', '..'), 'scripts', 'test-clusters.mjs');
  const found = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.env.F0_TEST_CLUSTER_TOOLS = found.trim();
  return JSON.parse(found) as ClusterTools | null;
}

/** Ours, of the version of the clusters; for somebody else's clusters, theirs. */
export function kubectlCommand(): string {
  return (!process.env.F0_TEST_KUBECONFIG && clusterTools()?.kubectl) || 'kubectl';
}
