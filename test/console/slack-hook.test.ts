import { createHmac } from 'node:crypto';
import { Refused, type SignMessage } from '../../src/client';
import { createSlackHook, type SlackHookOptions } from '../../src/console/slack-hook';
import type { Claims } from '../../src/contracts/proof';

const signingSecret = 'slack-secret';
const now = Date.parse('2026-03-01T12:00:00Z');
const answerUrl = 'https://hooks.slack.com/actions/1';
const approve = {
  action: 'approve',
  workflowId: 'deployment/a/b/c/d',
  stage: 'ship',
  gate: 'manual_approval',
  subject: 'h1',
};
let presses = 0;

function hookOf(command: object, userId = 'U1') {
  // Each press is a request of its own: one that is sent again is refused.
  presses += 1;
  const payload = {
    type: 'block_actions',
    user: { id: userId, username: `slack-${presses}` },
    team: { id: 'T1' },
    response_url: answerUrl,
    actions: [{ action_id: 'x', value: JSON.stringify(command) }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const stamp = String(now / 1000);
  const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`;
  const headers = { 'x-slack-request-timestamp': stamp, 'x-slack-signature': signature };
  return { headers, body: Buffer.from(body) };
}

function rig(change: Partial<SlackHookOptions> = {}) {
  const did: unknown[] = [];
  const told: string[] = [];
  const claimed: Claims[] = [];
  const sign: SignMessage = async (_command, _workflowId, message) => message;
  const hook = createSlackHook({
    signingSecret,
    people: { U1: 'alice' },
    client: {
      decide: async (run, decision, signer) => void did.push(['decide', run, decision, signer === sign]) as never,
      rollback: async (run, command, signer) => void did.push(['rollback', run, command, signer === sign]) as never,
    },
    alerts: {
      acknowledge: async (fingerprint, by, reason) => void did.push(['acknowledge', fingerprint, by, reason]),
    },
    signAs: (claims) => {
      claimed.push(claims);
      return sign;
    },
    onFault: (error) => did.push(error),
    answer: async (url, text) => void told.push(`${url} ${text}`),
    now: () => now,
    ...change,
  });
  return { hook, did, told, claimed };
}

const alice = { name: 'alice', source: 'cli' };
const reason = 'pressed in Slack';

describe('a button in Slack', () => {
  it('decides in the name that the person has here, bound to what was shown, and signed', async () => {
    const { hook, did, told, claimed } = rig();

    await hook(hookOf(approve));

    const { workflowId, stage, gate, subject } = approve;
    expect(did).toEqual([
      ['decide', workflowId, { stage, gate, subject, verdict: 'approve', by: alice, reason }, true],
    ]);
    expect(claimed).toEqual([{ iss: 'slack/T1', sub: 'U1', name: 'alice' }]);
    expect(told).toEqual([`${answerUrl} alice: approve of ship was taken.`]);
  });

  it('rolls back, and acknowledges every alert of its message', async () => {
    const { hook, did } = rig();

    await hook(hookOf({ action: 'rollback', workflowId: 'pipeline/a/b/1' }));
    await hook(hookOf({ action: 'acknowledge', namespace: 'a', fingerprints: ['f1', 'f2'] }));

    expect(did).toEqual([
      ['rollback', 'pipeline/a/b/1', { by: alice, reason }, true],
      ['acknowledge', 'f1', alice, reason],
      ['acknowledge', 'f2', alice, reason],
    ]);
  });

  it('does nothing for somebody who is nobody here, and tells them what is missing', async () => {
    const { hook, did, told, claimed } = rig();

    await hook(hookOf(approve, 'U2'));
    await hook(hookOf(approve, 'constructor'));

    expect([did, claimed]).toEqual([[], []]);
    expect(told[0]).toContain('U2 is nobody here');
    expect(told[1]).toContain('identity.slack.people');
  });

  it('tells the person why the workflow refuses', async () => {
    const decide = async () => {
      throw new Refused('alice started this release and may not approve it');
    };
    const { hook, told } = rig({ client: { decide, rollback: decide } });

    await hook(hookOf(approve));

    expect(told).toEqual([`${answerUrl} Nothing was done: alice started this release and may not approve it`]);
  });

  it('refuses a request that was forged or sent again, before anything is done', async () => {
    const { hook, did } = rig();
    const pressed = hookOf(approve);
    const forged = { ...pressed, body: Buffer.from(pressed.body.toString().replace('ship', 'shop')) };

    await expect(hook(forged)).rejects.toMatchObject({ type: 'PermissionDenied' });
    await hook(pressed);
    await expect(hook(pressed)).rejects.toMatchObject({ type: 'PermissionDenied' });
    expect(did).toHaveLength(1);
  });

  it('logs an answer that cannot be given; what was pressed is done', async () => {
    const { hook, did } = rig({ answer: () => Promise.reject(new Error('Slack is away')) });

    await hook(hookOf(approve));

    expect(did).toEqual([expect.arrayContaining(['decide']), new Error('Slack is away')]);
  });
});
