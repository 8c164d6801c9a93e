import { globalAgent } from 'node:https';
import { alertMessage, alertRig, endMessage } from './alert-support';
import { type FakePagerDuty, integrationKey, startPagerDuty } from './pagerduty-server';
import { channel, notification, notifyRig, only } from './support';

const env = { PAGER: integrationKey };
let server: FakePagerDuty;

beforeAll(async () => {
  server = await startPagerDuty();
  globalAgent.options.ca = server.ca;
});
afterAll(() => server.stop());
beforeEach(() => {
  server.events.length = 0;
  server.requests = 0;
  server.fault = null;
});

const pager = (secret = 'secret://env/PAGER') => channel({ type: 'pagerduty', url: server.url, secret });

describe('the PagerDuty channel', () => {
  it('triggers, acknowledges and resolves one incident', async () => {
    const rig = alertRig(env);
    const acknowledged = { by: 'bob', at: '2026-03-01T10:02:00.000Z', reason: 'on it' };

    await rig.send(alertMessage({ channel: pager() }));
    await rig.send(alertMessage({ channel: pager(), kind: 'acknowledged', acknowledged, key: 'second' }));
    await rig.send(endMessage({ channel: pager(), key: 'third' }));

    expect(server.events.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(server.events.map(({ dedup_key }) => dedup_key)).size).toBe(1);
    expect(server.events[0]?.payload).toMatchObject({
      summary: 'Firing: error_rate > 5% in production: error_rate is 7%',
      source: 'production',
      severity: 'warning',
      group: 'team',
    });
  });

  it('cuts what is too long for a pager', async () => {
    const [line] = alertMessage().alerts;
    if (!line) throw new Error('no line');
    await alertRig(env).send(alertMessage({ channel: pager(), alerts: [{ ...line, summary: 'x'.repeat(5_000) }] }));

    expect(only(server.events).payload.summary).toHaveLength(1_024);
  });

  it('pages nobody for an approval or good news', async () => {
    await notifyRig(env).send(pager());
    expect(server.events).toHaveLength(1);
    const rig = notifyRig(env);
    await rig.environment.run(rig.activities.notify, {
      key: 'k',
      channel: pager(),
      notification: { ...notification, type: 'release.finished' as const },
    });

    expect(server.events).toHaveLength(1);
  });

  it.each([
    [{ status: 400 }, { type: 'InvalidInput', nonRetryable: true }],
    [{ status: 403 }, { type: 'PermissionDenied', nonRetryable: true }],
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { type: 'RateLimited', nextRetryDelay: '30s' },
    ],
    [{ status: 500 }, { type: 'Unavailable', nonRetryable: false }],
    [
      { status: 502, body: '<html>bad gateway</html>' },
      { type: 'Unavailable', nonRetryable: false },
    ],
    [{ status: 200 }, { type: 'Unavailable', nonRetryable: false }],
  ])('takes an answer of %j as %j', async (fault, failure) => {
    server.fault = fault;

    await expect(alertRig(env).send(alertMessage({ channel: pager() }))).rejects.toMatchObject(failure);
  });

  it('says Timeout when there is no answer', async () => {
    server.fault = 'hang';

    await expect(alertRig(env, 0.3).send(alertMessage({ channel: pager() }))).rejects.toMatchObject({
      type: 'Timeout',
    });
  });

  it('refuses an address without TLS', async () => {
    const plain = { ...pager(), url: 'http://127.0.0.1:1' };
    await expect(alertRig(env).send(alertMessage({ channel: plain }))).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('says that it is refused for a key that PagerDuty does not know, and not which key', async () => {
    const sent = alertRig({ PAGER: 'wrong' }).send(alertMessage({ channel: pager() }));
    await expect(sent).rejects.toMatchObject({ type: 'InvalidInput', message: expect.not.stringContaining('wrong') });
  });
});
