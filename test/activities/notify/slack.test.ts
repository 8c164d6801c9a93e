import { createHmac } from 'node:crypto';
import { parseSlackInteraction, ReplayGuard, type SlackCommand } from '../../../src/activities/notify';
import { parseButtonValue } from '../../../src/activities/notify/slack-command';
import type { FakeVendor } from '../metrics/fake-vendor';
import { alertMessage, alertRig, endMessage } from './alert-support';
import { botToken, fakeSlack, type SlackPost } from './slack-server';
import { channel, notification, notifyRig, only } from './support';

const env = { SLACK: botToken };
let server: FakeVendor;
let posts: SlackPost[];
let url: string;

beforeEach(async () => {
  posts = [];
  server = fakeSlack(posts);
  url = `${await server.start()}/api/`;
});
afterEach(() => server.stop());

const slack = (to = 'C0123') => channel({ type: 'slack', url, to: [to], secret: 'secret://env/SLACK' });
const buttons = ({ blocks }: SlackPost): (SlackCommand | null)[] =>
  blocks
    .flatMap(({ type, elements }) => (type === 'actions' ? (elements ?? []) : []))
    .map((one) => parseButtonValue(one.value ?? ''));

describe('the Slack channel', () => {
  it('posts an alert with buttons that say what they are about', async () => {
    const reference = await alertRig(env).send(alertMessage({ channel: slack() }));

    const post = only(posts);
    expect(post).toMatchObject({ method: 'chat.postMessage', channel: 'C0123', thread: null });
    expect(post.text).toContain('Firing: error_rate > 5% in production');
    expect(buttons(post)).toEqual([
      { action: 'acknowledge', namespace: 'team', fingerprints: [alertMessage().alerts[0]?.fingerprint] },
      { action: 'rollback', workflowId: 'deployment/team/shop/production/1.1.0' },
    ]);
    expect(reference).toBe(JSON.stringify({ channel: 'C0123', ts: post.ts }));
  });

  it('changes the message in place, and tells the end in its thread', async () => {
    const rig = alertRig(env);
    const reference = await rig.send(alertMessage({ channel: slack() }));
    const acknowledged = { by: 'bob', at: '2026-03-01T10:02:00.000Z', reason: 'on it' };

    await rig.send(alertMessage({ channel: slack(), reference, kind: 'acknowledged', acknowledged }));
    await rig.send(endMessage({ channel: slack(), reference }));

    const [first, second, third, fourth] = posts;
    expect(posts.map(({ method }) => method)).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.update',
      'chat.postMessage',
    ]);
    expect([second?.ts, third?.ts, fourth?.thread]).toEqual([first?.ts, first?.ts, first?.ts]);
    expect(JSON.stringify(second?.blocks)).toContain('Acknowledged by bob: on it');
    expect(buttons(second as SlackPost)).toEqual([{ action: 'rollback', workflowId: expect.any(String) }]);
    expect(third?.text).toContain('Resolved');
    expect(buttons(third as SlackPost)).toEqual([]);
  });

  it('asks for a decision with Approve and Reject', async () => {
    const rig = notifyRig(env);
    const approval = { stage: 'production', gate: 'manual_approval', subject: 'sha256:1' };
    await rig.environment.run(rig.activities.notify, {
      key: 'k',
      channel: slack(),
      notification: { ...notification, type: 'approval.requested' as const, approval },
    });

    const { workflowId } = notification;
    expect(buttons(only(posts))).toEqual([
      { action: 'approve', workflowId, ...approval },
      { action: 'reject', workflowId, ...approval },
    ]);
  });

  it('lets nothing in a label become a mention or a link', async () => {
    const [line] = alertMessage().alerts;
    if (!line) throw new Error('no line');
    const labels = { app: '<!channel> <https://evil.example|click> & more' };
    await alertRig(env).send(alertMessage({ channel: slack(), alerts: [{ ...line, labels, summary: '<@U1> look' }] }));

    const text = JSON.stringify(only(posts).blocks);
    expect(text).not.toMatch(/<[!@h]/);
    expect(text).toContain('&lt;!channel&gt;');
  });

  it('keeps to the limits of blocks in a storm', async () => {
    const [line] = alertMessage().alerts;
    if (!line) throw new Error('no line');
    const alerts = Array.from({ length: 50 }, (_, index) => ({ ...line, summary: `${index} ${'x'.repeat(5_000)}` }));
    await alertRig(env).send(alertMessage({ channel: slack(), alerts, firing: 10_000 }));

    const { blocks } = only(posts);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const { text } of blocks) expect(text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
  });

  it.each([
    [
      { status: 429, headers: { 'retry-after': '17' }, body: {} },
      { type: 'RateLimited', nextRetryDelay: '17s' },
    ],
    [
      { status: 500, body: 'oh' },
      { type: 'Unavailable', nonRetryable: false },
    ],
    [{ body: { ok: false, error: 'internal_error' } }, { type: 'Unavailable', nonRetryable: false }],
    [{ body: { ok: false, error: 'token_revoked' } }, { type: 'PermissionDenied', nonRetryable: true }],
    [{ body: { ok: false, error: 'not_in_channel' } }, { type: 'NotFound', nonRetryable: true }],
    [{ body: { ok: false, error: 'msg_too_long' } }, { type: 'InvalidInput', nonRetryable: true }],
    ['hang' as const, { type: 'Timeout', nonRetryable: false }],
  ])('takes %j as %j, after one request', async (fault, failure) => {
    server.fault = fault;

    // Also the request that is never answered has to arrive.
    const timeoutSeconds = fault === 'hang' ? 2 : 20;
    await expect(alertRig(env, timeoutSeconds).send(alertMessage({ channel: slack() }))).rejects.toMatchObject(failure);
    expect(server.requests).toHaveLength(1);
  });

  it('says Unavailable when nobody listens, and never the token', async () => {
    await server.stop();
    const sent = alertRig(env).send(alertMessage({ channel: slack() }));
    await expect(sent).rejects.toMatchObject({ type: 'Unavailable', message: expect.not.stringContaining(botToken) });
    server = fakeSlack([]);
    await server.start();
  });
});

