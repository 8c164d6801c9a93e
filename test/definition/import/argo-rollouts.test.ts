import { fixture, imported, platform, rollout, stage, template, told, workflows } from './support';

const prometheus = 'provider: { prometheus: { address: "http://p.example.com", query: "up{r=\\"{{release}}\\"}" } }';

describe('a canary of Argo Rollouts', () => {
  it('becomes weights and pauses, with what the environment needs', () => {
    const result = imported(fixture('argo-canary.yaml'));

    expect(stage(result)?.strategy).toEqual({
      canary: {
        steps: [
          { weight: 10 },
          { pause: '2m' },
          { weight: 35 },
          { pause: '45s' },
          { pause: {} },
          { weight: 70 },
          { pause: '1m30s' },
        ],
        retire_after: '1m30s',
      },
    });
    expect(workflows(result)[0]).toMatchObject({
      metadata: { name: 'teahouse', namespace: 'tea', labels: { team: 'tasting' } },
      spec: { environments: { production: { replicas: 6, progress_deadline: '8m' } } },
    });
    expect(platform(result).spec.clusters).toEqual({ production: { type: 'kubernetes', router: 'nginx' } });
  });

  it('says where a weight does not grow, and goes on without it', () => {
    const result = imported(rollout('canary: { steps: [{ setWeight: 40 }, { setWeight: 20 }, { setWeight: 0 }] }'));

    expect(stage(result)?.strategy).toEqual({ canary: { steps: [{ weight: 40 }] } });
    expect(told(result, 'spec.strategy.canary.steps[1].setWeight')).toEqual([
      'a weight of 20 does not come after 40: the step is left out',
    ]);
    expect(told(result, 'spec.strategy.canary.steps[2].setWeight')).toHaveLength(1);
  });

  it.each([
    ['"90"', '1m30s'],
    ['90', '1m30s'],
    ['1h30m', '1h30m'],
  ])('waits %s', (duration, expected) => {
    const result = imported(rollout(`canary: { steps: [{ pause: { duration: ${duration} } }] }`));

    expect(stage(result)?.strategy).toEqual({ canary: { steps: [{ pause: expected }] } });
  });

  it('takes weights of a thousand as percent', () => {
    const strategy =
      'canary: { trafficRouting: { maxTrafficWeight: 1000 }, steps: [{ setWeight: 5 }, { setWeight: 500 }] }';

    expect(stage(imported(rollout(strategy)))?.strategy).toEqual({
      canary: { steps: [{ weight: 0.5 }, { weight: 50 }] },
    });
  });

  it('without steps is a rolling update', () => {
    expect(stage(imported(rollout('canary: { maxSurge: 1 }')))?.strategy).toBe('rolling');
  });

  it('with a workloadRef names the Deployment in the report, and stays two workflows', () => {
    const result = imported(fixture('argo-workload-ref.yaml'));

    expect(workflows(result).map(({ metadata }) => metadata.name)).toEqual(['ferry-north', 'ferry-south']);
    expect(result.unsupported.find(({ path }) => path === 'spec.workloadRef')?.remedy).toContain('workload');
  });
});

