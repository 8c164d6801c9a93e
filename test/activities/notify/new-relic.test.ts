import { userKey } from '../metrics/nerdgraph-server';
import { ChangeTrackingServer } from './change-tracking-server';
import { deployment, endedAt, itTakesFaults, secret, startedAt } from './graph-support';
import { channel, notifyRig, only } from './support';

const found = "name = 'o\\'shop' AND tags.env = 'production'";
const entity = "name = '{{app}}' AND tags.env = '{{environment}}'";
let server: ChangeTrackingServer;
let url: string;

beforeEach(async () => {
  server = new ChangeTrackingServer([found]);
  url = `${await server.start()}/graphql`;
});
afterEach(() => server.stop());

const newRelic = () => channel({ type: 'new_relic', url, secret, entity });
const send = (told: ReturnType<typeof deployment>, plan = newRelic()) =>
  notifyRig({ GRAPHS: userKey }).send(plan, 'key', told);

describe('the New Relic channel', () => {
  it('tells the beginning and the end as changes of one group, at the entity that its search finds', async () => {
    await send(deployment(null));
    await send(deployment('succeeded'));

    expect(server.events).toMatchObject([
      {
        timestamp: Date.parse(startedAt),
        user: 'anna',
        categoryAndTypeData: {
          kind: { category: 'DEPLOYMENT', type: 'CANARY' },
          categoryFields: { deployment: { version: '1.1.0' } },
        },
        customAttributes: { environment: 'production', outcome: 'running' },
      },
      { timestamp: Date.parse(endedAt), customAttributes: { outcome: 'succeeded' } },
    ]);
    expect(new Set(server.events.map(({ groupId }) => groupId)).size).toBe(1);
  });

  it.each(['rolling', 'blue_green', 'canary', 'recreate'] as const)('knows a kind for %s', async (strategy) => {
    const told = deployment(null);
    if (!told.deployment) throw new Error('no event');
    await send({ ...told, deployment: { ...told.deployment, strategy } });

    expect(server.events).toHaveLength(1);
  });

  it('says for good what search finds nothing', async () => {
    const plan = channel({ type: 'new_relic', url, secret, entity: "name = 'nothing'" });
    await expect(send(deployment(null), plan)).rejects.toMatchObject({
      type: 'InvalidInput',
      nonRetryable: true,
      message: expect.stringMatching(/name = 'nothing'.*no results.*`entity`/),
    });
  });

  it('tries again what is a fault of New Relic, although it answers 200', async () => {
    const error = { message: 'try later', extensions: { errorClass: 'SERVER_ERROR' } };
    server.fault = { status: 200, body: { data: { changeTrackingCreateEvent: null }, errors: [error] } };
    await expect(send(deployment(null))).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });

  it('takes remarks beside an event for remarks', async () => {
    server.messages = ['The short description was cut.'];
    await send(deployment(null));
    expect(only(server.events)).toMatchObject({ user: 'anna' });
  });

  it('takes a page that is not of New Relic for a fault that may pass', async () => {
    server.fault = { status: 200, body: '<html>welcome</html>' };
    await expect(send(deployment(null))).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });

  itTakesFaults(() => server, newRelic, userKey);
});
