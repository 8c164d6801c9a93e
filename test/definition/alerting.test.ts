import { alertingFaults } from '../../src/definition/check-alerting';
import { checkPlatform } from '../../src/definition/check-platform';
import { planAlerting } from '../../src/definition/plan-alerting';
import { type ProductionPlatform, productionPlatform } from '../../src/definition/schema/production-platform';
import { timeScale } from '../../src/definition/time-scale';

const hook = { type: 'webhook', url: 'https://hooks.example.com/' };

function platform(alerting: unknown, channels: unknown = { ops: hook, spare: hook }): ProductionPlatform {
  return productionPlatform.parse({
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionPlatform',
    metadata: { name: 'platform' },
    spec: { clusters: { '*': { type: 'local' } }, channels, alerting },
  });
}

describe('alerting in a platform', () => {
  it('tells every channel of every alert where no route is written', () => {
    const { routes } = planAlerting(platform({}).spec.alerting ?? never(), ['ops', 'spare'], timeScale(1));

    expect(routes.map(({ matchers, channels, goOn }) => ({ matchers, channels, goOn }))).toEqual([
      { matchers: {}, channels: ['ops'], goOn: true },
      { matchers: {}, channels: ['spare'], goOn: true },
    ]);
  });

  it('is planned with every default, in seconds, escalations in their order', () => {
    const escalate = [
      { after: '1h', channels: ['spare'] },
      { after: '15m', channels: ['ops'] },
    ];
    const routes = [
      { match: { severity: 'critical', app: ['a', 'b'] }, channels: ['ops'], escalate, repeat_every: '0s' },
    ];

    expect(planAlerting(platform({ routes }).spec.alerting ?? never(), [], timeScale(1)).routes).toEqual([
      {
        name: 'route-1',
        matchers: { severity: ['critical'], app: ['a', 'b'] },
        groupBy: ['namespace', 'environment', 'alertname'],
        groupWaitSeconds: 1,
        groupIntervalSeconds: 30,
        repeatEverySeconds: null,
        channels: ['ops'],
        escalate: [
          { afterSeconds: 900, channels: ['ops'] },
          { afterSeconds: 3600, channels: ['spare'] },
        ],
        goOn: false,
      },
    ]);
  });

  it('names channels that are not there, and the nearest that is', () => {
    const routes = [{ channels: ['opps'], escalate: [{ after: '1m', channels: ['management'] }] }];

    expect(alertingFaults(platform({ routes }).spec)).toMatchObject([
      {
        path: ['spec', 'alerting', 'routes', 0, 'channels', 0],
        message: 'there is no channel "opps"',
        suggestion: 'ops',
      },
      { path: ['spec', 'alerting', 'routes', 0, 'escalate', 0, 'channels', 0], suggestion: null },
    ]);
  });

  it('needs somebody to tell, and names that are told apart', () => {
    expect(alertingFaults(platform({}, {}).spec)).toMatchObject([
      { message: expect.stringContaining('nobody to tell') },
    ]);
    const twice = { name: 'all', channels: ['ops'] };
    expect(alertingFaults(platform({ routes: [twice, twice] }).spec)).toMatchObject([
      { message: 'there is a route "all" already' },
    ]);
  });

  it.each([
    [{ type: 'slack', to: ['C1'] }, 'needs a credential'],
    [{ type: 'slack', secret: 'secret://env/S' }, 'Slack needs one channel'],
    [{ type: 'pagerduty' }, 'needs a credential'],
    [{ type: 'alertmanager' }, 'needs an address'],
  ])('refuses the channel %j', (channel, message) => {
    const { errors } = checkPlatform(platform(undefined, { ops: channel }));
    expect(errors).toMatchObject([{ message: expect.stringContaining(message) }]);
  });
});

function never(): never {
  throw new Error('the platform has alerting');
}
