import { measureDeployments } from '../../../src/activities/metrics';
import type { DeployActivities, PrepareInput, TrafficState } from '../../../src/contracts/activities';
import { target } from './app';

const prepare: PrepareInput = {
  key: 'k',
  namespace: 'shop',
  cluster: target().cluster,
  environment: 'production',
  app: {
    name: 'shop',
    source: '/shop',
    build: [],
    start: 'node server.js',
    healthPath: '/healthz',
    metrics: target().appMetrics,
  },
  release: '1.1.0',
  digest: 'sha256:0',
  replicas: 2,
  env: {},
  rolling: false,
  progressDeadlineSeconds: 60,
};
const traffic = (stableRelease: string | null): TrafficState => ({
  stableRelease,
  weights: [],
  replicas: [],
  url: null,
});

function deployment(describeTraffic: DeployActivities['describeTraffic']) {
  const did: string[] = [];
  const note = (what: string) => async (input: { release: string }) => {
    did.push(`${what} ${input.release}`);
    return traffic('1.0.0');
  };
  const deploy: DeployActivities = {
    prepareRelease: note('prepare'),
    shiftTraffic: note('shift'),
    bringBackRelease: note('bring back'),
    promoteRelease: note('promote'),
    retireRelease: note('retire'),
    describeTraffic,
    previewRelease: async () => null,
    detectDrift: async () => null,
  };
  const metrics = {
    warm: (one: ReturnType<typeof target>) => did.push(`warm ${one.release}`),
    keep: (one: ReturnType<typeof target>) => did.push(`keep ${one.release} of ${one.app} in ${one.environment}`),
  };
  return {
    did,
    measured: measureDeployments(deploy, {
      warm: (one) => void metrics.warm(one),
      keep: (one) => void metrics.keep(one),
    }),
  };
}

it('measures the candidate and the release before it from the beginning of a deployment', async () => {
  const { did, measured } = deployment(async () => traffic('1.0.0'));

  await measured.prepareRelease(prepare);
  await measured.shiftTraffic({ ...prepare, weight: 100, otherRelease: '1.0.0' });
  await measured.promoteRelease(prepare);

  expect(did).toEqual([
    'warm 1.1.0',
    'keep 1.0.0 of shop in production',
    'prepare 1.1.0',
    'shift 1.1.0',
    'promote 1.1.0',
    'keep 1.1.0 of shop in production',
  ]);
});

it.each([
  { name: 'nothing serves yet', describe: async () => traffic(null) },
  { name: 'the cluster does not tell', describe: () => Promise.reject(new Error('down')) },
])("is in nobody's way when $name", async ({ describe }) => {
  const { did, measured } = deployment(describe);

  await measured.prepareRelease(prepare);

  expect(did).toEqual(['warm 1.1.0', 'prepare 1.1.0']);
});
