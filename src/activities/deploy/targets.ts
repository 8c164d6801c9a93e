import { failure } from '../../contracts/errors';
import { createKubernetesTarget, type KubernetesTargetOptions } from './kubernetes';
import { createLocalTarget, type LocalTargetOptions } from './local';
import type { DeployTarget, DeployTargets } from './port';

export type DeployTargetsOptions = LocalTargetOptions & KubernetesTargetOptions;

/** One line for each type of cluster. */
const adapters: Readonly<Record<string, (options: DeployTargetsOptions) => DeployTarget>> = {
  local: createLocalTarget,
  kubernetes: createKubernetesTarget,
};

/** Makes each target once, when it is first needed. */
export function createDeployTargets(options: DeployTargetsOptions): DeployTargets {
  const made = new Map<string, DeployTarget>();
  const of: DeployTargets['of'] = ({ name, type }) => {
    const create = adapters[type];
    if (create === undefined) {
      throw failure(
        'InvalidInput',
        `cluster "${name}" is of type "${type}"; this version deploys to clusters of type ${Object.keys(adapters).join(', ')}`,
      );
    }
    const target = made.get(type) ?? create(options);
    made.set(type, target);
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
