import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { failure } from '../../../contracts/errors';
import { nearestName } from '../../../definition/nearest-name';
import type { KubernetesSettings } from '../../../definition/schema/production-platform';

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Reads the cluster's kubeconfig into `config`: once at first, and again when its credentials are refused. */
export function readKubeConfig(config: KubeConfig, cluster: string, settings: KubernetesSettings): void {
  const where = load(config, cluster, settings.kubeconfig);
  const contexts = config.getContexts().map(({ name }) => name);
  const context = settings.context ?? config.getCurrentContext();
  if (!contexts.includes(context)) {
    const near = nearestName(context, contexts);
    const known = contexts.length > 0 ? `one of ${contexts.join(', ')}` : 'a kubeconfig with contexts';
    const meant = near ? `; did you mean ${near}?` : '';
    throw failure(
      'InvalidInput',
      `cluster "${cluster}": ${where} has no context "${context}", expected ${known}${meant}`,
    );
  }
  config.setCurrentContext(context);
  if (config.getCurrentCluster() === null || config.getCurrentUser() === null) {
    throw failure(
      'InvalidInput',
      `cluster "${cluster}": the context "${context}" of ${where} names a cluster or a user that it does not have`,
    );
  }
}

/** Answers how messages call it. */
function load(config: KubeConfig, cluster: string, file: string | undefined): string {
  const asked = file ?? process.env.KUBECONFIG;
  const home = path.join(homedir(), '.kube', 'config');
  try {
    if (file !== undefined) {
      config.loadFromFile(file);
      return `kubeconfig ${file}`;
    }
    if (!asked && !existsSync(home) && existsSync(serviceAccountToken)) {
      config.loadFromCluster();
      return "the service account of the worker's pod";
    }
    if (asked || existsSync(home)) {
      config.loadFromDefault();
      return `kubeconfig ${asked || home}`;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure('InvalidInput', `cluster "${cluster}": kubeconfig ${asked || home} cannot be read: ${why}`, {
      cause: error,
    });
  }
  throw failure(
    'InvalidInput',
    `cluster "${cluster}": this worker has no kubeconfig (neither KUBECONFIG nor ${home}) and is in no pod: set \`kubeconfig\` in the platform`,
  );
}
