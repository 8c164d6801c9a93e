import type { DeployOutcome, Notification } from '../../../src/contracts/activities';
import type { ChannelPlan } from '../../../src/definition/release-plan';
import type { FakeVendor, VendorAnswer } from '../metrics/fake-vendor';
import { notification, notifyRig } from './support';

/** Within a day of now, as vendors want it. */
export const startedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 600_000).toISOString();
export const endedAt = new Date(Date.parse(startedAt) + 300_000).toISOString();

export const secret = 'secret://env/GRAPHS';

/** The beginning of a deployment, or its end. */
export function deployment(outcome: DeployOutcome | null, change: Partial<Notification> = {}): Notification {
  return {
    ...notification,
    type: outcome === null ? 'deployment.started' : 'deployment.ended',
    title: outcome === null ? "o'shop 1.1.0 goes to production" : `o'shop 1.1.0 in production: ${outcome}`,
    text: outcome === null ? 'canary, released by anna' : 'error_rate was 5.1 % <over 1 min>',
    at: outcome === null ? startedAt : endedAt,
    deployment: { id: 'deployment/team/shop/1', app: "o'shop", strategy: 'canary', by: 'anna', startedAt, outcome },
    ...change,
  };
}

/** What every channel of graphs makes of answers that it cannot use; a test adds it to its own. */
export function itTakesFaults(server: () => FakeVendor, channelOf: () => ChannelPlan, key: string): void {
  const send = (timeoutSeconds = 20, value = key, channel = channelOf()) =>
    notifyRig({ GRAPHS: value }, timeoutSeconds).send(channel, 'key', deployment(null));
  const faults: readonly (readonly [VendorAnswer, object])[] = [
    [
      { status: 400, body: {} },
      { type: 'InvalidInput', nonRetryable: true },
    ],
    [
      { status: 403, body: {} },
      { type: 'PermissionDenied', nonRetryable: true },
    ],
    [
      { status: 429, headers: { 'retry-after': '30' }, body: {} },
      { type: 'RateLimited', nonRetryable: false, nextRetryDelay: '30s' },
    ],
    [
      { status: 500, body: {} },
      { type: 'Unavailable', nonRetryable: false },
    ],
    [
      { status: 502, body: '<html>bad gateway</html>' },
      { type: 'Unavailable', nonRetryable: false },
    ],
  ];

  it.each(faults)('takes an answer of %j as %j', async (fault, expected) => {
    server().fault = fault;
    await expect(send()).rejects.toMatchObject(expected);
  });

  it('says Timeout when there is no answer', async () => {
    server().fault = 'hang';
    await expect(send(0.3)).rejects.toMatchObject({ type: 'Timeout', nonRetryable: false });
  });

  it('says that it cannot be reached, and is tried again', async () => {
    const nobody = { ...channelOf(), url: 'http://127.0.0.1:9' };
    await expect(send(20, key, nobody)).rejects.toMatchObject({
      type: 'Unavailable',
      nonRetryable: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('says that a wrong key is not accepted, and not which', async () => {
    await expect(send(20, 'wrong-one')).rejects.toMatchObject({
      type: 'PermissionDenied',
      nonRetryable: true,
      message: expect.not.stringContaining('wrong-one'),
    });
  });

  it('refuses an address that is none', async () => {
    await expect(send(20, key, { ...channelOf(), url: 'graphs' })).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('sends nothing that is meant for people', async () => {
    await notifyRig({ GRAPHS: key }).send(channelOf());
    expect(server().requests).toEqual([]);
  });
}
