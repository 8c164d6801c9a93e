import type { ReleasePlan, StagePlan } from '../../src/definition/release-plan';

/** The least plan that a client may send to the stand-in workflows. */
export function planOf(release: string, change: Partial<ReleasePlan> = {}): ReleasePlan {
  const stage = {
    name: 'deploy_production',
    kind: 'deploy',
    requires: [],
    gates: [],
    skip: null,
    deployment: { environment: 'production' },
  } as unknown as StagePlan;
  return {
    namespace: 'tests',
    name: 'shop',
    release,
    hash: 'hash-1',
    documentDigest: 'digest',
    app: { name: 'shop', source: '/shop', build: [], start: 'node .', healthPath: '/', metrics: null },
    inputs: {},
    maxParallelStages: 1,
    timeScale: 1,
    channels: [],
    directory: null,
    stages: [stage],
    ...change,
  };
}
