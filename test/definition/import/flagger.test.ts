import { canary, canarySteps, fixture, imported, platform, stage, told, workflows } from './support';

describe('a Canary of Flagger', () => {
  it('becomes a weight and a check for each of its steps, and the confirmations of its hooks', () => {
    const result = imported(fixture('flagger-canary.yaml'));

    expect(stage(result)).toMatchObject({
      requires: ['build', 'manual_approval'],
      strategy: {
        canary: {
          steps: [
            { weight: 15 },
            { analyze: '20s' },
            { weight: 30 },
            { analyze: '20s' },
            { weight: 45 },
            { analyze: '20s' },
            // Flagger adds a step while it is below maxWeight, and so goes past it.
            { weight: 60 },
            { analyze: '20s' },
            { approve: {} },
            { weight: 100 },
          ],
        },
      },
    });
    expect(workflows(result)[0]?.spec.environments).toEqual({
      production: { cluster: 'production', monitoring: 'prometheus', progress_deadline: '5m' },
    });
  });

  it('takes the built-in metrics as error rate and latency, and templates as queries', () => {
    const result = imported(fixture('flagger-canary.yaml'));

    expect(stage(result)?.validation).toEqual({
      duration: '20s',
      success_criteria: [
        'error_rate <= 0.5% over 3m',
        'latency_p99 <= 400ms over 30s',
        'spoilt_cider >= 0 over 2m',
        'spoilt_cider <= 5 over 2m',
      ],
    });
    const { queries } = platform(result).spec.metric_sources?.prometheus ?? {};
    expect(queries?.spoilt_cider).toContain(
      '{namespace="{{namespace}}", workload="orchard-web", press="north"}[{{window}}]',
    );
    expect(result.unsupported.find(({ message }) => message.includes('datadog'))).toBeDefined();
  });

  it('goes through its own list of steps, each confirmed', () => {
    const result = imported(fixture('flagger-steps.yaml'));

    const steps = canarySteps(result);
    expect(steps.slice(0, 3)).toEqual([{ approve: {} }, { weight: 2 }, { analyze: '40s' }]);
    expect(steps.filter((step) => 'weight' in step)).toEqual([2, 8, 30, 100].map((weight) => ({ weight })));
    expect(told(result, 'spec.analysis.stepWeights')).toEqual(['weights that do not grow are left out']);
    expect(stage(result)?.validation?.success_criteria).toEqual([
      'error_rate <= 2% over 1m',
      'flicker <= 7 over 5m',
      'beam >= 2 over 1m',
    ]);
  });

  it.each([
    ['stepWeight: 50\nmaxWeight: 50', [50, 100]],
    ['stepWeight: 40', [40, 80, 100]],
    ['stepWeight: 60\nmaxWeight: 50', [60, 100]],
    ['stepWeights: [1, 100]', [1, 100]],
  ])('%j has these weights', (analysis, weights) => {
    const steps = canarySteps(imported(canary(analysis)));

    expect(steps.flatMap((step) => ('weight' in step ? [step.weight] : []))).toEqual(weights);
    // Nothing is measured: an analysis could only pass.
    expect(steps).toContainEqual({ pause: '1m' });
  });

  it('with iterations is blue-green, watched as long as they take', () => {
    const result = imported(fixture('flagger-blue-green.yaml'));

    const [office, kiosk] = workflows(result).map(({ spec }) => spec.pipeline_stages[1]);
    expect(office).toMatchObject({
      requires: ['build', 'manual_approval'],
      strategy: 'blue_green',
      validation: { duration: '4m', success_criteria: ['error_rate <= 1% over 1m30s', 'latency_p99 <= 750ms over 2m'] },
    });
    expect(kiosk).toMatchObject({ strategy: 'blue_green', validation: { duration: '3m45s' } });
    expect(told(result, 'spec.analysis.match')).toEqual([expect.stringContaining('headers')]);
  });

  it('of the provider kubernetes has ten iterations where it says nothing', () => {
    const analysis = 'interval: 1m\nmetrics: [{ name: request-success-rate, thresholdRange: { min: 99 } }]';

    expect(stage(imported(canary(analysis, 'provider: kubernetes')))?.validation?.duration).toBe('10m');
  });

  it('that skips its analysis is a rolling update', () => {
    const result = imported(canary('stepWeight: 10', 'skipAnalysis: true'));

    expect(stage(result)?.strategy).toBe('rolling');
    expect(told(result, 'spec.analysis')).toEqual([expect.stringContaining('skipAnalysis')]);
  });

  it.each([
    ['a threshold above one', 'stepWeight: 50\nthreshold: 5', 'spec.analysis.threshold'],
    [
      'a window that is none',
      'stepWeight: 50\nmetrics: [{ name: request-duration, interval: soon, thresholdRange: { max: 1 } }]',
      'spec.analysis.metrics[0].interval',
    ],
    ['a metric without limits', 'stepWeight: 50\nmetrics: [{ name: request-duration }]', 'spec.analysis.metrics[0]'],
    ['a metric of nobody', 'stepWeight: 50\nmetrics: [{ name: mood, threshold: 1 }]', 'spec.analysis.metrics[0]'],
    ['a load test', 'stepWeight: 50\nwebhooks: [{ name: load, url: "http://x" }]', 'spec.analysis.webhooks[0]'],
  ])('tells of %s', (_, analysis, path) => {
    expect(told(imported(canary(analysis)), path)).toHaveLength(1);
  });
});
