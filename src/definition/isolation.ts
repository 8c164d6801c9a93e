import { secondsOf } from './duration';
import type { IsolationPlan } from './release-plan';
import type { ProductionPlatform } from './schema/production-platform';

export interface IsolationPolicy extends IsolationPlan {
  /** A command's own limit; the stage's may be shorter. */
  readonly timeoutSeconds: number;
}

/** The built-in policies: free for development, strict for what decides about production. */
const builtIn: Readonly<Record<string, IsolationPolicy>> = {
  development: {
    name: 'development',
    cleanEnvironment: false,
    ownDirectory: false,
    memoryMiB: 4096,
    outputMiB: 64,
    timeoutSeconds: 3600,
  },
  'production-strict': {
    name: 'production-strict',
    cleanEnvironment: true,
    ownDirectory: true,
    memoryMiB: 1024,
    outputMiB: 16,
    timeoutSeconds: 1800,
  },
};

/** Where a stage names none. */
export const defaultIsolation = 'production-strict';

export function isolationPolicies(platform: ProductionPlatform): Readonly<Record<string, IsolationPolicy>> {
  const own = Object.entries(platform.spec.isolation).map(([name, policy]): [string, IsolationPolicy] => [
    name,
    {
      name,
      cleanEnvironment: policy.clean_environment,
      ownDirectory: policy.own_directory,
      memoryMiB: policy.memory_mib,
      outputMiB: policy.output_mib,
      timeoutSeconds: secondsOf(policy.timeout, 1800),
    },
  ]);
  return { ...builtIn, ...Object.fromEntries(own) };
}
