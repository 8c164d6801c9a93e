import { loadDocuments } from '../../src/definition';
import { platformText } from './support';

/** What is told of a platform with one metric source, as `path | message | expected`. */
function faultsOf(source: string): string[] {
  const text = platformText(`metric_sources:\n  hosted:\n    ${source}`);
  const { errors } = loadDocuments([{ file: 'platform.yaml', text }]);
  return errors.map(({ path, message, expected }) => `${path} | ${message} | ${expected ?? '-'}`);
}

describe('a metric source', () => {
  it.each([
    'type: builtin',
    '{ type: prometheus, url: "http://prom:9090", secret: secret://env/TOKEN }',
    '{ type: datadog, secret: secret://env/A, application_secret: secret://env/B, site: us5.datadoghq.com }',
    '{ type: new_relic, account: 1234567, region: eu, secret: secret://env/A, queries: { error_rate: "SELECT x FROM Y WHERE a = \'since\'" } }',
  ])('is taken: %s', (source) => {
    expect(faultsOf(source)).toEqual([]);
  });

  const place = 'spec.metric_sources.hosted';
  it.each([
    {
      source: 'type: datadog',
      faults: [
        `${place} | a datadog source needs an API key | secret: secret://env/DD_API_KEY`,
        `${place} | a datadog source needs an application key | application_secret: secret://env/DD_APP_KEY`,
      ],
    },
    {
      source: 'type: new_relic',
      faults: [
        `${place} | a new_relic source needs an account | account: 1234567`,
        `${place} | a new_relic source needs a user key | secret: secret://env/NEW_RELIC_USER_KEY`,
      ],
    },
    {
      source: '{ type: prometheus, url: "http://prom:9090", site: datadoghq.eu, account: 1 }',
      faults: [
        `${place}.site | site means nothing to a source of type prometheus | no site here`,
        `${place}.account | account means nothing to a source of type prometheus | no account here`,
      ],
    },
    {
      source: '{ type: new_relic, account: 1, secret: secret://env/A, queries: { heat: SELECT x FROM Y FACET host } }',
      faults: [
        `${place}.queries.heat | a query of New Relic gives one figure of a time that the analysis chooses, and this one says FACET | NRQL such as SELECT average(duration) FROM Metric WHERE service.version = '{{release}}'`,
      ],
    },
    {
      source: '{ type: datadog, site: datadog.eu, secret: secret://env/A, application_secret: abc }',
      faults: [
        `${place}.application_secret | what is written here is not valid | a reference such as secret://env/NAME: a value has no place in a document`,
        expect.stringMatching(/hosted\.site \| "datadog\.eu" is not valid \| one of .*datadoghq\.eu/),
      ],
    },
    {
      source: '{ type: datadog, operation: "a{b", secret: secret://env/A, application_secret: secret://env/B }',
      faults: [expect.stringContaining('the name of a span, such as web.request')],
    },
  ])('is refused: $source', ({ source, faults }) => {
    const told = faultsOf(source);

    expect(told).toHaveLength(faults.length);
    expect(told).toEqual(expect.arrayContaining(faults));
  });
});
