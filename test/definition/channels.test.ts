import { checkPlatform } from '../../src/definition/check-platform';
import { alertingConfigOf, planChannels } from '../../src/definition/plan-channels';
import { type ProductionPlatform, productionPlatform } from '../../src/definition/schema/production-platform';

const secret = 'secret://env/KEY';

function platform(channels: unknown, more: object = {}): ProductionPlatform {
  return productionPlatform.parse({
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionPlatform',
    metadata: { name: 'platform' },
    spec: { clusters: { '*': { type: 'local' } }, channels, ...more },
  });
}
const faultsOf = (given: ProductionPlatform) =>
  checkPlatform(given).errors.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('channels of graphs', () => {
  it('are planned with the addresses of their vendors', () => {
    const given = platform({
      grafana: { type: 'grafana', url: 'https://grafana.example', secret },
      datadog: { type: 'datadog', site: 'datadoghq.eu', secret },
      us: { type: 'new_relic', secret },
      eu: { type: 'new_relic', region: 'eu', entity: "name = 'a'", secret },
      proxied: { type: 'datadog', url: 'https://proxy.example', secret },
    });

    expect(faultsOf(given)).toEqual([]);
    expect(planChannels(given)).toMatchObject([
      { name: 'grafana', type: 'grafana', url: 'https://grafana.example', secret },
      { url: 'https://api.datadoghq.eu' },
      { url: 'https://api.newrelic.com/graphql', entity: "name = '{{app}}'" },
      { url: 'https://api.eu.newrelic.com/graphql', entity: "name = 'a'" },
      { url: 'https://proxy.example' },
    ]);
  });

  it('leave the plans of other channels as they were', () => {
    expect(planChannels(platform({ ops: { type: 'console' } }))).toEqual([
      { name: 'ops', type: 'console', url: null, to: [], from: null, secret: null },
    ]);
  });

  it.each([
    [{ type: 'grafana', secret }, 'spec.channels.one: a channel of type grafana needs an address'],
    [{ type: 'grafana', url: 'https://g.example' }, 'spec.channels.one: a channel of type grafana needs a credential'],
    [{ type: 'datadog' }, 'spec.channels.one: a channel of type datadog needs a credential'],
    [{ type: 'new_relic' }, 'spec.channels.one: a channel of type new_relic needs a credential'],
    [
      { type: 'console', site: 'datadoghq.eu' },
      'spec.channels.one.site: site means nothing to a channel of type console',
    ],
    [
      { type: 'datadog', secret, entity: 'x' },
      'spec.channels.one.entity: entity means nothing to a channel of type datadog',
    ],
    [
      { type: 'grafana', url: 'https://g.example', secret, region: 'eu' },
      'spec.channels.one.region: region means nothing to a channel of type grafana',
    ],
  ])('%j is refused', (channel, fault) => {
    expect(faultsOf(platform({ one: channel }))).toEqual([fault]);
  });

  it('are no channels for alerts', () => {
    const channels = { graphs: { type: 'datadog', secret }, ops: { type: 'console' } };

    expect(alertingConfigOf(platform(channels, { alerting: {} }))?.alerting.routes).toMatchObject([
      { channels: ['ops'] },
    ]);
    const routed = platform(channels, { alerting: { routes: [{ channels: ['graphs'] }] } });
    expect(faultsOf(routed)).toEqual([
      'spec.alerting.routes.0.channels.0: channel "graphs" is of type datadog: deployments are marked there, and nobody hears of an alert by it',
    ]);
    expect(faultsOf(platform({ graphs: channels.graphs }, { alerting: {} }))).toEqual([
      'spec.alerting: there is nobody to tell: the platform has no channels for alerts',
    ]);
  });
});
