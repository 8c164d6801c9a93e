import { ProductionClient, Refused } from '../../src/client';
import type { DriftReport, FieldDrift } from '../../src/contracts/cluster-changes';
import { driftWorkflowId } from '../../src/contracts/ids';
import type { DeploymentPlan, DeploymentStep } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { bob, buildStage, deploymentPlan, plan, rolling, simplePlan, stage } from './plans';

const kubernetes = { name: 'prod', type: 'kubernetes', settings: { context: 'prod' } } as const;

const scaled: FieldDrift = {
  path: 'spec.replicas',
  expected: 2,
  found: 5,
  by: { manager: 'kubectl', subresource: 'scale', at: null },
  owned: true,
  healed: false,
};

function reportOf(healed: boolean): DriftReport {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'shop',
    release: '1.0.0',
    state: 'changed',
  } as const;
  return { objects: [{ ...object, fields: [{ ...scaled, healed }], healed }], remarks: [] };
}

describe('a preview', () => {
  const harness = useHarness();
  const client = () => new ProductionClient({ client: harness().environment.client });
  const deploys = (environment: string, change: Partial<DeploymentPlan> = {}) =>
    stage(`deploy_${environment}`, { deployment: deploymentPlan(environment, { cluster: kubernetes, ...change }) });

  it('asks the clusters that can tell, each with what its strategy would do', async () => {
    const stages = [
      buildStage,
      deploys('development', { cluster: { ...kubernetes, type: 'local' } }),
      deploys('staging', { strategy: 'rolling', steps: rolling }),
      deploys('production'),
      { ...deploys('elsewhere'), skip: 'the input says so' },
    ];
    const asked: unknown[] = [];
    harness().world.cluster.preview = ({ environment, rolling: inPlace, retires, replicas }) => {
      asked.push({ environment, inPlace, retires, replicas });
      return { objects: [], refused: ['quota'], remarks: [] };
    };

    const result = await client().preview({ ...plan('1.0.0', stages), namespace: harness().namespace });

    expect(result.stages).toEqual([
      expect.objectContaining({ stage: 'deploy_staging', cluster: 'prod', unavailable: null }),
      expect.objectContaining({
        stage: 'deploy_production',
        preview: { objects: [], refused: ['quota'], remarks: [] },
      }),
    ]);
    expect(asked).toEqual(
      expect.arrayContaining([
        { environment: 'staging', inPlace: true, retires: false, replicas: 2 },
        { environment: 'production', inPlace: false, retires: true, replicas: 2 },
      ]),
    );
  });

  it('tells why there is none for a cluster that cannot be asked', async () => {
    harness().world.cluster.preview = () => {
      throw new Error('the certificate has expired');
    };

    const result = await client().preview({
      ...plan('1.0.0', [deploys('production')]),
      namespace: harness().namespace,
    });

    expect(result.stages).toEqual([
      expect.objectContaining({ preview: null, unavailable: 'the certificate has expired' }),
    ]);
  });
});

describe('what a release takes over', () => {
  const harness = useHarness();

  it('is in the audit trail, with whose it was', async () => {
    const from = [{ manager: 'helm', fields: ['spec.replicas'] }];
    harness().world.cluster.adopted = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', from }];

    await harness().run(simplePlan('1.0.0', {}, { cluster: kubernetes }));

    expect(harness().world.audit.find(({ action }) => action === 'object.adopted')).toMatchObject({
      reason: 'Deployment shop was taken over from helm',
      details: { from },
    });
  });
});

describe('a look for drift', () => {
  const harness = useHarness();
  const client = () => new ProductionClient({ client: harness().environment.client });
  const ask = (heal: boolean) =>
    client().drift({ namespace: harness().namespace, environment: 'production', heal, by: bob, reason: 'by mistake' });
  const deployed = () => harness().run(simplePlan('1.0.0', {}, { cluster: kubernetes }));

  it('asks the cluster that the release was deployed to, and changes nothing', async () => {
    await deployed();
    harness().world.cluster.drift = ({ cluster, release, replicas, heal }) => {
      expect({ cluster, release, replicas, heal }).toEqual({
        cluster: kubernetes,
        release: '1.0.0',
        replicas: 2,
        heal: false,
      });
      return reportOf(false);
    };

    const result = await ask(false);

    expect(result).toMatchObject({
      drifted: true,
      releases: [{ app: 'shop', release: '1.0.0', cluster: 'prod', report: reportOf(false) }],
    });
    expect(harness().world.actions()).not.toContain('environment.healed');
  });

  it('heals, and the audit trail has who, why and what', async () => {
    await deployed();
    harness().world.cluster.drift = ({ heal }) => reportOf(heal);

    const result = await ask(true);

    expect(result.drifted).toBe(false);
    expect(harness().world.audit.find(({ action }) => action === 'environment.healed')).toMatchObject({
      actor: bob,
      environment: 'production',
      workflowId: driftWorkflowId({ namespace: harness().namespace, environment: 'production', heal: true }),
      reason: 'production was healed (by mistake): shop: healed Deployment shop',
      details: { releases: [{ report: reportOf(true) }] },
    });
  });

  it('does not heal under a deployment at work', async () => {
    await deployed();
    const pausing: readonly DeploymentStep[] = [
      { kind: 'prepare', replicas: 1, rolling: false },
      { kind: 'pause', durationSeconds: null },
    ];
    const id = await harness().start(simplePlan('1.1.0', {}, { cluster: kubernetes, steps: pausing }));
    await harness().untilPhase(id, 'paused');

    await expect(ask(true)).rejects.toThrow(Refused);
    expect(await ask(false)).toMatchObject({ drifted: false });
  });

  it('finds none where nobody can change anything', async () => {
    await deployed();
    harness().world.cluster.drift = () => null;

    const report = { objects: [], remarks: [expect.stringContaining('nobody but us')] };
    expect(await ask(false)).toMatchObject({ drifted: false, releases: [{ report }] });
  });

  it('says so when a cluster cannot be asked, and is no drift then', async () => {
    await deployed();
    harness().world.cluster.drift = () => {
      throw new Error('the certificate has expired');
    };

    expect(await ask(false)).toMatchObject({
      drifted: false,
      releases: [{ report: null, unavailable: 'the certificate has expired' }],
    });
  });
});
