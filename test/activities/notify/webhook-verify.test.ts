import { Webhook } from 'standardwebhooks';
import { webhookVerifier } from '../../../src/activities/notify';

const raw = 'a text that both sides know';
const whsec = `whsec_${Buffer.from(raw).toString('base64')}`;

function signed(body: string, at = new Date()) {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(whsec).sign('msg_1', at, body),
  };
}

describe('a webhook that comes in', () => {
  it.each([
    ['whsec_ and base64', whsec],
    ['any other text', raw],
  ])('is verified with a secret that is %s', (_, secret) => {
    expect(webhookVerifier(secret)(signed('{"a":1}'), Buffer.from('{"a":1}'))).toEqual({ a: 1 });
  });

  it('is refused when it is forged, and wrong when it is genuine and no JSON', () => {
    const verify = webhookVerifier(whsec);

    expect(() => verify(signed('{}'), '{"a":1}')).toThrow(expect.objectContaining({ type: 'PermissionDenied' }));
    expect(() => verify(signed('hello'), 'hello')).toThrow(
      expect.objectContaining({ type: 'InvalidInput', message: 'the body is no JSON' }),
    );
    // Whoever has no key learns nothing of what a body should be.
    expect(() => verify(signed('{}'), 'hello')).toThrow(expect.objectContaining({ type: 'PermissionDenied' }));
  });

  it.each(['', 'whsec_', 'whsec_not base64!'])(
    'cannot be verified with the secret "%s", which is said at once',
    (secret) => {
      expect(() => webhookVerifier(secret)).toThrow(expect.objectContaining({ type: 'InvalidInput' }));
      expect(() => webhookVerifier(secret)).not.toThrow(/not base64!/);
    },
  );
});
