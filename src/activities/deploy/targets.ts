import { failure } from '../../contracts/errors';
import { createGitOpsTarget, type GitOpsTargetOptions } from './gitops';
import { createKubernetesTarget, type KubernetesTargetOptions } from './kubernetes';
import { createLocalTarget, type LocalTargetOptions } from './local';
import type { DeployTarget, DeployTargets } from './port';

export type DeployTargetsOptions = LocalTargetOptions & KubernetesTargetOptions & GitOpsTargetOptions;

/** One line for each type of cluster, and one for clusters that are deployed to by commits. */
const adapters: Readonly<Record<string, (options: DeployTargetsOptions) => DeployTarget>> = {
  local: createLocalTarget,
  kubernetes: createKubernetesTarget,
};
const byCommits: Readonly<Record<string, (options: DeployTargetsOptions) => DeployTarget>> = {
  kubernetes: createGitOpsTarget,
};

/** Makes each target once, when it is first needed. */
export function createDeployTargets(options: DeployTargetsOptions): DeployTargets {
  const made = new Map<string, DeployTarget>();
  const of: DeployTargets['of'] = ({ name, type, settings }) => {
    const isGitOps = settings?.gitops !== undefined;
    const create = isGitOps ? byCommits[type] : adapters[type];
    if (create === undefined) {
      throw failure(
        'InvalidInput',
        `cluster "${name}" is of type "${type}"; this version deploys to clusters of type ${Object.keys(adapters).join(', ')}`,
      );
    }
    const key = isGitOps ? `${type} by commits` : type;
    const target = made.get(key) ?? create(options);
    made.set(key, target);
    return target;
  };
  return {
    of,
    endpointsOf: async (target) => of(target.cluster).endpoints(target),
    close: async () => {
      await Promise.all([...made.values()].map((target) => target.close?.()));
    },
  };
}
