import { loadDocuments } from '../../src/definition';
import { planOfRegion } from '../../src/definition/region-plans';
import type { DeploymentPlan } from '../../src/definition/release-plan';
import { build, lastDeployment, plan, platformText, readExample, workflowText } from './support';

const regions =
  'regions: { eu: { cluster: prod-eu }, us: { cluster: prod-us, replicas: 6 }, ap: { cluster: prod-ap } }';
const triggers = 'monitoring: { rollback_triggers: [error_rate > 2%], watch_after: 0s }';

function production(fields: string, stage = '', timeScale = 1, platform?: string): DeploymentPlan {
  const stages = `${build}- { name: live, environment: production${stage === '' ? '' : `, ${stage}`} }\n`;
  const text = workflowText(stages, { environments: `production: { ${fields} }` });
  return lastDeployment(plan(text, { timeScale, ...(platform ? { platformText: platform } : {}) }));
}

const namesOf = ({ waves = [] }: DeploymentPlan) => waves.map((wave) => wave.regions.map(({ region }) => region));

describe('the plan of an environment with regions', () => {
  it('is one wave of all, one after the other, and fails where a region does not answer', () => {
    const deployment = production(regions);

    expect(namesOf(deployment)).toEqual([['eu', 'us', 'ap']]);
    expect(deployment.waves).toMatchObject([{ maxParallel: 1, soak: null }]);
    expect(deployment.unreachable).toEqual({ policy: 'fail', afterSeconds: 60 });
    expect(deployment.cluster.name).toBe('prod-eu');
  });

  it('has the waves in their order', () => {
    const deployment = production(`${regions}, waves: [{ regions: [us] }, { regions: [ap, eu], max_parallel: 2 }]`);

    expect(namesOf(deployment)).toEqual([['us'], ['ap', 'eu']]);
    expect(deployment.waves?.map(({ maxParallel }) => maxParallel)).toEqual([1, 2]);
  });

  it('says of a region only what it has of its own, and makes a plan for one cluster of it', () => {
    const platform = platformText('metric_sources: { eu-metrics: { type: prometheus, url: "http://eu:9090" } }');
    const deployment = production(
      'replicas: 3, regions: { eu: { cluster: prod-eu, monitoring: eu-metrics }, us: { cluster: prod-us, replicas: 6 } }',
      '',
      1,
      platform,
    );
    const [eu, us] = deployment.waves?.[0]?.regions ?? [];
    if (!eu || !us) throw new Error('there are no regions');

    expect(Object.keys(eu)).toEqual(['region', 'cluster', 'metricSource']);
    expect(planOfRegion(deployment, eu)).toMatchObject({ replicas: 3, metricSource: { url: 'http://eu:9090' } });
    expect(planOfRegion(deployment, us)).toMatchObject({
      region: 'us',
      cluster: { name: 'prod-us' },
      replicas: 6,
      steps: [{ kind: 'prepare', replicas: 6 }, { kind: 'promote' }],
      metricSource: { name: 'builtin' },
    });
    expect(planOfRegion(deployment, us)).not.toHaveProperty('waves');
  });

  it('soaks with what the stage watches, without its judge', () => {
    const deployment = production(
      `${regions}, rollback_threshold: 0.9, waves: [{ regions: [eu], soak: 30m }, { regions: [us, ap] }]`,
      triggers,
    );

    expect(deployment.waves?.map(({ soak }) => soak)).toMatchObject([
      {
        kind: 'analyze',
        analysis: {
          name: 'soak',
          durationSeconds: 1800,
          judge: null,
          triggers: [{ kind: 'condition', condition: { metric: 'error_rate' } }],
        },
      },
      null,
    ]);
  });

  it.each([
    ['waits where the stage watches nothing', ''],
    ['waits where only a judge would watch', 'rollback_threshold: 0.9, '],
  ])('%s', (_name, fields) => {
    const deployment = production(`${fields}${regions}, waves: [{ regions: [eu, us, ap], soak: 30m }]`);

    expect(deployment.waves?.[0]?.soak).toEqual({ kind: 'pause', durationSeconds: 1800 });
  });

  it('scales soaks, and the time for an answer no further than an answer needs', () => {
    const deployment = production(
      `${regions}, on_unreachable: wait, waves: [{ regions: [eu, us, ap], soak: 30m }]`,
      '',
      0.001,
    );

    expect(deployment.waves?.[0]?.soak).toEqual({ kind: 'pause', durationSeconds: 1.8 });
    expect(deployment.unreachable).toEqual({ policy: 'wait', afterSeconds: 30 });
  });

  it.each([
    ['skip', 60],
    ['fail', 60],
    ['wait', 3600],
  ])('asks an hour only where it is said to wait: %s', (policy, afterSeconds) => {
    expect(production(`${regions}, on_unreachable: ${policy}`).unreachable).toEqual({ policy, afterSeconds });
  });

  it('of one cluster knows nothing of regions, so that its hash is what it was', () => {
    const deployment = production('cluster: prod-eu');

    for (const field of ['region', 'waves', 'unreachable']) expect(deployment).not.toHaveProperty(field);
  });

  it('needs each cluster and metric source in the platform', () => {
    const text = workflowText(`${build}- { name: live, environment: production }\n`, {
      environments:
        'production: { regions: { eu: { cluster: prod-eu }, us: { cluster: prod-uss, monitoring: nine } } }',
    });
    const platform = `${platformText('').replace('"*"', 'prod-us')}\n`.replace(
      'prod-us:',
      'prod-eu: { type: local }, prod-us:',
    );

    const { errors } = loadDocuments([
      { file: 'workflow.yaml', text },
      { file: 'platform.yaml', text: `${platform}  metric_sources: { builtin: { type: builtin } }\n` },
    ]);

    expect(errors.map(({ path, message, suggestion }) => [path, message, suggestion])).toEqual([
      ['spec.environments.production.regions.us.cluster', 'the platform has no cluster "prod-uss"', 'prod-us'],
      ['spec.environments.production.regions.us.monitoring', 'the platform has no metric source "nine"', null],
    ]);
  });

  it('is what the example says', () => {
    const { errors, warnings } = loadDocuments([readExample('regions-pipeline.yaml'), readExample('shop/f0.app.yaml')]);

    expect([...errors, ...warnings]).toEqual([]);
  });
});