describe('a request of Slack', () => {
  const secret = 'signing-secret';
  const now = Date.parse('2026-03-01T10:00:00Z');
  const stamp = String(now / 1000);
  const command: SlackCommand = { action: 'rollback', workflowId: 'pipeline/team/shop/1.1.0' };
  const payload = {
    type: 'block_actions',
    user: { id: 'U1', username: 'bob', name: 'bob' },
    team: { id: 'T1', domain: 'team' },
    response_url: 'https://hooks.slack.com/actions/1',
    actions: [{ action_id: 'f0_rollback', block_id: 'f0:x', type: 'button', value: JSON.stringify(command) }],
  };
  const bodyOf = (content: unknown) => new URLSearchParams({ payload: JSON.stringify(content) }).toString();
  const signed = (body: string, timestamp = stamp, key = secret) => ({
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  });
  const parse = (headers: Record<string, string>, body: string, at = now, guard = new ReplayGuard()) =>
    parseSlackInteraction(headers, body, secret, at, guard);

  it('is read when it is signed', () => {
    const body = bodyOf(payload);

    expect(parse(signed(body), body)).toEqual({
      command,
      user: { id: 'U1', name: 'bob', teamId: 'T1' },
      responseUrl: 'https://hooks.slack.com/actions/1',
    });
  });

  it("verifies the example of Slack's own documentation", () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const read = () =>
      parseSlackInteraction(headers, body, '8f742231b10e8888abcd99yyyzzz85a5', 1_531_420_618_000, new ReplayGuard());

    // Signed well; it is a slash command, and no button.
    expect(read).toThrow('no press of a button');
  });

  it.each<[string, (body: string) => [Record<string, string>, string, number?]]>([
    ['without a signature', (body) => [{ 'x-slack-request-timestamp': stamp }, body]],
    ['without a timestamp', (body) => [{ 'x-slack-signature': signed(body)['x-slack-signature'] }, body]],
    ['signed by another', (body) => [signed(body, stamp, 'other'), body]],
    ['whose body was changed', (body) => [signed(body), body.replace('1.1.0', '1.0.0')]],
    [
      'whose timestamp was changed',
      (body) => [{ ...signed(body), 'x-slack-request-timestamp': String(now / 1000 + 1) }, body],
    ],
    ['of six minutes ago', (body) => [signed(body), body, now + 360_000]],
    ['of the future', (body) => [signed(body), body, now - 360_000]],
  ])('is refused %s', (_, make) => {
    const [headers, body, at] = make(bodyOf(payload));

    expect(() => parse(headers, body, at)).toThrow(expect.objectContaining({ type: 'PermissionDenied' }));
  });

  it('is refused when it comes again', () => {
    const guard = new ReplayGuard();
    const body = bodyOf(payload);
    parse(signed(body), body, now, guard);

    expect(() => parse(signed(body), body, now + 60_000, guard)).toThrow('sent before');
  });

  it('is refused without a secret to verify it by', () => {
    const body = bodyOf(payload);
    expect(() => parseSlackInteraction(signed(body, stamp, ''), body, '', now)).toThrow('signing secret');
  });

  it.each([
    ['another type', { ...payload, type: 'view_submission' }],
    ['a button of another app', { ...payload, actions: [{ action_id: 'x', value: '{"action":"drop_tables"}' }] }],
    ['a button without a value', { ...payload, actions: [{ action_id: 'x' }] }],
  ])('says InvalidInput for %s', (_, content) => {
    const body = bodyOf(content);
    expect(() => parse(signed(body), body)).toThrow(expect.objectContaining({ type: 'InvalidInput' }));
  });
});
