import { remoteSigner } from '../../src/console/api-client';
import type { CommandInput } from '../../src/contracts/messages';
import { type Proof, statementOf } from '../../src/contracts/proof';
import { signatureHolds } from '../../src/contracts/signature';
import { type Console, openConsole, testSigner, ownerToken as token } from './harness';

const message: CommandInput = { by: { name: 'eve', source: 'oidc' }, reason: 'fine' };

describe('the API that signs', () => {
  let console_: Console;
  let api = { url: '' };
  beforeAll(async () => {
    console_ = await openConsole();
    api = { url: await console_.app.listen({ host: '127.0.0.1', port: 0 }) };
  });
  afterAll(() => console_.close());

  const post = (body: unknown, bearer = token) =>
    fetch(`${api.url}/api/v1/signatures`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('signs as the owner of the system, whoever the message says it is from', async () => {
    const signed = await remoteSigner({ url: api.url, token })('skip', 'pipeline/a/b/c', {
      ...message,
      stage: 'scans',
    });

    expect(signed).toMatchObject({ by: { name: 'olga', source: 'signed' }, stage: 'scans', reason: 'fine' });
    const whole = signed as typeof signed & { readonly proof: Proof };
    expect(signatureHolds(statementOf('skip', whole), whole.proof.signature, testSigner.publicKey)).toBe(true);
  });

  it('signs for nobody without the token, and nothing that is no command', async () => {
    const request = { command: 'skip', workflowId: 'pipeline/a/b/c', message };
    const answers = await Promise.all([
      post(request, 'another'),
      post({ ...request, command: 'unfreeze' }),
      post({ ...request, workflowId: '' }),
      post({ ...request, message: 'approve' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 400, 400, 400]);
  });

  it('has no such route where there is no key', async () => {
    const other = await openConsole({}, { signerOf: null });
    try {
      const url = await other.app.listen({ host: '127.0.0.1', port: 0 });
      await expect(remoteSigner({ url, token })('skip', 'w', message)).rejects.toThrow('answered 404');
    } finally {
      await other.close();
    }
  });

  it('signs as the owner for nobody else, whatever their role', async () => {
    const { send } = await console_.browser('admin');
    const { status } = await send('POST', '/api/v1/signatures', { command: 'skip', workflowId: 'w', message });

    expect(status).toBe(403);
  });
});