describe('an analysis of Argo Rollouts', () => {
  it('becomes conditions of the stage, queries of the platform, and analyses between the steps', () => {
    const result = imported(fixture('argo-analysis.yaml'));

    expect(stage(result)).toMatchObject({
      validation: { duration: '5m', success_criteria: ['customers_latency <= 0.25', 'customers_latency > 0'] },
      monitoring: {
        interval: '30s',
        rollback_triggers: ['burnt_loaves > 0.08', 'burnt_loaves < 0'],
        alerts: ['chatter >= 70'],
        watch_after: '0s',
      },
    });
    expect(platform(result).spec.metric_sources).toEqual({
      prometheus: {
        type: 'prometheus',
        url: 'http://prometheus.example.com:9090',
        queries: {
          burnt_loaves: 'sum(rate(loaves_burnt{street="mill-lane", rollouts_pod_template_hash="{{release}}"}[2m]))',
          customers_latency: 'histogram_quantile(0.95, sum by (le) (rate(waiting_seconds_bucket[5m])))',
          chatter: 'avg(chatter_decibel)',
        },
      },
    });
  });

  it('in the background makes analyses of the pauses from its first step on', () => {
    const result = imported(fixture('argo-analysis.yaml'));

    expect(stage(result)?.strategy).toEqual({
      canary: {
        steps: [
          { weight: 5 },
          { pause: '1m' },
          { weight: 20 },
          { analyze: '10m' },
          { analyze: '5m' },
          // A job and an experiment could have ended the rollout: a person decides in their place.
          { approve: {} },
          { approve: {} },
          { weight: 100 },
          { pause: {} },
        ],
      },
    });
  });

  it('keeps its names from those of the built-in metrics, whose units are others', () => {
    const metric = `- name: error-rate\n  successCondition: result[0] <= 5\n  ${prometheus}`;
    const result = imported(
      rollout('canary: { analysis: { templates: [{ templateName: shop }] } }', template('shop', metric)),
    );

    expect(stage(result)?.validation?.success_criteria).toEqual(['shop_error_rate <= 5']);
  });

  it('with both limits goes back in between too, and says so', () => {
    const metric = `- name: hits\n  successCondition: result >= 9\n  failureCondition: result < 5\n  ${prometheus}`;
    const result = imported(
      rollout('canary: { analysis: { templates: [{ templateName: shop }] } }', template('shop', metric)),
    );

    expect(stage(result)).toMatchObject({
      validation: { success_criteria: ['hits >= 9'] },
      monitoring: { rollback_triggers: ['hits < 5'] },
    });
    expect(told(result, 'spec.metrics[0].failureCondition')).toEqual([expect.stringContaining('inconclusive')]);
  });

  it('measures at most as far apart as its steps are long', () => {
    const metric = `- name: hits\n  interval: 5m\n  successCondition: result >= 9\n  ${prometheus}`;
    const strategy =
      'canary: { analysis: { templates: [{ templateName: shop }] }, steps: [{ setWeight: 5 }, { pause: { duration: 30s } }] }';
    const result = imported(rollout(strategy, template('shop', metric)));

    expect(stage(result)?.monitoring).toBeUndefined();
    expect(told(result, 'spec.strategy.canary.steps')).toEqual([expect.stringContaining('5m is longer than a step')]);
  });

  it('without an address asks a person for one', () => {
    const metric = '- { name: hits, successCondition: result > 1, provider: { prometheus: { query: up } } }';
    const result = imported(
      rollout('canary: { analysis: { templates: [{ templateName: shop }] } }', template('shop', metric)),
    );

    expect(told(result, 'spec.metrics[0].provider.prometheus.address')).toEqual([
      expect.stringContaining('http://prometheus:9090'),
    ]);
  });

  it('leaves out a metric whose query needs a secret', () => {
    const metric =
      '- { name: hits, successCondition: result > 1, provider: { prometheus: { query: "up{t=\\"{{args.key}}\\"}" } } }';
    const analysis =
      'analysis: { templates: [{ templateName: shop }], args: [{ name: key, valueFrom: { secretKeyRef: { name: a, key: b } } }] }';
    const result = imported(rollout(`canary: { ${analysis} }`, template('shop', metric)));

    expect(stage(result)?.validation).toBeUndefined();
    expect(told(result, 'spec.metrics[0]')).toEqual([expect.stringContaining('arguments without a value')]);
    expect(told(result, 'spec.strategy.canary.analysis.args[0]')).toHaveLength(1);
  });

  it('ends where templates take each other in', () => {
    const one =
      'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: one }\nspec: { templates: [{ templateName: two }] }\n';
    const two = one
      .replaceAll('one', 'x')
      .replaceAll('two', 'one')
      .replaceAll('x }', 'two }')
      .replace('name: x', 'name: two');

    const result = imported(
      rollout('canary: { analysis: { templates: [{ templateName: one }] } }', `${one}---\n${two}`),
    );

    expect(stage(result)?.strategy).toBe('rolling');
  });
});

describe('a blue-green Rollout', () => {
  it('is approved first, switched, watched, and keeps the old release', () => {
    const result = imported(fixture('argo-blue-green.yaml'));

    expect(stage(result)).toMatchObject({
      requires: ['build', 'manual_approval'],
      strategy: { blue_green: { retire_after: '10m' } },
      validation: { duration: '4m', success_criteria: ['found_books >= 0.97', 'quiet_found_books >= 0.97'] },
      monitoring: { interval: '1m' },
    });
    expect(told(result, 'spec.strategy.blueGreen.prePromotionAnalysis')).toEqual([
      expect.stringContaining('when the traffic has been switched'),
    ]);
  });

  it('asks nobody where it promotes by itself', () => {
    expect(stage(imported(rollout('blueGreen: { activeService: shop }')))).toMatchObject({
      requires: ['build'],
      strategy: 'blue_green',
    });
  });

  it('asks a person in the place of an analysis that nothing here can do', () => {
    const metric = '- { name: smoke, provider: { job: { spec: {} } } }';
    const strategy =
      'blueGreen: { activeService: shop, prePromotionAnalysis: { templates: [{ templateName: smoke }] } }';

    expect(stage(imported(rollout(strategy, template('smoke', metric))))?.requires).toEqual([
      'build',
      'manual_approval',
    ]);
  });
});
