import { loadDocuments, planKpis } from '../../src/definition';
import { parsePercentage } from '../../src/definition/percentage';
import { load, platformText } from './support';

const sources =
  'metric_sources:\n  main: { type: prometheus, url: "http://prometheus:9090", queries: { error_rate: "errors[{{window}}]" } }\n  bare: { type: prometheus, url: "http://prometheus:9090" }\n  own: { type: builtin }\n';

const queries = "good: 'good[{{window}}]', total: 'all[{{window}}]'";
const slo = (fields: string) => `slos:\n  - { name: checkout, environment: production, ${fields} }\n`;
const kpi = (fields: string) => `kpis:\n  - { name: orders, query: 'orders', direction: up, ${fields} }\n`;

function check(text: string) {
  return loadDocuments([{ file: 'platform.yaml', text: platformText(sources + text) }]);
}

describe('what a platform says of figures', () => {
  it('is planned with shares, days and resolved sources', () => {
    const text = `${sources}${slo(`objective: 99.9%, metric_source: main, ${queries}`)}${kpi('title: Orders, source: main, target: 500, unit: per_hour')}delivery:
  production: [production, prod-eu]
  targets: { lead_time: 1d, change_failure_rate: 5%, deployment_frequency: 1 }
  cost_of_delay: { currency: EUR, per_day: 1200, workflows: { shop: 5000 } }
`;
    const plan = planKpis(load('ProductionPlatform', platformText(text)).value);

    expect(plan).toMatchObject({
      namespace: 'default',
      platform: 'local',
      slos: [
        {
          name: 'checkout',
          objective: 0.999,
          windowDays: 30,
          source: { name: 'main', type: 'prometheus' },
          queries: { good: 'good[{{window}}]', total: 'all[{{window}}]' },
        },
      ],
      kpis: [{ name: 'orders', title: 'Orders', target: 500, unit: 'per_hour', windowSeconds: 86_400 }],
      production: ['production', 'prod-eu'],
      targets: { lead_time: 86_400, change_failure_rate: 0.05, deployment_frequency: 1 },
      costOfDelay: { currency: 'EUR', perDay: 1200, workflows: { shop: 5000 } },
    });
  });

  it('may be nothing at all', () => {
    expect(planKpis(load('ProductionPlatform', platformText('')).value)).toMatchObject({
      slos: [],
      kpis: [],
      production: null,
      targets: {},
      costOfDelay: null,
    });
  });

  const faults = [
    {
      name: 'a metric source that is not there, with the nearest',
      text: slo(`objective: 99.9%, metric_source: mian, ${queries}`),
      error: { path: 'spec.slos[0].metric_source', line: 11, suggestion: 'main', expected: 'one of main, bare' },
    },
    {
      name: 'the built-in analytics, which keeps minutes',
      text: slo(`objective: 99.9%, metric_source: own, ${queries}`),
      error: { path: 'spec.slos[0].metric_source', message: expect.stringContaining('keeps minutes') },
    },
    {
      name: 'an objective of everything',
      text: slo(`objective: 100%, metric_source: main, ${queries}`),
      error: { path: 'spec.slos[0].objective', message: 'an objective of 100% leaves no error budget' },
    },
    {
      name: 'an objective of more than everything',
      text: slo(`objective: 999%, metric_source: main, ${queries}`),
      error: { path: 'spec.slos[0].objective', message: expect.stringContaining('a percentage such as 99.9%') },
    },
    {
      name: 'an objective without its unit',
      text: slo(`objective: 0.999, metric_source: main, ${queries}`),
      error: { path: 'spec.slos[0].objective' },
    },
    {
      name: 'a window of hours',
      text: slo(`objective: 99.9%, window: 36h, metric_source: main, ${queries}`),
      error: { path: 'spec.slos[0].window', expected: 'whole days, 1d to 90d' },
    },
    {
      name: 'neither queries nor an indicator',
      text: slo("objective: 99.9%, metric_source: main, good: 'good[{{window}}]'"),
      error: { path: 'spec.slos[0]', expected: 'good and total, or indicator' },
    },
    {
      name: 'both',
      text: slo(`objective: 99.9%, metric_source: main, indicator: error_rate, ${queries}`),
      error: { path: 'spec.slos[0]', expected: 'either indicator, or good and total' },
    },
    {
      name: 'an indicator that the source can only answer for one release',
      text: slo('objective: 99.9%, metric_source: bare, indicator: error_rate'),
      error: { path: 'spec.slos[0].indicator', expected: 'error_rate in its queries' },
    },
    {
      name: 'a query of one fixed window',
      text: slo("objective: 99.9%, metric_source: main, good: 'good[5m]', total: 'all[{{window}}]'"),
      error: { path: 'spec.slos[0].good', message: expect.stringContaining('one fixed window') },
    },
    {
      name: 'a query of a release, which an objective has none of',
      text: slo(
        "objective: 99.9%, metric_source: main, good: 'good{r=\"{{release}}\"}[{{window}}]', total: 'all[{{window}}]'",
      ),
      error: { path: 'spec.slos[0].good', message: 'an objective knows no {{release}}' },
    },
    {
      name: 'a name twice',
      text: `${slo(`objective: 99.9%, metric_source: main, ${queries}`)}  - { name: checkout, environment: staging, objective: 99%, metric_source: main, ${queries} }\n`,
      error: { path: 'spec.slos[1].name', line: 12, message: 'there is an objective "checkout" already' },
    },
    {
      name: 'a unit with a slip of the pen',
      text: kpi('source: main, unit: per_huor'),
      error: { path: 'spec.kpis[0].unit', message: '"per_huor" is not a known unit', suggestion: 'per_hour' },
    },
    {
      name: 'the name of a measure of delivery',
      text: 'kpis:\n  - { name: lead_time, query: x, direction: down, source: main, unit: EUR }\n',
      error: { path: 'spec.kpis[0].name', message: '"lead_time" is a measure of delivery already' },
    },
    {
      name: 'a direction that is none',
      text: 'kpis:\n  - { name: orders, query: x, direction: upp, source: main, unit: EUR }\n',
      error: { path: 'spec.kpis[0].direction', suggestion: 'up' },
    },
    {
      name: 'a currency without a cost',
      text: 'delivery: { cost_of_delay: { currency: EUR } }\n',
      error: { path: 'spec.delivery.cost_of_delay', expected: 'per_day, or workflows' },
    },
    {
      name: 'a currency that is none',
      text: 'delivery: { cost_of_delay: { currency: euro, per_day: 1 } }\n',
      error: { path: 'spec.delivery.cost_of_delay.currency', expected: expect.stringContaining('ISO 4217') },
    },
    {
      name: 'a target that does not exist',
      text: 'delivery: { targets: { leadtime: 1d } }\n',
      error: { path: 'spec.delivery.targets.leadtime', suggestion: 'lead_time' },
    },
  ];

  it.each(faults)('refuses $name', ({ text, error }) => {
    const { errors } = check(text);

    expect(errors).toEqual([expect.objectContaining({ file: 'platform.yaml', ...error })]);
  });

  it('warns of an objective so low that its alert never comes', () => {
    const { errors, warnings } = check(slo(`objective: 90%, metric_source: main, ${queries}`));

    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({ path: 'spec.slos[0].objective', message: expect.stringContaining('10 times') }),
    ]);
  });
});

describe('a percentage', () => {
  it('is read as the share it is, without binary dust', () => {
    expect(['99.9%', '0%', '100 %', '99.99 %'].map(parsePercentage)).toEqual([0.999, 0, 1, 0.9999]);
    expect(['', '99.9', '-1%', '101%', '1e2%', '%'].map(parsePercentage)).toEqual(
      Array.from({ length: 6 }, () => null),
    );
  });
});
