import { keys } from '../metrics/datadog-server';
import { DatadogEventsServer } from './datadog-events-server';
import { deployment, endedAt, itTakesFaults, secret, startedAt } from './graph-support';
import { channel, notifyRig, only } from './support';

let server: DatadogEventsServer;
let url: string;

beforeEach(async () => {
  server = new DatadogEventsServer();
  url = await server.start();
});
afterEach(() => server.stop());

const datadog = () => channel({ type: 'datadog', url, secret });
const send = (told: ReturnType<typeof deployment>) => notifyRig({ GRAPHS: keys.api }).send(datadog(), 'key', told);

describe('the Datadog channel', () => {
  it('tells the beginning and the end as events that belong together, tagged as the service is', async () => {
    await send(deployment(null));
    await send(deployment('rolled_back'));

    expect(server.events).toMatchObject([
      { alertType: 'info', dateHappened: Date.parse(startedAt) / 1_000 },
      { alertType: 'warning', dateHappened: Date.parse(endedAt) / 1_000, text: 'error_rate was 5.1 % <over 1 min>' },
    ]);
    expect(new Set(server.events.map(({ aggregationKey }) => aggregationKey)).size).toBe(1);
    expect(server.events[1]?.tags).toEqual(
      expect.arrayContaining(["service:o'shop", 'env:production', 'version:1.1.0', 'outcome:rolled_back']),
    );
  });

  it.each([
    ['succeeded', 'success'],
    ['failed', 'error'],
    ['aborted', 'warning'],
  ] as const)('shows one that has %s as %s', async (outcome, alertType) => {
    await send(deployment(outcome));
    expect(only(server.events)).toMatchObject({ alertType });
  });

  it('cuts what is too long for an event', async () => {
    await send(deployment('failed', { text: 'x'.repeat(5_000) }));
    expect(only(server.events).text).toHaveLength(4_000);
  });

  it('says what Datadog says', async () => {
    server.fault = { status: 400, body: { errors: ['date_happened is too old'] } };
    await expect(send(deployment(null))).rejects.toMatchObject({
      message: expect.stringContaining('date_happened is too old'),
    });
  });

  it("waits as long as Datadog's own header says", async () => {
    server.fault = { status: 429, headers: { 'x-ratelimit-reset': '17' }, body: { errors: ['Too many requests'] } };
    await expect(send(deployment(null))).rejects.toMatchObject({ type: 'RateLimited', nextRetryDelay: '17s' });
  });

  it('takes a page that is not of Datadog for a fault that may pass', async () => {
    server.fault = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>welcome</html>' };
    await expect(send(deployment(null))).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });

  itTakesFaults(() => server, datadog, keys.api);
});
